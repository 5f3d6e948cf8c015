import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClient } from "redis";

/** A Redis server of a test file's own. */
export interface RedisServer {
  readonly port: number;
  /** Ends the server and removes its files. */
  stop(): Promise<void>;
}

/**
 * Starts a server on a port of the system's choice. Where the machine has none it gives `undefined`, so that the tests
 * which need it are skipped by name; in CI that is a failure.
 */
export async function startRedis(): Promise<RedisServer | undefined> {
  const port = await freePort();
  const folder = await mkdtemp(join(tmpdir(), "interlatch-redis-"));
  const settings = ["--port", String(port), "--bind", "127.0.0.1", "--save", "", "--dir", folder];
  const server = spawn("redis-server", settings, { stdio: ["ignore", "pipe", "inherit"] });
  const stop = async (): Promise<void> => {
    if (server.exitCode === null && server.pid !== undefined) {
      const ended = once(server, "exit");
      server.kill();
      await ended;
    }
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await started(server);
    return { port, stop };
  } catch (error) {
    await stop();
    if (process.env["CI"] === "true") throw error;
    return undefined;
  }
}

/** A client that is connected, and what ends it. It tries to find a server that is gone again all the time. */
export async function connectRedis(port: number) {
  const client = createClient({ socket: { host: "127.0.0.1", port, reconnectStrategy: 20 } });
  client.on("error", () => undefined); // the test looks at what comes of it
  await client.connect();
  return { client, end: () => client.destroy() };
}

async function started(server: ChildProcess): Promise<void> {
  await once(server, "spawn");
  let said = "";
  for await (const part of server.stdout ?? []) {
    said += String(part);
    if (said.includes("Ready to accept connections")) break;
  }
  if (server.exitCode !== null) throw new Error(`Redis does not start: ${said}`);
}

/** A port that nobody listens on. */
async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const address = probe.address();
  probe.close();
  return typeof address === "object" && address !== null ? address.port : 0;
}
