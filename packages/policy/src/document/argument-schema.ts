import { z } from "zod";
import { choice, notYet } from "./shape.ts";

/** Keywords of JSON Schema 2020-12 that this engine does not run. */
const LATER_KEYWORDS = [
  "$anchor",
  "$comment",
  "$defs",
  "$dynamicAnchor",
  "$dynamicRef",
  "$id",
  "$ref",
  "$schema",
  "$vocabulary",
  "allOf",
  "anyOf",
  "contains",
  "contentEncoding",
  "contentMediaType",
  "contentSchema",
  "default",
  "dependentRequired",
  "dependentSchemas",
  "deprecated",
  "else",
  "examples",
  "format",
  "if",
  "maxContains",
  "minContains",
  "not",
  "oneOf",
  "pattern",
  "patternProperties",
  "prefixItems",
  "propertyNames",
  "readOnly",
  "then",
  "unevaluatedItems",
  "unevaluatedProperties",
  "uniqueItems",
  "writeOnly",
] as const;

/** The types of JSON Schema. */
export const SCHEMA_TYPES: readonly string[] = [
  "null",
  "boolean",
  "number",
  "integer",
  "string",
  "array",
  "object",
];

const count = z.int().min(0).optional();
const number = z.number().optional();

/**
 * The part of JSON Schema 2020-12 that describes arguments. Objects are closed everywhere: a key that is
 * not named is refused, so `additionalProperties: false` says nothing new.
 */
export const argumentSchemaDocument: z.ZodType = z.lazy(() =>
  z.strictObject({
    title: z.string().optional(),
    description: z.string().optional(),
    type: z
      .union([choice(SCHEMA_TYPES), z.array(choice(SCHEMA_TYPES)).min(1)])
      .optional()
      .describe("The type, or several."),
    enum: z.array(z.unknown()).min(1).optional().describe("The values that are permitted."),
    const: z.unknown().optional().describe("The one value that is permitted."),
    minimum: number,
    maximum: number,
    exclusiveMinimum: number,
    exclusiveMaximum: number,
    multipleOf: z.number().gt(0).optional(),
    minLength: count.describe("Fewest characters (code points) of a text."),
    maxLength: count.describe("Most characters (code points) of a text."),
    minItems: count,
    maxItems: count,
    items: argumentSchemaDocument.optional().describe("What each item of an array must be."),
    properties: z
      .record(z.string(), argumentSchemaDocument)
      .optional()
      .describe("The keys an object may have; no others."),
    required: z.array(z.string()).optional().describe("The keys an object must have."),
    minProperties: count,
    maxProperties: count,
    additionalProperties: z
      .unknown()
      .refine((value) => value === false, { params: { problem: "not_supported_yet" } })
      .optional()
      .describe("Only `false`, which holds anyway."),
    ...Object.fromEntries(
      LATER_KEYWORDS.map((keyword) => [keyword, notYet("JSON Schema 2020-12")]),
    ),
  }),
);

/** Whether a keyword is one that this engine does not run, so that it is not known what the schema describes. */
export function isLaterKeyword(keyword: string): boolean {
  return LATER.has(keyword);
}

const LATER: ReadonlySet<string> = new Set(LATER_KEYWORDS);
