import type { DatabaseSync } from "node:sqlite";
import type { LimitClaim, LimitResult, LimitStore } from "@interlatch/core";
import { slotTime, waitFor } from "../limits/slots.ts";
import { hashed } from "../names.ts";
import { asking, connectionOf, inTransaction, type SqliteDatabase } from "./database.ts";

const COUNTED = "FROM interlatch_limits WHERE key = ? AND at > ?";
const ADD = `
  INSERT INTO interlatch_limits AS kept (key, at, asked, taken, ends, units) VALUES (?, ?, ?, ?, ?, 1)
  ON CONFLICT (key, at, asked) DO UPDATE SET
    units = kept.units + 1, taken = max(kept.taken, excluded.taken), ends = max(kept.ends, excluded.ends)`;
/** What a new policy counts in a longer window must not be swept away by the old one's end. */
const PROLONG = "UPDATE interlatch_limits SET ends = at + ?1 WHERE key = ?2 AND ends < at + ?1";
/** A step adds few rows and removes more, so that what nobody asks for any more goes as well. */
const SWEEP = `
  DELETE FROM interlatch_limits WHERE (key, at, asked) IN
    (SELECT key, at, asked FROM interlatch_limits WHERE ends <= ? ORDER BY ends LIMIT 50)`;
const GIVE_BACK = `
  UPDATE interlatch_limits SET units = units - 1 WHERE (key, at, asked) =
    (SELECT key, at, asked FROM interlatch_limits WHERE key = ? AND asked = ? AND units > 0 ORDER BY at LIMIT 1)`;

/**
 * Limits in SQLite, shared by the processes of a machine: a sliding log, never more than `max` in any trailing window.
 * Past 1,000 it is kept in slots of a hundredth of the window, and a slot's worth may come late. Counts by the guard's
 * clock; one that goes back frees nothing. All of it throws `ERR_STORE`.
 *
 * @throws ERR_OPTIONS when the database does not come from `openSqlite`
 *
 * @example
 * ```ts
 * import { limitStore, openSqlite } from "@interlatch/stores/sqlite";
 * const stores = { limits: limitStore(await openSqlite("/var/lib/acme/interlatch.db")) };
 * ```
 */
export function limitStore(database: SqliteDatabase): Required<LimitStore> {
  const connection = connectionOf(database);
  return {
    reserve: (claims, at) =>
      asking(database, () => inTransaction(connection, () => reserve(connection, claims, at))),
    peek: (claims, at) =>
      asking(database, () => check(connection, claims, forward(connection, claims, at))),
    release: (claims, at) =>
      asking(database, () =>
        inTransaction(connection, () => {
          const giveBack = connection.prepare(GIVE_BACK);
          for (const claim of claims) giveBack.run(hashed(claim.key), slotTime(claim, at));
        }),
      ),
  };
}

function reserve(
  connection: DatabaseSync,
  claims: readonly LimitClaim[],
  asked: number,
): LimitResult {
  const now = forward(connection, claims, asked);
  const result = check(connection, claims, now);
  if (!result.ok) return result;
  for (const claim of claims) {
    const key = hashed(claim.key);
    const at = slotTime(claim, now);
    const ends = Math.ceil(at + claim.windowMs);
    connection.prepare(ADD).run(key, at, slotTime(claim, asked), now, ends);
    connection.prepare(PROLONG).run(Math.ceil(claim.windowMs), key);
  }
  connection.prepare(SWEEP).run(now);
  return result;
}

function check(connection: DatabaseSync, claims: readonly LimitClaim[], now: number): LimitResult {
  /** How many earlier claims of this call use each counter. */
  const earlier = new Map<string, number>();
  for (const [index, claim] of claims.entries()) {
    const key = hashed(claim.key);
    const before = earlier.get(key) ?? 0;
    const since = now - claim.windowMs;
    const sum = connection.prepare(`SELECT sum(units) AS units ${COUNTED}`).get(key, since);
    const excess = Number(sum?.["units"] ?? 0) + before + 1 - claim.max;
    if (excess > 0) {
      const rows = connection.prepare(`SELECT at, units ${COUNTED} ORDER BY at`).all(key, since);
      const counted = rows.map(({ at, units }) => ({ at: Number(at), units: Number(units) }));
      return { ok: false, claim: index, retryAfterMs: waitFor(excess, claim, now, counted) };
    }
    earlier.set(key, before + 1);
  }
  return { ok: true };
}

/** A clock that goes back must not free anything. */
function forward(connection: DatabaseSync, claims: readonly LimitClaim[], now: number): number {
  const latest = connection.prepare(
    "SELECT max(taken) AS taken FROM interlatch_limits WHERE key = ?",
  );
  const times = claims.map(({ key }) => Number(latest.get(hashed(key))?.["taken"] ?? 0));
  return Math.max(Math.ceil(now), ...times);
}
