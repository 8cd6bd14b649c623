-- What a sandbox keeps in the registry: its share is counted by it. Of unfinished uploads too, as `upload:ID`, and of
-- names, as `tag:NAME`. Rows outlive their sandbox until its repositories are removed.
CREATE TABLE registry_blob (
  sandbox TEXT NOT NULL,
  repository TEXT NOT NULL, -- as at the registry: the sandbox's id, a slash, a name
  digest TEXT NOT NULL,
  bytes INTEGER NOT NULL,
  noted_at INTEGER NOT NULL, -- milliseconds since 1970
  PRIMARY KEY (sandbox, repository, digest)
) STRICT, WITHOUT ROWID;
