-- Sandboxes that are nobody's: one that is being made for a learner, one in which a lesson is recorded, one that a learner
-- had before a reset. What is still here when the gateway starts is removed.
CREATE TABLE spare_sandbox (
  id TEXT PRIMARY KEY,
  noted_at INTEGER NOT NULL -- milliseconds since 1970
) STRICT, WITHOUT ROWID;
