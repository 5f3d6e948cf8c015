/** One step from older tables to newer ones; `table` gives a name for use in SQL. */
type Migration = (table: (name: string) => string, prefix: string) => string;

/**
 * The steps from an empty schema to the tables of this version. One that was released is never changed.
 *
 * Keys are compared byte by byte (`COLLATE "C"`): by a language's rules an index may find nothing, or the same twice,
 * after an update of the system's libraries.
 */
export const MIGRATIONS: readonly Migration[] = [
  (table, prefix) => `
    CREATE TABLE ${table("rollback")} (
      key text COLLATE "C" PRIMARY KEY,
      version bigint NOT NULL CHECK (version > 0),
      digest text NOT NULL
    );
    CREATE TABLE ${table("limits")} (
      key text COLLATE "C" NOT NULL,
      at bigint NOT NULL,
      asked bigint NOT NULL,
      taken bigint NOT NULL,
      ends bigint NOT NULL,
      units integer NOT NULL,
      PRIMARY KEY (key, at, asked)
    );
    CREATE INDEX "${prefix}limits_ends" ON ${table("limits")} (ends);
    CREATE TABLE ${table("approvals")} (
      position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      id text COLLATE "C" NOT NULL UNIQUE,
      key text COLLATE "C" NOT NULL,
      subject text COLLATE "C" NOT NULL,
      tenant text COLLATE "C" NOT NULL,
      session text COLLATE "C" NOT NULL,
      tool text COLLATE "C" NOT NULL,
      call text COLLATE "C" NOT NULL,
      state text COLLATE "C" NOT NULL,
      version integer NOT NULL,
      expires bigint NOT NULL,
      record text NOT NULL
    );
    CREATE INDEX "${prefix}approvals_key" ON ${table("approvals")} (key);
    CREATE INDEX "${prefix}approvals_subject" ON ${table("approvals")} (subject, state);
    CREATE INDEX "${prefix}approvals_state" ON ${table("approvals")} (state);
  `,
];
