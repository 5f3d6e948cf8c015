import { within } from "../answers.ts";

/** One connection of a pool, as `pg` makes them. */
export interface PostgresClient {
  query(
    text: string,
    values?: unknown[],
  ): Promise<{
    readonly rows: readonly Readonly<Record<string, unknown>>[];
    readonly rowCount: number | null;
  }>;
  /** `true`: the connection is not used again. */
  release(destroy?: boolean): void;
  on(event: "error", listener: (error: Error) => void): unknown;
  removeListener(event: "error", listener: (error: Error) => void): unknown;
}

/** The part of a `Pool` of `pg` that is used here. */
export interface PostgresPool {
  connect(): Promise<PostgresClient>;
  end(): Promise<void>;
}

/** Where a database is, for a pool of this package's own. */
export interface PostgresSettings {
  /** Such as `postgresql://app@db.internal/acme`. */
  readonly connectionString: string;
  /** The most connections at once. Default 10. */
  readonly max?: number;
}

/**
 * Lends a connection to some work and takes it back. A connection on which anything failed is not used again: nobody
 * knows what is still under way on it.
 *
 * @param timeoutMs - for all of it; afterwards the connection is cut, which undoes what was not committed
 */
export async function withClient<T>(
  pool: PostgresPool,
  timeoutMs: number,
  work: (client: PostgresClient) => Promise<T>,
): Promise<T> {
  const lent = new Lent();
  return within(timeoutMs, lent.use(pool, work), () => lent.cut());
}

/** A connection that is given back once, whoever comes first. */
class Lent {
  #client: PostgresClient | null = null;
  #isOver = false;

  async use<T>(pool: PostgresPool, work: (client: PostgresClient) => Promise<T>): Promise<T> {
    const client = await pool.connect();
    this.#client = client;
    // A pool does not listen to what it has lent; an error that nobody hears ends the process.
    client.on("error", ignored);
    if (this.#isOver) this.cut();
    try {
      const made = await work(client);
      this.#giveBack(false);
      return made;
    } catch (error) {
      this.#giveBack(true);
      throw error;
    }
  }

  cut(): void {
    this.#isOver = true;
    this.#giveBack(true);
  }

  #giveBack(destroy: boolean): void {
    const client = this.#client;
    if (client === null) return;
    this.#client = null;
    if (!destroy) client.removeListener("error", ignored);
    client.release(destroy);
  }
}

/** The query that was under way fails with the same error, and that is heard. */
function ignored(): void {}

/** Runs several statements as one step. Each of them sees what others have committed by then. */
export async function inTransaction<T>(client: PostgresClient, work: () => Promise<T>): Promise<T> {
  await client.query("BEGIN ISOLATION LEVEL READ COMMITTED");
  const made = await work();
  await client.query("COMMIT");
  return made;
}
