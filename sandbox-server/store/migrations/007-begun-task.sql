-- Tasks that have begun in a sandbox: what they begin with was made there, and is not made twice.
CREATE TABLE begun_task (
  sandbox TEXT NOT NULL REFERENCES sandbox (id) ON DELETE CASCADE,
  lesson TEXT NOT NULL, -- its slug
  task TEXT NOT NULL,
  -- 1: the sandbox was made with its solution in it. Its learner was brought past it, and has not done it here.
  given INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (sandbox, lesson, task)
) STRICT, WITHOUT ROWID;
