/** The steps from an empty file to the tables of this version. One that was released is never changed. */
export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE interlatch_rollback (
    key TEXT PRIMARY KEY,
    version INTEGER NOT NULL CHECK (version > 0),
    digest TEXT NOT NULL
  ) STRICT;
  CREATE TABLE interlatch_limits (
    key TEXT NOT NULL,
    at INTEGER NOT NULL,
    asked INTEGER NOT NULL,
    taken INTEGER NOT NULL,
    ends INTEGER NOT NULL,
    units INTEGER NOT NULL,
    PRIMARY KEY (key, at, asked)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX interlatch_limits_ends ON interlatch_limits (ends);
  CREATE TABLE interlatch_approvals (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    key TEXT NOT NULL,
    subject TEXT NOT NULL,
    tenant TEXT NOT NULL,
    session TEXT NOT NULL,
    tool TEXT NOT NULL,
    call TEXT NOT NULL,
    state TEXT NOT NULL,
    version INTEGER NOT NULL,
    expires INTEGER NOT NULL,
    record TEXT NOT NULL
  ) STRICT;
  CREATE INDEX interlatch_approvals_key ON interlatch_approvals (key);
  CREATE INDEX interlatch_approvals_subject ON interlatch_approvals (subject, state);
  CREATE INDEX interlatch_approvals_state ON interlatch_approvals (state);
  `,
];
