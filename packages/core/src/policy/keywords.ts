import type { ArgumentSchema } from "./ir.ts";

/** The keywords of argument schemas that every engine since semantics 0 knows. */
export const FIRST_KEYWORDS: ReadonlySet<string> = new Set([
  "description",
  "title",
  "type",
  "enum",
  "const",
  "minimum",
  "maximum",
  "exclusiveMinimum",
  "exclusiveMaximum",
  "multipleOf",
  "minLength",
  "maxLength",
  "minItems",
  "maxItems",
  "items",
  "properties",
  "required",
  "minProperties",
  "maxProperties",
] satisfies (keyof Exclude<ArgumentSchema, boolean>)[]);
