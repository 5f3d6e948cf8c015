import type { Json } from "../snapshot/json.ts";
import type { ArgumentSchema, SchemaType } from "./ir.ts";
import { type Check, type Place, closed, nested, optional, refuse } from "./shape.ts";
import { finite, integer, json, listOf, mapOf, oneOf, setOf, text } from "./shape-values.ts";

/** Nesting of an argument schema. */
const SCHEMA_DEPTH = 32;

const TYPES = [
  "null",
  "boolean",
  "number",
  "integer",
  "string",
  "array",
  "object",
] as const satisfies readonly SchemaType[];

const count = integer(0);
const argumentName = text(1_024);
const words = text(16_384);

/** Checks an argument schema: only the keywords this engine runs, at most 32 deep. */
export const argumentSchema: Check<ArgumentSchema> = nested<ArgumentSchema>(SCHEMA_DEPTH, (inner) =>
  closed<ArgumentSchema>({
    description: optional(words),
    title: optional(words),
    type: optional(schemaType),
    enum: optional(listOf<Json>(json, 1, 10_000)),
    const: optional(json),
    minimum: optional(finite),
    maximum: optional(finite),
    exclusiveMinimum: optional(finite),
    exclusiveMaximum: optional(finite),
    multipleOf: optional(positive),
    minLength: optional(count),
    maxLength: optional(count),
    minItems: optional(count),
    maxItems: optional(count),
    items: optional(inner),
    properties: optional(mapOf(argumentName, inner, 10_000)),
    required: optional(setOf(argumentName, 0, 10_000)),
    minProperties: optional(count),
    maxProperties: optional(count),
  }),
);

function schemaType(value: unknown, at: Place): SchemaType | readonly SchemaType[] {
  return Array.isArray(value) ? typeSet(value, at) : oneType(value, at);
}

const oneType = oneOf(TYPES);
const typeSet = setOf(oneType, 1, TYPES.length);

function positive(value: unknown, at: Place): number {
  const checked = finite(value, at);
  return checked > 0 ? checked : refuse(at, "expected a number above 0");
}
