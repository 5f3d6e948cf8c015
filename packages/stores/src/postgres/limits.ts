import { createHash } from "node:crypto";
import type { LimitClaim, LimitResult, LimitStore } from "@interlatch/core";
import { answered } from "../answers.ts";
import { slotTime, waitFor } from "../limits/slots.ts";
import { hashed } from "../names.ts";
import { inTransaction, type PostgresClient } from "./connection.ts";
import { openedAs, type PostgresDatabase } from "./database.ts";

/** Whose clock says what is over. */
export type LimitClock = "guard" | "server";

/**
 * Limits in PostgreSQL, shared by all hosts: a sliding log, never more than `max` in any trailing window. Past 1,000 it
 * is kept in slots of a hundredth of the window, and a slot's worth may come late. Counts by the clock of the database,
 * so that a host whose clock is wrong frees nothing of the others'. All of it rejects with `ERR_STORE`.
 *
 * It answers over a network, so it has no `peek`: `guard.decide` says nothing of limits, and `guard.run` keeps them.
 *
 * @throws ERR_OPTIONS when the database does not come from `openPostgres`
 *
 * @example
 * ```ts
 * import { limitStore, openPostgres } from "@interlatch/stores/postgres";
 * const database = await openPostgres({ connectionString: "postgresql://app@db.internal/acme" });
 * const stores = { limits: limitStore(database) };
 * ```
 */
export function limitStore(database: PostgresDatabase): LimitStore {
  return limitStoreBy(database, "server");
}

/** The same by either clock: tests tell what time it is. */
export function limitStoreBy(database: PostgresDatabase, clock: LimitClock): LimitStore {
  const tables = openedAs(database);
  const table = tables.table("limits");
  const step = <T>(
    claims: readonly LimitClaim[],
    work: (counters: Counters) => Promise<T>,
  ): Promise<T> =>
    answered("ERR_STORE", "PostgreSQL", () =>
      tables.use((client) =>
        inTransaction(client, async () => {
          const counters = new Counters(client, table, clock);
          await counters.lock(claims);
          return work(counters);
        }),
      ),
    );
  return {
    reserve: (claims, asked) => step(claims, (counters) => counters.reserve(claims, asked)),
    release: (claims, asked) => step(claims, (counters) => counters.giveBack(claims, asked)),
  };
}

/** The counters of some claims, while nobody else changes them. */
class Counters {
  readonly #client: PostgresClient;
  readonly #table: string;
  readonly #clock: LimitClock;

  constructor(client: PostgresClient, table: string, clock: LimitClock) {
    this.#client = client;
    this.#table = table;
    this.#clock = clock;
  }

  /** In one order for all, so that two calls with the same limits never wait for each other. */
  async lock(claims: readonly LimitClaim[]): Promise<void> {
    const keys = new Set(claims.map(({ key }) => lockOf(this.#table, key)));
    const ordered = [...keys].toSorted((a, b) => (a < b ? -1 : 1));
    for (const key of ordered) {
      await this.#client.query("SELECT pg_advisory_xact_lock($1)", [key.toString()]);
    }
  }

  async reserve(claims: readonly LimitClaim[], asked: number): Promise<LimitResult> {
    const now = await this.#forward(claims, asked);
    const result = await this.#check(claims, now);
    if (!result.ok) return result;
    for (const claim of claims) await this.#add(claim, now, asked);
    await this.#sweep(now);
    return result;
  }

  /** The oldest unit that can be the one of then: a younger one in its place would free another's too early. */
  async giveBack(claims: readonly LimitClaim[], asked: number): Promise<void> {
    for (const claim of claims) {
      await this.#client.query(
        `UPDATE ${this.#table} SET units = units - 1 WHERE (key, at, asked) =
           (SELECT key, at, asked FROM ${this.#table}
            WHERE key = $1 AND asked = $2 AND units > 0 ORDER BY at LIMIT 1)`,
        [hashed(claim.key), slotTime(claim, asked)],
      );
    }
  }

  /** A clock that goes back must not free anything. */
  async #forward(claims: readonly LimitClaim[], asked: number): Promise<number> {
    const { rows } = await this.#client.query(
      `SELECT max(taken) AS taken, ceil(extract(epoch FROM clock_timestamp()) * 1000)::bigint AS now
       FROM ${this.#table} WHERE key = ANY($1)`,
      [claims.map(({ key }) => hashed(key))],
    );
    const [row] = rows;
    const now = this.#clock === "server" ? Number(row?.["now"]) : Math.ceil(asked);
    return Math.max(now, Number(row?.["taken"] ?? 0));
  }

  async #check(claims: readonly LimitClaim[], now: number): Promise<LimitResult> {
    /** How many earlier claims of this call use each counter. */
    const earlier = new Map<string, number>();
    for (const [index, claim] of claims.entries()) {
      const key = hashed(claim.key);
      const before = earlier.get(key) ?? 0;
      const counted = `FROM ${this.#table} WHERE key = $1 AND at > $2`;
      const since = [key, Math.floor(now - claim.windowMs)];
      const sum = await this.#client.query(`SELECT sum(units) AS units ${counted}`, since);
      const excess = Number(sum.rows[0]?.["units"] ?? 0) + before + 1 - claim.max;
      if (excess > 0) {
        const { rows } = await this.#client.query(`SELECT at, units ${counted} ORDER BY at`, since);
        const dated = rows.map(({ at, units }) => ({ at: Number(at), units: Number(units) }));
        return { ok: false, claim: index, retryAfterMs: waitFor(excess, claim, now, dated) };
      }
      earlier.set(key, before + 1);
    }
    return { ok: true };
  }

  async #add(claim: LimitClaim, now: number, asked: number): Promise<void> {
    const key = hashed(claim.key);
    const windowMs = Math.ceil(claim.windowMs);
    const at = slotTime(claim, now);
    await this.#client.query(
      `INSERT INTO ${this.#table} AS kept (key, at, asked, taken, ends, units)
       VALUES ($1, $2, $3, $4, $5, 1)
       ON CONFLICT (key, at, asked) DO UPDATE SET units = kept.units + 1,
         taken = greatest(kept.taken, excluded.taken), ends = greatest(kept.ends, excluded.ends)`,
      [key, at, slotTime(claim, asked), now, at + windowMs],
    );
    // What a new policy counts in a longer window must not be swept away by the old one's end.
    await this.#client.query(
      `UPDATE ${this.#table} SET ends = at + $1::bigint WHERE key = $2 AND ends < at + $1::bigint`,
      [windowMs, key],
    );
  }

  /** A step adds few rows and removes more, so that what nobody asks for any more goes as well; never waits. */
  async #sweep(now: number): Promise<void> {
    await this.#client.query(
      `DELETE FROM ${this.#table} WHERE (key, at, asked) IN
         (SELECT key, at, asked FROM ${this.#table} WHERE ends <= $1
          ORDER BY ends LIMIT 50 FOR UPDATE SKIP LOCKED)`,
      [now],
    );
  }
}

/** A lock of PostgreSQL is a number: 64 bits of a hash. Two keys with the same one only wait for each other. */
function lockOf(table: string, key: string): bigint {
  return createHash("sha256")
    .update(`${table}\n${hashed(key)}`)
    .digest()
    .readBigInt64BE();
}
