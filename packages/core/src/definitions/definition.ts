import { canonicalJson } from "../snapshot/digest.ts";
import { sha256Hex } from "../snapshot/hash.ts";
import type { Json, JsonObject } from "../snapshot/json.ts";

/** What a model is told of a tool. */
export interface ToolDefinition {
  readonly name: string;
  readonly description?: string | undefined;
  /** JSON Schema. */
  readonly inputSchema?: unknown;
}

/**
 * Names a tool's definition, so that a policy can pin the one that people have approved: `sha256:` and the SHA-256, in
 * hexadecimal, of the canonical JSON (RFC 8785) of `{ description, inputSchema, name }`.
 *
 * Frameworks write the same schema in slightly different ways. What none of them means anything by is left out at the
 * schema's root: a `$schema` of json-schema.org, `additionalProperties: false`, an empty `required`, missing or empty
 * `properties`; a missing description is an empty one.
 *
 * @returns `undefined` for what is no JSON: nothing could have approved it
 *
 * @example
 * ```ts
 * import { definitionDigest } from "@interlatch/core";
 * const inputSchema = { type: "object", properties: { path: { type: "string" } } };
 * const definition = definitionDigest({ name: "read_file", description: "Reads a file.", inputSchema });
 * ```
 */
export function definitionDigest(definition: ToolDefinition): string | undefined {
  const text = textOf(definition);
  return text === undefined ? undefined : digestOfText(text);
}

/**
 * {@link definitionDigest} of a tool that may change while it is held. It is computed anew only where the definition
 * reads otherwise than the last time.
 *
 * @param read - gives the definition as it is now; `undefined`, or an error: there is none that could be approved
 */
export function watchDefinition(read: () => ToolDefinition | undefined): () => string | undefined {
  let lastText: string | undefined;
  let lastDigest: string | undefined;
  return () => {
    const text = textOf(read);
    if (text !== lastText) {
      lastDigest = text === undefined ? undefined : digestOfText(text);
      lastText = text;
    }
    return lastDigest;
  };
}

/** The definition as JSON in the order in which it was written. Whoever made the tool wrote its getters. */
function textOf(given: ToolDefinition | (() => ToolDefinition | undefined)): string | undefined {
  try {
    const definition = typeof given === "function" ? given() : given;
    if (definition === undefined) return undefined;
    const { name, description = "", inputSchema = {} } = definition;
    if (typeof name !== "string" || typeof description !== "string") return undefined;
    return JSON.stringify([name, description, inputSchema]);
  } catch {
    return undefined;
  }
}

function digestOfText(text: string): string | undefined {
  try {
    const [name, description, schema] = JSON.parse(text) as [string, string, Json]; // from `textOf`
    const content = canonicalJson({ name, description, inputSchema: plainForm(schema) });
    return `sha256:${sha256Hex(content)}`;
  } catch {
    // Nested too deep to be walked.
    return undefined;
  }
}

function plainForm(schema: Json): Json {
  if (typeof schema !== "object" || schema === null || Array.isArray(schema)) return schema;
  return Object.fromEntries(
    Object.entries(schema as JsonObject) // no list, as was just seen
      .filter(([key, value]) => !saysNothing(key, value)),
  );
}

/** No more than a version: any other text there would be words for a model that nobody has approved. */
const DIALECT = /^https?:\/\/json-schema\.org\/draft(-0\d|\/20\d\d-\d\d)\/schema#?$/;

function saysNothing(key: string, value: Json): boolean {
  switch (key) {
    case "$schema":
      return typeof value === "string" && DIALECT.test(value);
    case "additionalProperties":
      return value === false;
    case "required":
      return Array.isArray(value) && value.length === 0;
    case "properties":
      return typeof value === "object" && value !== null && Object.keys(value).length === 0;
    default:
      return false;
  }
}
