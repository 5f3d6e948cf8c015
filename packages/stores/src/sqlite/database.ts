import { chmod, open } from "node:fs/promises";
import type { DatabaseSync } from "node:sqlite";
import { InterlatchError } from "@interlatch/core";
import { answered, answering, TIMEOUT_MS } from "../answers.ts";
import { MIGRATIONS } from "./schema.ts";

/** Options of {@link openSqlite}. */
export interface SqliteOptions {
  /**
   * How long to wait for another process that writes, in milliseconds. Default 5,000. This process stands still
   * meanwhile.
   */
  readonly timeoutMs?: number;
}

/** A database in a file, for the stores of this module. */
export interface SqliteDatabase {
  readonly path: string;
  /** Lets go of the file. A store that is used afterwards fails, and the call it was asked for is denied. */
  close(): void;
}

const opened = new WeakMap<SqliteDatabase, DatabaseSync>();

/**
 * Opens a file, or makes it: for its owner alone, with a write-ahead log, flushed at every change. Its tables are made
 * and brought up to date here. Any number of processes of one machine may have it open; not over a network file system.
 *
 * @param path - of the file; its folder must exist
 * @throws ERR_STORE when it cannot be opened, is no database or was made by a newer version, and where Node has no
 * `node:sqlite`
 *
 * @example
 * ```ts
 * import { approvalStore, limitStore, openSqlite, rollbackStore } from "@interlatch/stores/sqlite";
 *
 * const database = await openSqlite("/var/lib/acme/interlatch.db");
 * const rollback = rollbackStore(database);
 * const stores = { limits: limitStore(database), approvals: approvalStore(database) };
 * ```
 */
export async function openSqlite(
  path: string,
  { timeoutMs = TIMEOUT_MS }: SqliteOptions = {},
): Promise<SqliteDatabase> {
  if (!Number.isSafeInteger(timeoutMs) || timeoutMs < 0) {
    throw new InterlatchError("ERR_OPTIONS", "timeoutMs must be a whole number of milliseconds.");
  }
  const { DatabaseSync: Database } = await loadSqlite();
  return answered("ERR_STORE", path, async () => {
    await makePrivate(path);
    const connection = new Database(path);
    try {
      // Every process must agree on this before any of them writes. What was kept lasts through a loss of power.
      connection.exec(
        `PRAGMA busy_timeout = ${timeoutMs}; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;`,
      );
      migrate(connection);
    } catch (error) {
      connection.close();
      throw error;
    }
    const database: SqliteDatabase = { path, close: () => connection.close() };
    opened.set(database, connection);
    return database;
  });
}

/** What a database of {@link openSqlite} was opened as. */
export function connectionOf(database: SqliteDatabase): DatabaseSync {
  const connection = opened.get(database);
  if (connection !== undefined) return connection;
  throw new InterlatchError("ERR_OPTIONS", "The database must come from openSqlite.");
}

/** Runs several statements as one step, in which no other process writes. */
export function inTransaction<T>(connection: DatabaseSync, work: () => T): T {
  connection.exec("BEGIN IMMEDIATE");
  try {
    const made = work();
    connection.exec("COMMIT");
    return made;
  } catch (error) {
    // Some failures have ended it already.
    if (connection.isTransaction) connection.exec("ROLLBACK");
    throw error;
  }
}

async function loadSqlite(): Promise<typeof import("node:sqlite")> {
  try {
    return await import("node:sqlite");
  } catch (cause) {
    throw new InterlatchError(
      "ERR_STORE",
      "SQLite comes with Node from 22.13 on: run a newer Node, or use another store.",
      { cause },
    );
  }
}

/** It holds arguments of calls. The files that SQLite puts beside it take over its mode. */
async function makePrivate(path: string): Promise<void> {
  if (path === ":memory:") return;
  const file = await open(path, "a", 0o600);
  await file.close();
  if (process.platform !== "win32") await chmod(path, 0o600);
}

/** Makes the tables that are missing. A table that was made once and is gone is not made again: its state is lost. */
function migrate(connection: DatabaseSync): void {
  inTransaction(connection, () => {
    connection.exec(
      "CREATE TABLE IF NOT EXISTS interlatch_schema (version INTEGER NOT NULL) STRICT",
    );
    const row = connection.prepare("SELECT version FROM interlatch_schema").get();
    const version = row === undefined ? 0 : Number(row["version"]);
    if (version > MIGRATIONS.length) {
      throw new Error("its tables were made by a newer version of this package");
    }
    for (const step of MIGRATIONS.slice(version)) connection.exec(step);
    connection.exec("DELETE FROM interlatch_schema");
    connection.prepare("INSERT INTO interlatch_schema VALUES (?)").run(MIGRATIONS.length);
  });
}

/** Runs what asks the database for a limit or an approval. */
export function asking<T>({ path }: SqliteDatabase, ask: () => T): T {
  return answering("ERR_STORE", path, ask);
}
