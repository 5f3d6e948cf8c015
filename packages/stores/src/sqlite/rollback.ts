import type { RollbackStore } from "@interlatch/core";
import { answered } from "../answers.ts";
import { readEntry, readTime } from "../entry.ts";
import { written } from "../names.ts";
import { connectionOf, type SqliteDatabase } from "./database.ts";

const ADVANCE = `
  INSERT INTO interlatch_rollback AS kept (key, version, digest) VALUES (?, ?, ?)
  ON CONFLICT (key) DO UPDATE SET
    digest = CASE WHEN excluded.version > kept.version THEN excluded.digest ELSE kept.digest END,
    version = max(excluded.version, kept.version)
  RETURNING version, digest`;

/** No stream has this key: theirs are in quotation marks. */
const SEEN = "seen";

/**
 * Rollback state in SQLite: survives a restart, shared by the processes of a machine. All of it rejects with
 * `ERR_ROLLBACK_STATE`.
 *
 * A file that is gone is a fresh start, as everywhere; one restored from a backup is an older state. Set `minVersion`
 * where that can happen.
 *
 * @throws ERR_OPTIONS when the database does not come from `openSqlite`
 *
 * @example
 * ```ts
 * import { openSqlite, rollbackStore } from "@interlatch/stores/sqlite";
 * const rollback = rollbackStore(await openSqlite("/var/lib/acme/interlatch.db"));
 * ```
 */
export function rollbackStore(database: SqliteDatabase): RollbackStore {
  const connection = connectionOf(database);
  const asking = <T>(ask: () => T): Promise<T> =>
    answered("ERR_ROLLBACK_STATE", database.path, async () => ask());
  return {
    get: (key) =>
      asking(() => {
        const row = connection
          .prepare("SELECT version, digest FROM interlatch_rollback WHERE key = ?")
          .get(written(key));
        return row === undefined ? undefined : readEntry(row["version"], row["digest"]);
      }),
    advance: (key, { version, digest }) =>
      asking(() => {
        const row = connection.prepare(ADVANCE).get(written(key), version, digest);
        return readEntry(row?.["version"], row?.["digest"]);
      }),
    seen: (now) =>
      asking(() =>
        readTime(connection.prepare(ADVANCE).get(SEEN, Math.ceil(now), "")?.["version"]),
      ),
  };
}
