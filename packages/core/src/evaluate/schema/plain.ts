import type { ArgumentSchema, ArgumentSchemaObject } from "../../policy/ir.ts";
import { type Check, type CompileInner, inOrder } from "./check.ts";
import {
  checksOfKinds,
  fits,
  fitsNever,
  isPinned,
  namesObjects,
  type SchemaOptions,
} from "./kinds.ts";
import { compilePlainList } from "./list.ts";
import { compilePlainObject, type ObjectCheck } from "./object.ts";

/**
 * Whether a schema holds only what nearly all arguments are described by. Whatever stands in it then looks at its own
 * value, each once, so that nothing must be charged for or recorded.
 */
export function isPlainSchema(schema: ArgumentSchema): boolean {
  if (typeof schema === "boolean") return true;
  const { additionalProperties, items, properties } = schema;
  return (
    Object.keys(schema).every((keyword) => PLAIN.has(keyword)) &&
    (additionalProperties === undefined || additionalProperties === false) &&
    (items === undefined || isPlainSchema(items)) &&
    Object.values(properties ?? {}).every(isPlainSchema)
  );
}

/** Those that are not here, a later engine's included, are the business of `compileRichSchema`. */
const PLAIN: ReadonlySet<string> = new Set([
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
  "pattern",
  "format",
  "additionalProperties",
] satisfies readonly (keyof ArgumentSchemaObject)[]);

/** Compiles a schema that {@link isPlainSchema} holds for. */
export function compilePlainSchema(schema: ArgumentSchema, options: SchemaOptions): Check {
  if (schema === true) return fits;
  if (schema === false) return fitsNever;
  const compileSchema = (inner: ArgumentSchema): Check => compilePlainSchema(inner, options);
  const list = compilePlainList(schema, compileSchema);
  const object = compileObject(schema, options.closed, compileSchema);
  return inOrder(checksOfKinds(schema, options, list, object)) ?? fits;
}

function compileObject(
  schema: ArgumentSchemaObject,
  closed: boolean,
  compileSchema: CompileInner<ArgumentSchema>,
): ObjectCheck | null {
  const closes = closed && !isPinned(schema) && namesObjects(schema);
  const isClosed = closes || schema.additionalProperties === false;
  return isClosed || asksOfKeys(schema)
    ? compilePlainObject(schema, isClosed, compileSchema)
    : null;
}

/** Whether a schema holds a keyword that {@link compilePlainObject} reads. */
export function asksOfKeys(schema: ArgumentSchemaObject): boolean {
  return (
    schema.properties !== undefined ||
    schema.required !== undefined ||
    schema.minProperties !== undefined ||
    schema.maxProperties !== undefined
  );
}
