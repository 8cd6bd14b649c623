-- What a learner did in the lessons. A lesson is known by its folder's name without the number, which is its place in
-- URLs, and a task or quiz by its id: what an author moves about or rewrites keeps its progress, and what is taken out of
-- a lesson keeps its rows, for whom it comes back to.
CREATE TABLE lesson_progress (
  learner TEXT NOT NULL REFERENCES learner (id) ON DELETE CASCADE,
  course TEXT NOT NULL,
  lesson TEXT NOT NULL,
  first_at INTEGER NOT NULL, -- milliseconds since 1970, as every time here
  last_at INTEGER NOT NULL,
  -- Where they were reading: the last heading above the text's top edge, empty above the first, and CSS pixels below it.
  anchor TEXT NOT NULL DEFAULT '',
  offset_pixels INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (learner, course, lesson)
) STRICT, WITHOUT ROWID;

CREATE TABLE task_progress (
  learner TEXT NOT NULL REFERENCES learner (id) ON DELETE CASCADE,
  course TEXT NOT NULL,
  lesson TEXT NOT NULL,
  task TEXT NOT NULL,
  done_at INTEGER, -- null: not done
  hints INTEGER NOT NULL DEFAULT 0, -- how many rungs were opened
  solution_at INTEGER, -- when the solution was first asked for
  answer TEXT, -- of an ask: what was sent last
  PRIMARY KEY (learner, course, lesson, task)
) STRICT, WITHOUT ROWID;

CREATE TABLE quiz_progress (
  learner TEXT NOT NULL REFERENCES learner (id) ON DELETE CASCADE,
  course TEXT NOT NULL,
  lesson TEXT NOT NULL,
  quiz TEXT NOT NULL,
  chosen TEXT NOT NULL, -- JSON: what was sent last, as indices of the text's order
  tries INTEGER NOT NULL,
  done_at INTEGER, -- when it was first answered right
  PRIMARY KEY (learner, course, lesson, quiz)
) STRICT, WITHOUT ROWID;
