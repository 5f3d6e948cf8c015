import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";

/** A place in a document, from 0. */
export interface Position {
  readonly line: number;
  readonly character: number;
}

/** What a language server finds wrong. */
export interface Finding {
  readonly message: string;
  readonly range: { readonly start: Position; readonly end: Position };
}

/** The YAML language server in a process of its own, spoken to as an editor does. */
export interface LanguageServer {
  /** Opens a file and waits for what is found wrong in it. */
  open(path: string, text: string): Promise<readonly Finding[]>;
  /** Names that are offered at a place. */
  complete(path: string, at: Position): Promise<readonly string[]>;
  hover(path: string, at: Position): Promise<string>;
  stop(): void;
}

/** Any message of the protocol; only what is needed of it is looked at. */
// oxlint-disable-next-line typescript/no-explicit-any
type Message = any;

/** Starts a server for one folder. */
export async function startLanguageServer(folder: string): Promise<LanguageServer> {
  const child = spawn(process.execPath, [programPath(), "--stdio"], {
    stdio: ["pipe", "pipe", "pipe"],
  });
  const connection = new Connection(child);
  const rootUri = pathToFileURL(folder).href;
  await connection.request("initialize", {
    processId: process.pid,
    rootUri,
    workspaceFolders: [{ uri: rootUri, name: "project" }],
    capabilities: {
      textDocument: {
        completion: { completionItem: { snippetSupport: false } },
        hover: { contentFormat: ["markdown"] },
      },
      workspace: { configuration: true, workspaceFolders: true },
    },
  });
  connection.notify("initialized", {});
  const uriOf = (path: string): string => pathToFileURL(join(folder, path)).href;
  const at = (path: string, position: Position): object => ({
    textDocument: { uri: uriOf(path) },
    position,
  });
  return {
    open: async (path, text) => {
      const uri = uriOf(path);
      const found = connection.next(
        ({ method, params }) => method === "textDocument/publishDiagnostics" && params.uri === uri,
      );
      connection.notify("textDocument/didOpen", {
        textDocument: { uri, languageId: "yaml", version: 1, text },
      });
      return (await found).params.diagnostics;
    },
    complete: async (path, position) => {
      const answer = await connection.request("textDocument/completion", at(path, position));
      return answer.items.map((item: { label: string }) => item.label);
    },
    hover: async (path, position) => {
      const answer = await connection.request("textDocument/hover", at(path, position));
      return answer?.contents?.value ?? "";
    },
    stop: () => child.kill(),
  };
}

function programPath(): string {
  const main = createRequire(import.meta.url).resolve("yaml-language-server");
  const root = main.slice(
    0,
    main.lastIndexOf("yaml-language-server") + "yaml-language-server".length,
  );
  return join(dirname(root), "yaml-language-server", "bin", "yaml-language-server");
}

/** JSON-RPC over the pipes of a process, each message behind a header with its length. */
class Connection {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #waiting = new Set<(message: Message) => void>();
  #buffer = Buffer.alloc(0);
  #id = 0;

  constructor(child: ChildProcessWithoutNullStreams) {
    this.#child = child;
    child.stdout.on("data", (chunk: Buffer) => this.#receive(chunk));
  }

  notify(method: string, params: object): void {
    this.#send({ method, params });
  }

  async request(method: string, params: object): Promise<Message> {
    const id = (this.#id += 1);
    const answer = this.next((message) => message.id === id && message.method === undefined);
    this.#send({ id, method, params });
    const { result, error } = await answer;
    if (error !== undefined) throw new Error(error.message);
    return result;
  }

  /** The next message of which something holds. */
  next(holds: (message: Message) => boolean): Promise<Message> {
    return new Promise((resolve, reject) => {
      const look = (message: Message): void => {
        if (!holds(message)) return;
        this.#waiting.delete(look);
        this.#child.off("exit", ended);
        resolve(message);
      };
      const ended = (): void => reject(new Error("The language server has ended."));
      this.#waiting.add(look);
      this.#child.once("exit", ended);
    });
  }

  #send(message: object): void {
    const body = Buffer.from(JSON.stringify({ jsonrpc: "2.0", ...message }));
    this.#child.stdin.write(`Content-Length: ${body.length}\r\n\r\n`);
    this.#child.stdin.write(body);
  }

  #receive(chunk: Buffer): void {
    this.#buffer = Buffer.concat([this.#buffer, chunk]);
    for (;;) {
      const end = this.#buffer.indexOf("\r\n\r\n");
      if (end < 0) return;
      const length = Number(
        /Content-Length: (\d+)/i.exec(this.#buffer.toString("latin1", 0, end))?.[1],
      );
      const start = end + 4;
      if (this.#buffer.length < start + length) return;
      const message = JSON.parse(this.#buffer.toString("utf8", start, start + length));
      this.#buffer = this.#buffer.subarray(start + length);
      this.#handle(message);
    }
  }

  #handle(message: Message): void {
    // What the server asks of an editor: its settings. It gets those of an editor where nobody has set any.
    if (message.method !== undefined && message.id !== undefined) {
      const isSettings = message.method === "workspace/configuration";
      const result = isSettings ? message.params.items.map(settingsOf) : null;
      this.#send({ id: message.id, result });
    }
    for (const look of this.#waiting) look(message);
  }
}

/** Nothing is fetched: the schema comes from the line at the head of the file. */
function settingsOf({ section }: { readonly section?: string }): object {
  return section === "yaml"
    ? { validate: true, hover: true, completion: true, schemaStore: { enable: false } }
    : {};
}
