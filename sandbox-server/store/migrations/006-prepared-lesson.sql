-- Which lessons a sandbox is prepared for: their files are laid and their setup.sh has run.
CREATE TABLE prepared_lesson (
  sandbox TEXT NOT NULL REFERENCES sandbox (id) ON DELETE CASCADE,
  lesson TEXT NOT NULL, -- its slug
  version TEXT NOT NULL, -- of the lesson, as in the course manifest: another one is prepared anew
  PRIMARY KEY (sandbox, lesson)
) STRICT, WITHOUT ROWID;

-- Until when its learner asked for its files to be kept at least, in milliseconds since 1970.
ALTER TABLE sandbox ADD COLUMN keep_until INTEGER NOT NULL DEFAULT 0;
