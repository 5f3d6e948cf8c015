import { type ErrorCode, InterlatchError } from "@interlatch/core";
import { answered, TIMEOUT_MS, within } from "../answers.ts";
import { checkPrefix, PREFIX } from "../names.ts";

/** The part of a client of `redis` that is used here. */
export interface RedisClient {
  sendCommand(command: string[]): Promise<unknown>;
}

/** Options of {@link openRedis}. */
export interface RedisOptions {
  /** What stands in braces at the beginning of every key, which puts them in one slot. Default: `interlatch_`. */
  readonly prefix?: string;
  /** How long the server may take to answer, in milliseconds. Default 5,000. */
  readonly timeoutMs?: number;
}

/** A server, for the stores of this module. */
export interface RedisDatabase {
  /** What every key begins with. */
  readonly prefix: string;
}

/** What the stores ask. */
export interface OpenRedis {
  key(name: string): string;
  /** Runs a script, which nothing else comes between. */
  run(
    code: Extract<ErrorCode, "ERR_STORE" | "ERR_ROLLBACK_STATE">,
    script: string,
    keys: readonly string[],
    values: readonly (string | number)[],
  ): Promise<unknown>;
}

const opened = new WeakMap<RedisDatabase, OpenRedis>();

/**
 * Stores in Redis, for any number of hosts.
 *
 * Redis forgets what it has not written down, and a failover loses what was not copied: for rollback state it must
 * append every write (`appendonly yes`, `appendfsync always`) and throw nothing out (`maxmemory-policy noeviction`). A
 * server that forgot lets an older bundle in; set `minVersion` where that can happen.
 *
 * @param client - a connected client of `redis`, which stays yours: listen to its `error` event, as `redis` asks
 * @throws ERR_OPTIONS
 *
 * @example
 * ```ts
 * import { limitStore, openRedis, rollbackStore } from "@interlatch/stores/redis";
 * import { createClient } from "redis";
 *
 * const client = createClient({ url: "redis://cache.internal" });
 * client.on("error", console.error);
 * await client.connect();
 * const database = openRedis(client);
 * const rollback = rollbackStore(database);
 * const stores = { limits: limitStore(database) };
 * ```
 */
export function openRedis(client: RedisClient, options: RedisOptions = {}): RedisDatabase {
  const { timeoutMs = TIMEOUT_MS } = options;
  const prefix = `{${checkPrefix(options.prefix ?? PREFIX)}}`;
  if (!Number.isSafeInteger(timeoutMs) || timeoutMs < 1) {
    throw new InterlatchError("ERR_OPTIONS", "timeoutMs must be a whole number of at least 1.");
  }
  const database: RedisDatabase = Object.freeze({ prefix });
  opened.set(database, {
    key: (name) => prefix + name,
    run: (code, script, keys, values) => {
      const command = ["EVAL", script, String(keys.length), ...keys, ...values.map(String)];
      // A client that has lost its server waits for it to come back, however long that takes.
      return answered(code, "Redis", () => within(timeoutMs, client.sendCommand(command)));
    },
  });
  return database;
}

/** What a database of {@link openRedis} was opened as. */
export function openedAs(database: RedisDatabase): OpenRedis {
  const server = opened.get(database);
  if (server !== undefined) return server;
  throw new InterlatchError("ERR_OPTIONS", "The database must come from openRedis.");
}
