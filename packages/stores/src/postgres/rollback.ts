import type { RollbackStore } from "@interlatch/core";
import { answered } from "../answers.ts";
import { readEntry, readTime } from "../entry.ts";
import { written } from "../names.ts";
import { openedAs, type PostgresDatabase } from "./database.ts";

/** No stream has this key: theirs are in quotation marks. */
const SEEN = "seen";

/**
 * Rollback state in PostgreSQL: what one host has seen, no other goes back behind. The maximum is kept by one statement.
 * All of it rejects with `ERR_ROLLBACK_STATE`.
 *
 * Tables that are gone altogether are a fresh start, and a database restored from a backup is an older state. Set
 * `minVersion` where that can happen.
 *
 * @throws ERR_OPTIONS when the database does not come from `openPostgres`
 *
 * @example
 * ```ts
 * import { openPostgres, rollbackStore } from "@interlatch/stores/postgres";
 * const database = await openPostgres({ connectionString: "postgresql://app@db.internal/acme" });
 * const rollback = rollbackStore(database);
 * ```
 */
export function rollbackStore(database: PostgresDatabase): RollbackStore {
  const tables = openedAs(database);
  const table = tables.table("rollback");
  const advance = `
    INSERT INTO ${table} AS kept (key, version, digest) VALUES ($1, $2, $3)
    ON CONFLICT (key) DO UPDATE SET
      digest = CASE WHEN excluded.version > kept.version THEN excluded.digest ELSE kept.digest END,
      version = greatest(excluded.version, kept.version)
    RETURNING version, digest`;
  const ask = async (
    text: string,
    values: unknown[],
  ): Promise<Readonly<Record<string, unknown>> | undefined> => {
    const { rows } = await tables.use((client) => client.query(text, values));
    return rows[0];
  };
  const asking = <T>(work: () => Promise<T>): Promise<T> =>
    answered("ERR_ROLLBACK_STATE", "PostgreSQL", work);
  return {
    get: (key) =>
      asking(async () => {
        const row = await ask(`SELECT version, digest FROM ${table} WHERE key = $1`, [
          written(key),
        ]);
        return row === undefined ? undefined : readEntry(row["version"], row["digest"]);
      }),
    advance: (key, { version, digest }) =>
      asking(async () => {
        const row = await ask(advance, [written(key), version, digest]);
        return readEntry(row?.["version"], row?.["digest"]);
      }),
    seen: (now) =>
      asking(async () => readTime((await ask(advance, [SEEN, Math.ceil(now), ""]))?.["version"])),
  };
}
