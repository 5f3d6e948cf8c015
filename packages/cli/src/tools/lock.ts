import { resolve } from "node:path";
import { InterlatchError } from "@interlatch/core";
import { exists, readText, replaceFile } from "../files.ts";
import type { Io } from "../io.ts";
import { type Definitions, definitionOf, type PinnedDefinition } from "./definitions.ts";

/** Where approved definitions stand: whole in one file, for people to compare with, and their digests in the policy. */
export interface LockPaths {
  readonly lock: string;
  readonly pins: string;
}

/** The paths of the options, or their defaults. */
export function lockPaths({
  lock = "tools.lock.json",
  pins = "tools.pins.yaml",
}: {
  readonly lock?: string | undefined;
  readonly pins?: string | undefined;
}): LockPaths {
  return { lock, pins };
}

/** The approved definitions; none where there is no such file yet. @throws ERR_FILE */
export async function readLock({ lock }: LockPaths, io: Io): Promise<Definitions> {
  const approved: Record<string, PinnedDefinition> = Object.create(null);
  const path = resolve(io.cwd, lock);
  if (!(await exists(path))) return approved;
  const tools = toolsIn(await readText(path, lock));
  if (tools === undefined)
    throw new InterlatchError("ERR_FILE", `${lock} was not written by \`interlatch tools\`.`);
  for (const { name, description, inputSchema } of tools) {
    const definition =
      typeof name === "string" ? definitionOf(name, description, inputSchema) : undefined;
    if (definition === undefined)
      throw new InterlatchError("ERR_FILE", `${lock} holds what is no definition.`);
    approved[definition.name] = definition;
  }
  return approved;
}

interface WrittenTool {
  readonly name?: unknown;
  readonly description?: unknown;
  readonly inputSchema?: unknown;
}

function toolsIn(text: string): readonly WrittenTool[] | undefined {
  try {
    const document: unknown = JSON.parse(text);
    const tools = Object(document) as { readonly tools?: unknown };
    if (!Array.isArray(tools.tools)) return undefined;
    return tools.tools.map((tool: unknown) => Object(tool) as WrittenTool); // read member by member
  } catch {
    return undefined;
  }
}

/** Writes both files, in the order of names, so that a change of one tool is a change of its lines. @throws ERR_FILE */
export async function writeLock(
  { lock, pins }: LockPaths,
  approved: Definitions,
  io: Io,
): Promise<void> {
  const sorted = Object.values(approved).toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const tools = sorted.map(({ name, description, inputSchema }) => ({
    name,
    description,
    inputSchema,
  }));
  await replaceFile(resolve(io.cwd, lock), lock, `${JSON.stringify({ tools }, null, 2)}\n`);
  const lines = sorted.map(({ name, digest }) => `  ${JSON.stringify(name)}: ${digest}\n`);
  const text = [
    `# Written by \`interlatch tools\`; the definitions themselves stand in ${lock}. Commit both.\n`,
    "interlatch: 1\n",
    lines.length === 0 ? "pins: {}\n" : "pins:\n",
    ...lines,
  ].join("");
  await replaceFile(resolve(io.cwd, pins), pins, text);
}
