import type { ArgumentSchema, Json, JsonObject, SchemaType } from "@interlatch/core";
import { BOOLEAN, DYNAMIC, type Field, join, NUMBER, STRING, type Type } from "./types.ts";

/** Whether a sub-schema says things that this engine does not run, so that its type is not known. */
export type IsUnknown = (schema: ArgumentSchema) => boolean;

/**
 * The type of arguments that fit a schema. Closed objects have the fields they name and no others.
 *
 * @param name - how messages name the value, as in `arguments.window`
 * @param owner - whose arguments they are, for messages
 */
export function typeOfSchema(
  schema: ArgumentSchema,
  name: string,
  owner: string,
  isUnknown: IsUnknown,
): Type {
  if (isUnknown(schema)) return DYNAMIC;
  if (schema.const !== undefined) return typeOfValue(schema.const);
  if (schema.enum !== undefined) return typeOfEnum(schema.enum);
  const types = typesOf(schema);
  if (types.length === 0) return DYNAMIC;
  return types.map((type) => typeOfOne(type, schema, name, owner, isUnknown)).reduce(join);
}

function typeOfEnum(values: readonly Json[]): Type {
  const texts = values.filter((value) => typeof value === "string");
  const others = values.filter((value) => typeof value !== "string").map(typeOfValue);
  const types: readonly Type[] =
    texts.length === 0 ? others : [{ kind: "string", values: texts }, ...others];
  return types.reduce(join);
}

function typesOf({ type, properties, items }: ArgumentSchema): readonly SchemaType[] {
  if (typeof type === "string") return [type];
  if (type !== undefined) return type;
  if (properties !== undefined) return ["object"];
  return items === undefined ? [] : ["array"];
}

function typeOfOne(
  type: SchemaType,
  schema: ArgumentSchema,
  name: string,
  owner: string,
  isUnknown: IsUnknown,
): Type {
  switch (type) {
    case "null":
      return { kind: "null" };
    case "boolean":
      return BOOLEAN;
    case "number":
    case "integer":
      return NUMBER;
    case "string":
      return STRING;
    case "array": {
      const { items } = schema;
      return {
        kind: "list",
        of:
          items === undefined
            ? DYNAMIC
            : typeOfSchema(items, `an item of ${name}`, owner, isUnknown),
      };
    }
    case "object": {
      const fields = new Map<string, Field>();
      const required = new Set(schema.required);
      for (const [key, inner] of Object.entries(schema.properties ?? {})) {
        const optional = !required.has(key);
        fields.set(key, {
          type: typeOfSchema(inner, `${name}.${key}`, owner, isUnknown),
          optional,
        });
      }
      return { kind: "object", name, owner, fields };
    }
  }
}

/** The type of a JSON value and of every value of its shape. */
export function typeOfValue(value: Json): Type {
  if (value === null) return { kind: "null" };
  switch (typeof value) {
    case "boolean":
      return BOOLEAN;
    case "number":
      return NUMBER;
    case "string":
      return { kind: "string", values: [value] };
    default:
      return DYNAMIC;
  }
}

/**
 * The type of the facts: hosts add facts of the same shape, so texts may be any text and a list any length.
 * A fact that is `null` or an empty list says nothing of its shape.
 */
export function typeOfFacts(facts: JsonObject, name: string): Type {
  const fields = new Map<string, Field>();
  for (const [key, value] of Object.entries(facts)) {
    fields.set(key, { type: typeOfFact(value, `${name}.${key}`), optional: false });
  }
  return { kind: "object", name, fields };
}

function typeOfFact(value: Json, name: string): Type {
  if (value === null) return DYNAMIC;
  if (typeof value === "string") return STRING;
  if (typeof value === "object" && !isList(value)) return typeOfFacts(value, name);
  if (!isList(value)) return typeOfValue(value);
  if (value.length === 0) return { kind: "list", of: DYNAMIC };
  const items = value.map((item) => typeOfFact(item, `an item of ${name}`));
  return { kind: "list", of: items.reduce(join) };
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
