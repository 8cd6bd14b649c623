-- Tasks that have begun in a sandbox: what they begin with was made there, and is not made twice.
CREATE TABLE begun_task (
  sandbox TEXT NOT NULL REFERENCES sandbox (id) ON DELETE CASCADE,
  lesson TEXT NOT NULL, -- its slug
  task TEXT NOT NULL,
  PRIMARY KEY (sandbox, lesson, task)
) STRICT, WITHOUT ROWID;
