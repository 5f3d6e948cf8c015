import { isMap, type JsonMap, own } from "./json-values.ts";

/**
 * The keywords of drafts 4 to 2019-09, and of OpenAPI 3.0, in the words of 2020-12. What is already of 2020-12
 * stays as it is.
 */
export function modernised(source: JsonMap): JsonMap {
  const schema: Record<string, unknown> = Object.assign(Object.create(null), source);
  rename(schema, "definitions", "$defs");
  rename(schema, "id", "$id");
  if (Array.isArray(schema["items"])) {
    schema["prefixItems"] = schema["items"];
    delete schema["items"];
    rename(schema, "additionalItems", "items");
  } else delete schema["additionalItems"];
  if (Array.isArray(schema["prefixItems"]) && schema["prefixItems"].length === 0) {
    delete schema["prefixItems"];
  }
  splitDependencies(schema);
  openBound(schema, "minimum", "exclusiveMinimum");
  openBound(schema, "maximum", "exclusiveMaximum");
  if (schema["nullable"] === true) admitNull(schema);
  delete schema["nullable"];
  return schema;
}

function rename(schema: Record<string, unknown>, from: string, to: string): void {
  if (!(from in schema)) return;
  const value = schema[from];
  delete schema[from];
  if (!(to in schema)) schema[to] = value;
  else if (isMap(value) && isMap(schema[to])) schema[to] = { ...value, ...schema[to] };
}

/** Draft 7: `dependencies` held lists of keys and schemas alike. */
function splitDependencies(schema: Record<string, unknown>): void {
  const dependencies = own(schema, "dependencies");
  if (!isMap(dependencies)) return;
  const entries = Object.entries(dependencies);
  const lists = entries.filter(([, value]) => Array.isArray(value));
  const schemas = entries.filter(([, value]) => !Array.isArray(value));
  if (lists.length > 0 && !("dependentRequired" in schema)) {
    schema["dependentRequired"] = Object.fromEntries(lists);
  }
  if (schemas.length > 0 && !("dependentSchemas" in schema)) {
    schema["dependentSchemas"] = Object.fromEntries(schemas);
  }
  delete schema["dependencies"];
}

/** Draft 4: `exclusiveMinimum: true` said that `minimum` itself is not permitted. */
function openBound(schema: Record<string, unknown>, bound: string, exclusive: string): void {
  if (typeof schema[exclusive] !== "boolean") return;
  const isOpen = schema[exclusive];
  delete schema[exclusive];
  if (!isOpen || typeof schema[bound] !== "number") return;
  schema[exclusive] = schema[bound];
  delete schema[bound];
}

/** OpenAPI 3.0. */
function admitNull(schema: Record<string, unknown>): void {
  const { type, enum: values } = schema;
  if (typeof type === "string" && type !== "null") schema["type"] = [type, "null"];
  else if (Array.isArray(type) && !type.includes("null")) schema["type"] = [...type, "null"];
  if (Array.isArray(values) && !values.includes(null)) schema["enum"] = [...values, null];
}
