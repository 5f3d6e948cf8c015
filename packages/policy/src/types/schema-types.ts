import type { ArgumentSchema, ArgumentSchemaObject, Json, SchemaType } from "@interlatch/core";

/** What a reference in a schema means, as TypeScript. */
export type NameOf = (reference: string) => string;

/**
 * The TypeScript type of the values that a schema describes. It is never narrower than the schema: what types cannot
 * say (ranges, patterns, `not`, `if`) is left to the guard.
 *
 * @param indent - of the line that the type begins on
 */
export function typeOfSchema(schema: ArgumentSchema, nameOf: NameOf, indent = ""): string {
  if (typeof schema === "boolean") return schema ? "unknown" : "never";
  const inner = (one: ArgumentSchema): string => typeOfSchema(one, nameOf, indent);
  const { $ref, const: constant, enum: values, anyOf, oneOf, allOf } = schema;
  const parts = [
    ...($ref === undefined ? [] : [nameOf($ref)]),
    ...(constant === undefined ? [] : [literalType(constant)]),
    ...(values === undefined ? [] : [union(values.map(literalType))]),
    ...(constant === undefined && values === undefined
      ? [typeByKinds(schema, nameOf, indent)]
      : []),
    ...(anyOf === undefined ? [] : [union(anyOf.map(inner))]),
    ...(oneOf === undefined ? [] : [union(oneOf.map(inner))]),
    ...(allOf ?? []).map(inner),
  ];
  return intersection(parts);
}

/** A map that is known to be one, as arguments are: `type` may be left out of its schema. */
export function typeOfObject(schema: ArgumentSchema, nameOf: NameOf, indent: string): string {
  if (typeof schema === "boolean") return "{ [name: string]: unknown }";
  return typeOfSchema({ type: "object", ...schema }, nameOf, indent);
}

/** A JSON value as a type. */
export function literalType(value: Json): string {
  if (Array.isArray(value)) return `readonly [${value.map(literalType).join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const fields = Object.entries(value).map(
    ([key, one]) => `${keyText(key)}: ${literalType(one as Json)}`,
  ); // of JSON
  return fields.length === 0 ? "Record<string, never>" : `{ ${fields.join("; ")} }`;
}

/** A key of a type: quoted where it is no identifier. */
export function keyText(key: string): string {
  return /^[A-Za-z_$][A-Za-z0-9_$]*$/.test(key) ? key : JSON.stringify(key);
}

/** A comment above a key; nothing for no text. What would end the comment is broken up. */
export function commentText(text: string | undefined, indent: string): string {
  if (text === undefined || text.trim() === "") return "";
  const lines = text
    .trim()
    .replaceAll("*/", "* /")
    .split(/\r\n|[\n\r\u2028\u2029]/);
  if (lines.length === 1) return `${indent}/** ${lines[0]} */\n`;
  return `${indent}/**\n${lines.map((line) => `${indent} * ${line}`.trimEnd()).join("\n")}\n${indent} */\n`;
}

/** Any one of the types. */
export function union(types: readonly string[]): string {
  const distinct = [...new Set(types)].filter((type) => type !== "never");
  if (distinct.includes("unknown")) return "unknown";
  return distinct.length === 0 ? "never" : distinct.join(" | ");
}

function intersection(types: readonly string[]): string {
  const distinct = [...new Set(types)].filter((type) => type !== "unknown");
  if (distinct.includes("never")) return "never";
  if (distinct.length === 0) return "unknown";
  return distinct.length === 1 ? distinct.join("") : distinct.map(bracketed).join(" & ");
}

/** A union binds less than what stands around it. */
function bracketed(type: string): string {
  return / [|&] /.test(type) ? `(${type})` : type;
}

function typeByKinds(schema: ArgumentSchemaObject, nameOf: NameOf, indent: string): string {
  const { type } = schema;
  // Without a type, `properties` and the like speak of objects only if the value is one.
  if (type === undefined) return "unknown";
  const kinds: readonly SchemaType[] = typeof type === "string" ? [type] : type;
  return union(kinds.map((kind) => typeOfKind(kind, schema, nameOf, indent)));
}

function typeOfKind(
  kind: SchemaType,
  schema: ArgumentSchemaObject,
  nameOf: NameOf,
  indent: string,
): string {
  switch (kind) {
    case "null":
    case "boolean":
    case "string":
      return kind;
    case "number":
    case "integer":
      return "number";
    case "array":
      return arrayType(schema, nameOf, indent);
    case "object":
      return objectType(schema, nameOf, indent);
  }
}

function arrayType(schema: ArgumentSchemaObject, nameOf: NameOf, indent: string): string {
  const { items = true, prefixItems, minItems = 0 } = schema;
  const rest = `readonly ${bracketed(typeOfSchema(items, nameOf, indent))}[]`;
  if (prefixItems === undefined) return items === false ? "readonly []" : rest;
  const first = prefixItems.map((item, index) => {
    const type = typeOfSchema(item, nameOf, indent);
    return index < minItems ? type : `(${type})?`;
  });
  const all = items === false ? first : [...first, `...${rest.slice("readonly ".length)}`];
  return `readonly [${all.join(", ")}]`;
}

function objectType(schema: ArgumentSchemaObject, nameOf: NameOf, indent: string): string {
  const { properties = {}, required = [] } = schema;
  const inner = `${indent}  `;
  const fields = Object.entries(properties).map(([key, value]) => {
    const description = typeof value === "boolean" ? undefined : value.description;
    const type = typeOfSchema(value, nameOf, inner);
    const mark = required.includes(key) ? "" : "?";
    return `${commentText(description, inner)}${inner}readonly ${keyText(key)}${mark}: ${type};\n`;
  });
  const others = required.filter((key) => !Object.hasOwn(properties, key));
  for (const key of others) fields.push(`${inner}readonly ${keyText(key)}: unknown;\n`);
  const open = openType(schema, fields.length, nameOf, inner);
  if (open !== undefined) fields.push(`${inner}readonly [name: string]: ${open};\n`);
  return fields.length === 0 ? "Record<string, never>" : `{\n${fields.join("")}${indent}}`;
}

/** The type of keys that have no name in the schema; `undefined` where there are none. */
function openType(
  schema: ArgumentSchemaObject,
  named: number,
  nameOf: NameOf,
  indent: string,
): string | undefined {
  const { additionalProperties, unevaluatedProperties, patternProperties } = schema;
  const branches = [
    schema.anyOf,
    schema.oneOf,
    schema.allOf,
    schema.$ref,
    schema.if,
    schema.dependentSchemas,
  ];
  const isOpen =
    (additionalProperties ?? unevaluatedProperties ?? false) !== false ||
    patternProperties !== undefined ||
    // What a branch evaluates is permitted here as well.
    branches.some((branch) => branch !== undefined);
  if (!isOpen) return undefined;
  const isSimple =
    named === 0 &&
    additionalProperties !== undefined &&
    patternProperties === undefined &&
    branches.every((branch) => branch === undefined);
  // Named keys must fit the type of all keys, so with any beside it there is no narrower one.
  return isSimple ? typeOfSchema(additionalProperties, nameOf, indent) : "unknown";
}
