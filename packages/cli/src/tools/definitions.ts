import { resolve } from "node:path";
import { definitionDigest, InterlatchError, type ToolDefinition } from "@interlatch/core";
import { readToolList } from "@interlatch/policy";
import { wrongUse } from "../arguments.ts";
import { readText } from "../files.ts";
import type { Io } from "../io.ts";
import { type Output, visible } from "../output.ts";
import { listTools } from "./stdio-server.ts";

/** Definitions of tools by name, each with its digest. Without a prototype: a tool may be called `constructor`. */
export type Definitions = Readonly<Record<string, PinnedDefinition>>;

/** A definition, and what a policy pins it by. */
export interface PinnedDefinition extends ToolDefinition {
  readonly digest: string;
}

/** Where definitions are read from; the same options for every command of `tools`. */
export const SOURCE_ARGS = {
  from: {
    type: "string",
    valueHint: "FILE",
    description:
      "JSON: the answer to MCP tools/list, or a list of { name, description, inputSchema }",
  },
  command: {
    type: "string",
    valueHint: "LINE",
    description: "Starts this MCP server, which speaks over standard input and output, and asks it",
  },
  prefix: {
    type: "string",
    valueHint: "TEXT",
    description: "Stands before each name, where the framework puts one there",
  },
  lock: {
    type: "string",
    valueHint: "FILE",
    description: "Where the approved definitions are kept. Default: tools.lock.json",
  },
  pins: {
    type: "string",
    valueHint: "FILE",
    description: "The policy file with their digests. Default: tools.pins.yaml",
  },
} as const;

/** What the options of {@link SOURCE_ARGS} may hold. */
export interface SourceOptions {
  readonly from?: string | undefined;
  readonly command?: string | undefined;
  readonly prefix?: string | undefined;
}

/**
 * The definitions as they are offered now.
 *
 * @throws ERR_OPTIONS where not exactly one source is named
 * @throws ERR_FILE for a source that cannot be read, or that holds two tools of one name
 */
export async function offeredDefinitions(
  { from, command, prefix = "" }: SourceOptions,
  io: Io,
  output: Output,
): Promise<Definitions> {
  if ((from === undefined) === (command === undefined)) {
    throw wrongUse("Say where the tools are read from: --from FILE or --command LINE.");
  }
  const shown = from ?? command ?? "";
  const document: unknown =
    from === undefined
      ? { tools: await listTools(shown, io) }
      : parsed(await readText(resolve(io.cwd, from), from), from);
  return readDefinitions(
    Array.isArray(document) ? { tools: document } : document,
    shown,
    prefix,
    output,
  );
}

function parsed(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new InterlatchError("ERR_FILE", `${file} is no JSON.`, { cause });
  }
}

function readDefinitions(
  document: unknown,
  shown: string,
  prefix: string,
  { warn }: Output,
): Definitions {
  const tools = readToolList(document, (place, message) => warn(`${place}  ${message}`));
  if (tools === undefined) {
    throw new InterlatchError("ERR_FILE", `${shown} holds no list of tools.`);
  }
  const definitions: Record<string, PinnedDefinition> = Object.create(null);
  const looks = new Map<string, string>();
  for (const { name: bare, description, arguments: inputSchema } of tools) {
    const name = `${prefix}${String(bare)}`;
    if (!NAME.test(name)) {
      warn(`${visible(name)}  is no name that a policy could hold, so its calls are denied`);
      continue;
    }
    // Which of the two a framework runs is chance: one of them would be approved in the other's name.
    if (Object.hasOwn(definitions, name)) throw twice(name, shown);
    const definition = definitionOf(name, description, inputSchema);
    if (definition === undefined) {
      throw new InterlatchError(
        "ERR_FILE",
        `The tool ${name} of ${shown} has no readable definition.`,
      );
    }
    const alike = looks.get(lookOf(name));
    if (alike !== undefined)
      warn(`${name}  looks like ${alike}: a person may take one for the other`);
    looks.set(lookOf(name), name);
    definitions[name] = definition;
  }
  return definitions;
}

const NAME = /^(?!__proto__$)[A-Za-z0-9_.:/-]{1,128}$/;

/** What a name looks like at a glance. */
function lookOf(name: string): string {
  return name
    .toLowerCase()
    .replace(/[_.:/-]/g, "")
    .replaceAll("0", "o")
    .replace(/[1i]/g, "l");
}

/** `undefined` for what is no definition. */
export function definitionOf(
  name: string,
  description: unknown,
  inputSchema: unknown,
): PinnedDefinition | undefined {
  if (description !== undefined && typeof description !== "string") return undefined;
  const definition: ToolDefinition = { name, description, inputSchema };
  const digest = definitionDigest(definition);
  return digest === undefined ? undefined : { ...definition, digest };
}

function twice(name: string, shown: string): InterlatchError {
  return new InterlatchError(
    "ERR_FILE",
    `${shown} has two tools called ${name}; nothing is pinned.`,
  );
}
