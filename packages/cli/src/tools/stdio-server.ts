import { spawn, type ChildProcessWithoutNullStreams } from "node:child_process";
import { createInterface } from "node:readline";
import { InterlatchError } from "@interlatch/core";
import type { Io } from "../io.ts";
import { visible } from "../output.ts";

/** How long a server may take, in milliseconds: `npx` may have to fetch it first. */
const PATIENCE = 120_000;
/** How long a server may take to end, in milliseconds. */
const GRACE = 500;
/** Pages of tools that are asked for at most. */
const MAX_PAGES = 100;
/** The version of the Model Context Protocol that is asked for; servers answer with theirs. */
const PROTOCOL = "2025-06-18";

type Server = ChildProcessWithoutNullStreams;

/**
 * Asks an MCP server for all its tools: https://modelcontextprotocol.io/specification/2025-06-18, `initialize` and
 * `tools/list` over standard input and output. The server is started for it and ended after.
 *
 * @param line - program and arguments, parted by spaces; quotes hold a word together. No shell reads it
 * @throws ERR_FILE when the server cannot be started or does not answer as the protocol says
 */
export async function listTools(
  line: string,
  { cwd, env, stderr }: Io,
): Promise<readonly unknown[]> {
  const [program = "", ...parameters] = wordsOf(line);
  const server = spawn(program, parameters, { cwd, env });
  server.stderr.setEncoding("utf8").on("data", (text: string) => void stderr.write(visible(text)));
  try {
    return await Promise.race([conversation(server), endOf(server)]);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new InterlatchError("ERR_FILE", `The MCP server \`${line}\` gives no tools: ${why}.`, {
      cause,
    });
  } finally {
    end(server);
  }
}

/** Ends a server, one that does not listen as well: it must not keep this command from its own end. */
function end(server: Server): void {
  if (server.pid === undefined || !server.kill()) return;
  const timer = setTimeout(() => server.kill("SIGKILL"), GRACE);
  server.once("exit", () => clearTimeout(timer));
}

async function conversation(server: Server): Promise<readonly unknown[]> {
  const ask = asker(server);
  const clientInfo = { name: "interlatch", version: "0" };
  await ask("initialize", { protocolVersion: PROTOCOL, capabilities: {}, clientInfo });
  send(server, { method: "notifications/initialized" });
  const tools: unknown[] = [];
  let cursor: unknown;
  for (let page = 0; page < MAX_PAGES; page++) {
    const answer = await ask("tools/list", cursor === undefined ? {} : { cursor });
    if (Array.isArray(answer["tools"])) tools.push(...(answer["tools"] as unknown[]));
    cursor = answer["nextCursor"];
    if (cursor === undefined || cursor === null) return tools;
  }
  throw new Error(`its list of tools has more than ${MAX_PAGES} pages`);
}

type Message = Readonly<Record<string, unknown>>;

/** Sends requests and gives their results. What the server asks on its side is refused: it is only to list its tools. */
function asker(server: Server): (method: string, params: object) => Promise<Message> {
  const open = new Map<unknown, { resolve(result: Message): void; reject(error: Error): void }>();
  createInterface({ input: server.stdout }).on("line", (text) => {
    const message = messageOf(text);
    const waiting = open.get(message["id"]);
    if (typeof message["method"] === "string") {
      if (message["id"] === undefined) return;
      const error = { code: -32_601, message: "not offered" };
      send(server, {
        id: message["id"],
        ...(message["method"] === "ping" ? { result: {} } : { error }),
      });
    } else if (waiting !== undefined) {
      open.delete(message["id"]);
      if ("result" in message) waiting.resolve(Object(message["result"]) as Message);
      else waiting.reject(new Error(`it answered ${JSON.stringify(message["error"])}`));
    }
  });
  let last = 0;
  return (method, params) =>
    new Promise((resolve, reject) => {
      const id = ++last;
      open.set(id, { resolve, reject });
      send(server, { id, method, params });
    });
}

/** A line that is no message is passed over: servers print to standard output what they should not. */
function messageOf(text: string): Message {
  try {
    return Object(JSON.parse(text)) as Message;
  } catch {
    return {};
  }
}

function send(server: Server, message: object): void {
  server.stdin.write(`${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`);
}

function endOf(server: Server): Promise<never> {
  return new Promise((_, reject) => {
    const timer = setTimeout(() => {
      reject(new Error(`it did not answer within ${PATIENCE / 1_000} seconds`));
    }, PATIENCE);
    // One that could not be started has no end to wait for.
    timer.unref();
    server.once("error", reject);
    // Writing to a server that has ended is told by its end.
    server.stdin.on("error", () => undefined);
    server.once("exit", (code) => {
      clearTimeout(timer);
      reject(new Error(`it ended with code ${code ?? 1}`));
    });
  });
}

function wordsOf(line: string): readonly string[] {
  return (line.match(/"[^"]*"|'[^']*'|\S+/g) ?? []).map((word) =>
    word.replace(/^(["'])(.*)\1$/, "$2"),
  );
}
