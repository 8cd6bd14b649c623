-- A learner is somebody who opened a lesson. No name, no address: an id in a signed cookie.
CREATE TABLE learner (
  id TEXT PRIMARY KEY,
  created_at INTEGER NOT NULL, -- milliseconds since 1970
  seen_at INTEGER NOT NULL,
  -- SHA-256 of the recovery code, in hex. The code itself is shown once and never stored.
  recovery_hash TEXT UNIQUE
) STRICT;

CREATE TABLE sandbox (
  id TEXT PRIMARY KEY,
  learner TEXT NOT NULL REFERENCES learner (id) ON DELETE CASCADE,
  course TEXT NOT NULL,
  image TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  seen_at INTEGER NOT NULL,
  UNIQUE (learner, course)
) STRICT;

CREATE INDEX sandbox_by_seen ON sandbox (seen_at);
