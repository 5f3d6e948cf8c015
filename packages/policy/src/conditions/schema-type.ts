import type { ArgumentSchema, Json, JsonObject } from "@interlatch/core";
import { type IsUnknown, SchemaTyper } from "./schema-typer.ts";
import { DYNAMIC, type Field, join, STRING, type Type } from "./types.ts";
import { typeOfValue } from "./value-type.ts";

export type { IsUnknown } from "./schema-typer.ts";
export { typeOfValue } from "./value-type.ts";

/**
 * The type of values that fit a schema. It never says more than the schema does: a field that may be missing is
 * optional, and where schemas are combined in a way that leaves open what a value is, it is anything.
 *
 * @param name - how messages name the value, as in `arguments.window`
 * @param owner - whose it is, for messages; `undefined` where nobody's
 * @param closed - whether objects hold nothing but what is evaluated, as arguments do and results do not
 */
export function typeOfSchema(
  schema: ArgumentSchema,
  name: string,
  owner: string | undefined,
  isUnknown: IsUnknown,
  closed = true,
): Type {
  return new SchemaTyper(schema, owner, isUnknown, closed).typeOf(schema, name);
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
