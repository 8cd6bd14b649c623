-- Which tasks have begun in a sandbox: their setup is done there, and they can be checked. The first of a lesson begins
-- with the lesson.
CREATE TABLE begun_task (
  sandbox TEXT NOT NULL REFERENCES sandbox (id) ON DELETE CASCADE,
  lesson TEXT NOT NULL, -- its slug
  task TEXT NOT NULL,
  version TEXT NOT NULL, -- of the lesson, as in the course manifest: with another one it begins anew
  PRIMARY KEY (sandbox, lesson, task)
) STRICT, WITHOUT ROWID;
