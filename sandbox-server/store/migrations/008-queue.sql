-- Who waits for a place, since when: a restart of the server costs nobody theirs. And when a session's time is over.
CREATE TABLE queue_place (
  learner TEXT PRIMARY KEY REFERENCES learner (id) ON DELETE CASCADE,
  since INTEGER NOT NULL
) STRICT;
ALTER TABLE sandbox ADD COLUMN ends_at INTEGER;
