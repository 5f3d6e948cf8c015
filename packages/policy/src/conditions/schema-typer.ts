import type { ArgumentSchema, ArgumentSchemaObject, SchemaType } from "@interlatch/core";
import { SchemaKeys } from "./schema-keys.ts";
import {
  BOOLEAN,
  canBe,
  DYNAMIC,
  type Field,
  join,
  NUMBER,
  type ObjectType,
  STRING,
  type Type,
} from "./types.ts";
import { typeOfEnum } from "./value-type.ts";

/** Whether a sub-schema says things that are not known, so that its type is not. */
export type IsUnknown = (schema: ArgumentSchema) => boolean;

/** Types within types, as deep as a condition could ask: a schema that refers to itself has no end. */
const MAX_DEPTH = 16;
/** Types of one schema. Beyond it everything is anything. */
const MAX_TYPES = 5_000;

/** Finds the types of one schema. */
export class SchemaTyper {
  readonly #keys: SchemaKeys;
  readonly #owner: string | undefined;
  readonly #isUnknown: IsUnknown;
  readonly #closed: boolean;
  #left = MAX_TYPES;
  #depth = 0;

  constructor(
    root: ArgumentSchema,
    owner: string | undefined,
    isUnknown: IsUnknown,
    closed: boolean,
  ) {
    this.#keys = new SchemaKeys(root);
    this.#owner = owner;
    this.#isUnknown = isUnknown;
    this.#closed = closed;
  }

  /** The type of a value where a schema begins to describe it. */
  typeOf(schema: ArgumentSchema, name: string): Type {
    if (typeof schema === "boolean" || this.#left <= 0 || this.#depth >= MAX_DEPTH) return DYNAMIC;
    if (this.#keys.inPlace(schema).some(this.#isUnknown)) return DYNAMIC;
    this.#left--;
    this.#depth++;
    const type = this.#location(schema, name);
    this.#depth--;
    return type;
  }

  #location(schema: ArgumentSchemaObject, name: string): Type {
    const values = this.#keys.values(schema);
    if (values !== undefined) return values.length === 0 ? DYNAMIC : typeOfEnum(values);
    const types = this.#kinds(schema);
    if (types.length === 0) return DYNAMIC;
    return types.map((type) => this.#ofKind(type, schema, name)).reduce(join);
  }

  /** Where no `type` says it, what is said of the inside does. */
  #kinds(schema: ArgumentSchemaObject): readonly SchemaType[] {
    const kinds = this.#keys.kinds(schema);
    if (kinds !== undefined) return kinds;
    if (schema.properties !== undefined) return ["object"];
    return schema.items === undefined && schema.prefixItems === undefined ? [] : ["array"];
  }

  #ofKind(kind: SchemaType, schema: ArgumentSchemaObject, name: string): Type {
    switch (kind) {
      case "null":
        return { kind: "null" };
      case "boolean":
        return BOOLEAN;
      case "number":
      case "integer":
        return NUMBER;
      case "string":
        return STRING;
      case "array":
        return { kind: "list", of: this.#item(schema, `an item of ${name}`) };
      case "object":
        return this.#object(schema, name);
    }
  }

  /** The first schema that all values fit and that says something of items has the word. */
  #item(schema: ArgumentSchemaObject, name: string): Type {
    for (const each of this.#keys.always(schema)) {
      if (typeof each === "boolean" || (each.items ?? each.prefixItems) === undefined) continue;
      const first = (each.prefixItems ?? []).map((item) => this.typeOf(item, name));
      const rest = each.items === undefined ? DYNAMIC : this.typeOf(each.items, name);
      const type =
        each.items === false
          ? first.reduce(join, first[0] ?? DYNAMIC)
          : [...first, rest].reduce(join);
      if (type.kind !== "dynamic") return type;
    }
    return DYNAMIC;
  }

  #object(schema: ArgumentSchemaObject, name: string): Type {
    const { names, rest } = this.#keys.evaluated(schema);
    const fields = new Map<string, Field>();
    for (const key of names) {
      const type = this.#field(schema, key, `${name}.${key}`);
      fields.set(key, { type, optional: !this.#keys.requires(schema, key) });
    }
    const other = this.#rest(rest, name);
    return {
      kind: "object",
      name,
      ...(this.#owner === undefined ? {} : { owner: this.#owner }),
      fields,
      ...(other === undefined ? {} : { rest: other }),
    };
  }

  #rest(rest: ReturnType<SchemaKeys["evaluated"]>["rest"], name: string): Type | undefined {
    if (rest === "none") return this.#closed ? undefined : DYNAMIC;
    return rest === "unknown" ? DYNAMIC : this.typeOf(rest, `a field of ${name}`);
  }

  /** All schemas that hold for a key's value have their say: each may name fields of it. */
  #field(schema: ArgumentSchemaObject, key: string, name: string): Type {
    const type = this.#keys
      .constraints(schema, key)
      .map((alternatives) => alternatives.map((each) => this.typeOf(each, name)).reduce(join))
      .reduce(meet, DYNAMIC);
    // A branch that may hold as well may name fields that those do not.
    return type.kind === "object" && type.rest === undefined && this.#keys.isShared(schema, key)
      ? { ...type, rest: DYNAMIC }
      : type;
  }
}

/** A type that every value has which is of both. */
function meet(a: Type, b: Type): Type {
  if (a.kind === "dynamic") return b;
  if (b.kind === "dynamic") return a;
  if (a.kind === "object" && b.kind === "object") return meetObjects(a, b);
  return canBe(a, "object") && canBe(b, "object") ? DYNAMIC : a;
}

function meetObjects(a: ObjectType, b: ObjectType): ObjectType {
  const fields = new Map(a.fields);
  for (const [key, field] of b.fields) {
    const known = fields.get(key);
    fields.set(
      key,
      known === undefined
        ? field
        : { type: meet(known.type, field.type), optional: known.optional && field.optional },
    );
  }
  const isOpen = a.rest !== undefined || b.rest !== undefined;
  return { ...a, fields, ...(isOpen ? { rest: DYNAMIC } : {}) };
}
