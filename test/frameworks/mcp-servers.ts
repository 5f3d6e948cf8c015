import { mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Policy } from "@interlatch/core";
import { toolPolicy } from "../tool-policy.ts";

/** How a client starts an MCP server that speaks over standard input and output. */
export interface ServerCommand {
  readonly command: string;
  readonly args: string[];
  /** Where its words to people go. */
  readonly stderr: "ignore";
}

function serverOf(name: string, ...args: string[]): ServerCommand {
  const entry = `./node_modules/@modelcontextprotocol/${name}/dist/index.js`;
  const file = fileURLToPath(new URL(entry, import.meta.url));
  return { command: process.execPath, args: [file, ...args], stderr: "ignore" };
}

/** `server-filesystem`, over one folder. */
export function filesystemServer(root: string): ServerCommand {
  return serverOf("server-filesystem", root);
}

/** `server-everything`, which has a tool for each part of the protocol. */
export function everythingServer(): ServerCommand {
  return serverOf("server-everything", "stdio");
}

/** A folder of its own for a server, which is gone when it is disposed. */
export async function serverFolder(): Promise<AsyncDisposable & { readonly path: string }> {
  // Resolved: the server refuses paths through links.
  const path = await realpath(await mkdtemp(join(tmpdir(), "interlatch-mcp-")));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true }) };
}

const text = (values?: readonly string[]) =>
  ({ type: "string", ...(values === undefined ? {} : { enum: [...values] }) }) as const;

/**
 * Reading is allowed; writing is allowed to `note.txt`, and moving needs a person. What else a server offers, this
 * policy does not know.
 *
 * @param prefix - that the client puts before each of the server's names
 */
export function serverPolicy(
  root: string,
  prefixes: { readonly files: string; readonly everything: string },
): Policy {
  const { files, everything } = prefixes;
  const note = join(root, "note.txt");
  return toolPolicy(
    {
      [`${files}read_text_file`]: {},
      [`${files}write_file`]: {
        operation: "write",
        arguments: {
          type: "object",
          properties: { path: text([note]), content: text() },
          required: ["path", "content"],
        },
      },
      [`${files}move_file`]: { operation: "write" },
      [`${everything}echo`]: {},
      [`${everything}get-tiny-image`]: {},
      [`${everything}get-structured-content`]: {},
      [`${everything}get-resource-reference`]: {},
    },
    [{ name: "moves", tools: [`${files}move_file`], action: "review" }],
  );
}
