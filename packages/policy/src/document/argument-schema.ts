import { TEXT_FORMATS } from "@interlatch/core";
import { z } from "zod";
import { choice } from "./shape.ts";

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

/** The one dialect, as `$schema` names it. */
export const DIALECT = "https://json-schema.org/draft/2020-12/schema";

/** Keywords of JSON Schema 2020-12 that no policy can hold: what they mean depends on other documents. */
export const FOREIGN_KEYWORDS = ["$id", "$dynamicRef", "$dynamicAnchor", "$vocabulary"] as const;

/** Keywords that describe and never judge. They may stand in a policy and are not part of what is signed. */
export const ANNOTATIONS = [
  "$comment",
  "contentEncoding",
  "contentMediaType",
  "contentSchema",
  "default",
  "deprecated",
  "examples",
  "readOnly",
  "writeOnly",
] as const;

const schema: z.ZodType = z.lazy(() => argumentSchemaDocument);
const schemas = z.record(z.string(), schema).optional();
const branches = z.array(schema).min(1).optional();
const count = z.int().min(0).optional();
const number = z.number().optional();

/**
 * JSON Schema 2020-12, as it describes arguments and results. Arguments are closed everywhere: a key that nothing
 * evaluates is refused unless `additionalProperties` or `unevaluatedProperties` permits it.
 */
export const argumentSchemaDocument: z.ZodType = z.union([
  z.boolean(),
  z.strictObject({
    title: z.string().optional(),
    description: z.string().optional(),
    type: z
      .union([choice(SCHEMA_TYPES), z.array(choice(SCHEMA_TYPES)).min(1)])
      .optional()
      .describe("The type, or several."),
    enum: z.array(z.unknown()).optional().describe("The values that are permitted."),
    const: z.unknown().optional().describe("The one value that is permitted."),
    minimum: number,
    maximum: number,
    exclusiveMinimum: number,
    exclusiveMaximum: number,
    multipleOf: z.number().gt(0).optional(),
    minLength: count.describe("Fewest characters (code points) of a text."),
    maxLength: count.describe("Most characters (code points) of a text."),
    pattern: z
      .string()
      .optional()
      .describe(
        "An RE2 pattern that is found anywhere in the text; `^` and `$` hold it at its ends.",
      ),
    format: choice(TEXT_FORMATS).optional().describe("The form of a text. It is checked."),
    minItems: count,
    maxItems: count,
    uniqueItems: z.boolean().optional().describe("Whether no item may stand there twice."),
    items: schema.optional().describe("What each item of an array must be."),
    prefixItems: branches.describe("What the first items must be, one by one."),
    contains: schema.optional().describe("What at least one item must be."),
    minContains: count.describe("At least so many items as `contains` says."),
    maxContains: count.describe("At most so many items as `contains` says."),
    unevaluatedItems: schema.optional().describe("What items must be that nothing else describes."),
    properties: schemas.describe("The keys an object may have; no others unless said so."),
    patternProperties: schemas.describe("Keys by RE2 pattern."),
    additionalProperties: schema
      .optional()
      .describe("What other keys hold. Left out: there are none."),
    unevaluatedProperties: schema
      .optional()
      .describe("What keys hold that nothing else describes. Left out: there are none."),
    propertyNames: schema.optional().describe("What the keys themselves must be."),
    required: z.array(z.string()).optional().describe("The keys an object must have."),
    dependentRequired: z
      .record(z.string(), z.array(z.string()))
      .optional()
      .describe("The keys an object must have beside a key."),
    dependentSchemas: schemas.describe("What an object must be when it has a key."),
    minProperties: count,
    maxProperties: count,
    allOf: branches.describe("All of these hold."),
    anyOf: branches.describe("At least one of these holds."),
    oneOf: branches.describe("Exactly one of these holds."),
    not: schema.optional().describe("This does not hold."),
    if: schema.optional().describe("Where this holds `then` must, else `else`."),
    then: schema.optional(),
    else: schema.optional(),
    $ref: z.string().optional().describe("A schema of this document: `#/$defs/NAME`."),
    $defs: schemas.describe("Named schemas."),
    $anchor: z.string().optional().describe("A name that `$ref: '#NAME'` finds."),
    $schema: z.literal(DIALECT).optional().describe("The dialect; there is one."),
    ...Object.fromEntries(
      ANNOTATIONS.map((keyword) => [
        keyword,
        z.unknown().optional().describe("Describes and does not judge."),
      ]),
    ),
    ...Object.fromEntries(
      FOREIGN_KEYWORDS.map((keyword) => [
        keyword,
        z.unknown().optional().describe("Not permitted: it leads out of the policy."),
      ]),
    ),
  }),
]);
