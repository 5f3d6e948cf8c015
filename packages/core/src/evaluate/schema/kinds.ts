import type { Parts } from "../../parts/parts.ts";
import type { ArgumentSchemaObject } from "../../policy/ir.ts";
import type { Json, JsonObject } from "../../snapshot/json.ts";
import type { Check } from "./check.ts";
import type { ListCheck } from "./list.ts";
import { compileLiterals } from "./literals.ts";
import { compileNumber } from "./number.ts";
import type { ObjectCheck } from "./object.ts";
import { compileText } from "./text.ts";
import { compileType } from "./type.ts";

/** How schemas are compiled. */
export interface SchemaOptions {
  /** What was loaded for the policy. */
  readonly parts: Parts;
  /** Whether keys that nothing evaluates are refused where no schema says otherwise. */
  readonly closed: boolean;
  /** Whether `format` asserts. */
  readonly formats: boolean;
}

/**
 * The checks of a schema that ask nothing but the value itself. As JSON Schema has it, a keyword looks only at values
 * of its own kind: `minimum` says nothing about a text.
 */
export function checksOfKinds(
  schema: ArgumentSchemaObject,
  { parts, formats }: SchemaOptions,
  list: ListCheck | null,
  object: ObjectCheck | null,
): readonly Check[] {
  const number = compileNumber(schema);
  const text = compileText(schema, parts, formats);
  const checks: readonly (Check | null)[] = [
    compileType(schema),
    compileLiterals(schema),
    number && ((value, run) => (typeof value === "number" ? number(value, run) : null)),
    text && ((value, run) => (typeof value === "string" ? text(value, run) : null)),
    list && ((value, run) => (isList(value) ? list(value, run) : null)),
    object && ((value, run) => (isObject(value) ? object(value, run) : null)),
  ];
  return checks.filter((each) => each !== null);
}

/** Whether a schema says anything about objects itself, so that an object at its location is closed. */
export function namesObjects(schema: ArgumentSchemaObject): boolean {
  const { type } = schema;
  return (
    (typeof type === "string" ? type === "object" : type?.includes("object") === true) ||
    OBJECT_KEYWORDS.some((key) => key in schema)
  );
}

const OBJECT_KEYWORDS = [
  "properties",
  "patternProperties",
  "additionalProperties",
  "unevaluatedProperties",
  "propertyNames",
  "required",
  "dependentRequired",
  "dependentSchemas",
  "minProperties",
  "maxProperties",
] as const satisfies readonly (keyof ArgumentSchemaObject)[];

/** Whether the whole value is one of those that are listed, so that nothing in it can be unknown. */
export function isPinned(schema: ArgumentSchemaObject): boolean {
  return schema.enum !== undefined || schema.const !== undefined;
}

/** The check of the schema `true`. */
export const fits: Check = () => null;
/** The check of the schema `false`. */
export const fitsNever: Check = () => " is not permitted";

/** Whether a value is a list. */
export function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

/** Whether a value is an object and no list. */
export function isObject(value: Json): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
