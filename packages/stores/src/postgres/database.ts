import { InterlatchError } from "@interlatch/core";
import { answered, TIMEOUT_MS } from "../answers.ts";
import { checkPrefix, PREFIX } from "../names.ts";
import {
  inTransaction,
  withClient,
  type PostgresClient,
  type PostgresPool,
  type PostgresSettings,
} from "./connection.ts";
import { MIGRATIONS } from "./schema.ts";

/** Options of {@link openPostgres}. */
export interface PostgresOptions {
  /** The schema that the tables are in. Default: `public`. */
  readonly schema?: string;
  /** What the names of all tables begin with. Default: `interlatch_`. */
  readonly prefix?: string;
  /** How long the database may take to answer, in milliseconds. Default 5,000. */
  readonly timeoutMs?: number;
}

/** A database, for the stores of this module. */
export interface PostgresDatabase {
  /**
   * Makes the tables that are missing and brings older ones up to date, one process at a time. The first use does so by
   * itself; a program whose role may not create tables has it run by one that may, when it is deployed.
   *
   * @throws ERR_STORE when it cannot, or the tables were made by a newer version
   */
  migrate(): Promise<void>;
  /** Ends the pool, where it was made here. One that was handed in is its owner's to end. */
  close(): Promise<void>;
}

/** What the stores ask. */
export interface OpenPostgres {
  /** A table's name, for use in SQL. */
  table(name: "rollback" | "limits" | "approvals"): string;
  /** One connection, once the tables are there. */
  use<T>(work: (client: PostgresClient) => Promise<T>): Promise<T>;
}

const opened = new WeakMap<PostgresDatabase, OpenPostgres>();

/**
 * Stores in PostgreSQL, for any number of hosts. Connects when it is first used.
 *
 * @param connection - a `Pool` of `pg`, which stays yours: listen to its `error` event, as `pg` asks; or where the
 * database is, for a pool of its own
 * @throws ERR_OPTIONS
 * @throws ERR_STORE when `pg` is not installed and a pool would have to be made
 *
 * @example
 * ```ts
 * import { approvalStore, limitStore, openPostgres, rollbackStore } from "@interlatch/stores/postgres";
 * import { Pool } from "pg";
 *
 * const database = await openPostgres(new Pool({ connectionString: "postgresql://app@db.internal/acme" }));
 * const rollback = rollbackStore(database);
 * const stores = { limits: limitStore(database), approvals: approvalStore(database) };
 * ```
 */
export async function openPostgres(
  connection: PostgresPool | PostgresSettings,
  options: PostgresOptions = {},
): Promise<PostgresDatabase> {
  const { schema = "public", timeoutMs = TIMEOUT_MS } = options;
  const prefix = checkPrefix(options.prefix ?? PREFIX);
  checkPrefix(schema);
  if (!Number.isSafeInteger(timeoutMs) || timeoutMs < 1) {
    throw new InterlatchError("ERR_OPTIONS", "timeoutMs must be a whole number of at least 1.");
  }
  const isHandedIn = "connect" in connection;
  const pool = isHandedIn ? connection : await poolOf(connection);
  const tables = new Tables(pool, { schema, prefix, timeoutMs });
  const database: PostgresDatabase = {
    migrate: () => answered("ERR_STORE", "PostgreSQL", () => tables.migrate()),
    close: async () => {
      if (!isHandedIn) await pool.end();
    },
  };
  opened.set(database, tables);
  return database;
}

/** What a database of {@link openPostgres} was opened as. */
export function openedAs(database: PostgresDatabase): OpenPostgres {
  const tables = opened.get(database);
  if (tables !== undefined) return tables;
  throw new InterlatchError("ERR_OPTIONS", "The database must come from openPostgres.");
}

async function poolOf(settings: PostgresSettings): Promise<PostgresPool> {
  const pg = await import("pg").catch((cause: unknown) => {
    throw new InterlatchError("ERR_STORE", "Install pg, or hand a pool in.", { cause });
  });
  const pool = new pg.default.Pool({ ...settings });
  // A connection that is lost while nobody uses it is no news: the next use makes another, or fails.
  pool.on("error", () => undefined);
  return pool;
}

class Tables implements OpenPostgres {
  readonly #pool: PostgresPool;
  readonly #options: Required<PostgresOptions>;
  #ready: Promise<void> | null = null;

  constructor(pool: PostgresPool, options: Required<PostgresOptions>) {
    this.#pool = pool;
    this.#options = options;
  }

  table(name: string): string {
    const { schema, prefix } = this.#options;
    // Always with its schema: what a role's search path finds first may be another's table.
    return `"${schema}"."${prefix}${name}"`;
  }

  async use<T>(work: (client: PostgresClient) => Promise<T>): Promise<T> {
    await (this.#ready ??= this.#prepare());
    return withClient(this.#pool, this.#options.timeoutMs, work);
  }

  migrate(): Promise<void> {
    return withClient(this.#pool, this.#options.timeoutMs, (client) => this.#migrate(client));
  }

  async #prepare(): Promise<void> {
    try {
      await withClient(this.#pool, this.#options.timeoutMs, async (client) => {
        // A role that may not create tables must do without, where there is nothing to create.
        if ((await this.#version(client)) !== MIGRATIONS.length) await this.#migrate(client);
      });
    } catch (error) {
      this.#ready = null; // the next use tries again
      throw error;
    }
  }

  #migrate(client: PostgresClient): Promise<void> {
    return inTransaction(client, async () => {
      await client.query("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", [
        this.table("schema"),
      ]);
      const version = await this.#version(client);
      if (version > MIGRATIONS.length) {
        throw new Error("its tables were made by a newer version of this package");
      }
      if (version === 0) {
        await client.query(`CREATE TABLE ${this.table("schema")} (version integer NOT NULL)`);
        await client.query(`INSERT INTO ${this.table("schema")} VALUES (0)`);
      }
      for (const step of MIGRATIONS.slice(version)) {
        await client.query(step((name) => this.table(name), this.#options.prefix));
      }
      await client.query(`UPDATE ${this.table("schema")} SET version = $1`, [MIGRATIONS.length]);
    });
  }

  /**
   * Which tables there are; 0: none. Tables that are recorded and gone are not made again: their state is lost, and
   * what asks for it must fail.
   */
  async #version(client: PostgresClient): Promise<number> {
    const { schema, prefix } = this.#options;
    // A query and no look-up by name: that may answer from what the connection remembers of the time before its lock.
    const found = await client.query(
      `SELECT 1 FROM pg_catalog.pg_class WHERE relname = $1 AND relnamespace =
         (SELECT oid FROM pg_catalog.pg_namespace WHERE nspname = $2)`,
      [`${prefix}schema`, schema],
    );
    if (found.rows.length === 0) return 0;
    const { rows } = await client.query(`SELECT version FROM ${this.table("schema")}`);
    const version = Number(rows[0]?.["version"]);
    if (!Number.isSafeInteger(version) || version < 1)
      throw new Error("its schema table is damaged");
    return version;
  }
}
