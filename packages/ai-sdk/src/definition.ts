import {
  type DefinitionDigest,
  type Guard,
  shownDefinition,
  type ToolDefinition,
  watchDefinition,
} from "@interlatch/core";
import { isMethod, type AnyTool, type Method } from "./bond.ts";
import { jsonSchemaOf, withJsonSchema } from "./schema.ts";

type Digest = () => string | undefined;

/** By tool, under the name that the model knows it by. */
const digests = new WeakMap<AnyTool, { readonly name: string; readonly digest: Digest }>();
/** By guarded `execute`, which copies of the guarded tool keep: its words may be cleaned, and were not approved as such. */
const originals = new WeakMap<Method, Digest>();

/** The digest of a tool's definition, as the SDK tells it to models; see `definitionDigest` of `@interlatch/core`. */
export function digestOf(tool: AnyTool | undefined, name: string): DefinitionDigest {
  if (tool === undefined) return undefined;
  const original = isMethod(tool.execute) ? originals.get(tool.execute) : undefined;
  if (original !== undefined) return original;
  const known = digests.get(tool);
  if (known?.name === name) return known.digest;
  const digest = watchDefinition(() => definitionOf(tool, name));
  digests.set(tool, { name, digest });
  return digest;
}

/** A guarded tool is pinned by the definition of the tool it was made of. */
export function shareDigest(guarded: Method, tool: AnyTool, name: string): void {
  const digest = digestOf(tool, name);
  if (typeof digest === "function") originals.set(guarded, digest);
}

/**
 * What the SDK tells a model. None where that is not settled before the model is called: a description that is a
 * function, a schema that is promised. Nobody could have approved it.
 */
function definitionOf(
  { description, inputSchema }: AnyTool,
  name: string,
): ToolDefinition | undefined {
  if (description !== undefined && typeof description !== "string") return undefined;
  const schema = jsonSchemaOf(inputSchema);
  const isSettled = typeof Object(schema).then !== "function";
  return schema === undefined || !isSettled
    ? undefined
    : { name, description, inputSchema: schema };
}

/**
 * The members of a discovered tool that a model may read, cleaned; see `shownDefinition` of `@interlatch/core`. A tool
 * of an MCP server is one that the SDK calls `dynamic`.
 */
export function cleanedMembers(tool: AnyTool, name: string, guard: Guard): Partial<AnyTool> {
  const definition = isDiscovered(tool) ? definitionOf(tool, name) : undefined;
  if (definition === undefined) return {};
  const { description, inputSchema } = shownDefinition(guard, definition);
  return {
    ...(description === definition.description ? {} : { description }),
    ...(inputSchema === definition.inputSchema
      ? {}
      : { inputSchema: withJsonSchema(tool.inputSchema, inputSchema) }),
  };
}

/** Whether somebody else has written a tool's words. */
export function isDiscovered({ type }: AnyTool): boolean {
  return type === "dynamic";
}
