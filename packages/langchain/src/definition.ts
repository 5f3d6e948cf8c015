import { toJsonSchema } from "@langchain/core/utils/json_schema";
import { isInteropZodSchema } from "@langchain/core/utils/types";
import type { ClientTool } from "@langchain/core/tools";
import {
  shownDefinition,
  type Guard,
  type ToolDefinition,
  watchDefinition,
} from "@interlatch/core";
import { nameOf } from "./tool-kinds.ts";

type Digest = () => string | undefined;

/** By tool; a guarded tool has that of the tool it was made of, since its own words may be cleaned. */
const digests = new WeakMap<ClientTool, Digest>();

/** The digest of a tool's definition, as LangChain tells it to models; see `definitionDigest` of `@interlatch/core`. */
export function digestOf(tool: ClientTool): Digest {
  let digest = digests.get(tool);
  if (digest === undefined) digests.set(tool, (digest = watchDefinition(() => definitionOf(tool))));
  return digest;
}

/** A guarded tool is pinned by the definition of the tool it was made of. */
export function shareDigest(guarded: ClientTool, tool: ClientTool): void {
  digests.set(guarded, digestOf(tool));
}

function definitionOf(tool: ClientTool): ToolDefinition {
  const { description, schema } = tool;
  // One of the forms it takes; the compiler gives up on the union of all of them.
  const inputSchema = toJsonSchema(schema as Parameters<typeof toJsonSchema>[0]);
  return { name: nameOf(tool), description, inputSchema };
}

/**
 * Whether somebody else has written a tool's words: a tool of an MCP server, or of any other list, brings its schema as
 * JSON, where a program's own tools are described with zod.
 */
function isDiscovered({ schema }: ClientTool): boolean {
  return !isInteropZodSchema(schema) && typeof schema === "object" && !("~standard" in schema);
}

/**
 * Lets a model read the cleaned words of a discovered tool; see `shownDefinition` of `@interlatch/core`. On the guarded
 * tool and not on its way to the model: `createAgent` refuses a tool that a middleware has replaced. Read anew each
 * time, for the policy may pin the definition later, and the tool may change.
 */
export function showCleaned(guarded: ClientTool, tool: ClientTool, guard: Guard): void {
  if (!isDiscovered(tool)) return;
  const digest = digestOf(tool);
  const name = nameOf(tool);
  let last: { readonly state: string; readonly shown: ToolDefinition } | undefined;
  const shown = (): ToolDefinition => {
    const now = digest();
    const state = `${now} ${guard.pinOf(name)}`;
    if (now === undefined || last?.state !== state) {
      last = { state, shown: shownDefinition(guard, definitionOf(tool)) };
    }
    return last.shown;
  };
  const define = (member: string, get: () => unknown): void => {
    Object.defineProperty(guarded, member, { get, enumerable: true, configurable: true });
  };
  define("description", () => shown().description);
  define("schema", () => shown().inputSchema);
}
