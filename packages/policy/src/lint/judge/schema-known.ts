import type { ArgumentSchema, ArgumentSchemaObject, SchemaType } from "@interlatch/core";
import {
  ANYTHING,
  EVERY_NUMBER,
  EVERY_SIZE,
  kindOf,
  type Kind,
  type Known,
  overlapOf,
  orMissing,
  type Range,
  type Scalar,
} from "./known.ts";

/** Schemas that all hold of one value, and the root that their references go to. */
interface Applying {
  readonly schemas: readonly ArgumentSchemaObject[];
  /** Whether `false` is among them: there is no such value. */
  readonly isNever: boolean;
  readonly root: ArgumentSchema;
}

/** What a schema says of every value that fits it. What it says in a branch is left out: it may not apply. */
export function knownOfSchema(schema: ArgumentSchema): Known {
  return knownOf(applying([schema], schema));
}

/** A schema, what it refers to, and the members of its `allOf`: everything in them holds at once. */
function applying(given: readonly ArgumentSchema[], root: ArgumentSchema): Applying {
  const schemas = new Set<ArgumentSchemaObject>();
  const open = [...given];
  let isNever = false;
  for (let schema = open.pop(); schema !== undefined; schema = open.pop()) {
    if (schema === false) isNever = true;
    if (typeof schema === "boolean" || schemas.has(schema)) continue;
    schemas.add(schema);
    open.push(...(schema.allOf ?? []));
    const referred = schema.$ref === undefined ? undefined : resolve(schema.$ref, root);
    if (referred !== undefined) open.push(referred);
  }
  return { schemas: [...schemas], isNever, root };
}

function resolve(reference: string, root: ArgumentSchema): ArgumentSchema | undefined {
  if (reference === "#") return root;
  if (typeof root === "boolean") return undefined;
  const name = /^#\/\$defs\/([^/]+)$/.exec(reference)?.[1];
  const defined = root.$defs;
  return name !== undefined && defined !== undefined && Object.hasOwn(defined, name)
    ? defined[name]
    : undefined;
}

function knownOf(all: Applying): Known {
  const { schemas, isNever, root } = all;
  const kinds = isNever ? new Set<Kind>() : kindsOf(schemas);
  const values = valuesOf(schemas);
  const required = new Set(schemas.flatMap((schema) => schema.required ?? []));
  return {
    ...ANYTHING,
    kinds,
    mayErr: false,
    ...(values === undefined ? {} : { values }),
    range: schemas.map(numberRange).reduce(overlapOf, EVERY_NUMBER),
    isWhole: schemas.some(({ type }) => isOnlyWhole(type)),
    size: sizeOf(kinds, schemas),
    isFormed: schemas.some(({ pattern, format }) => pattern !== undefined || isOneWay(format)),
    field: (name) => {
      const inner = knownOf(applying(fieldSchemas(schemas, name), root));
      return required.has(name) && inner.kinds.size > 0 ? inner : orMissing(inner);
    },
    item: () => knownOf(applying(schemas.flatMap(itemSchemas), root)),
  };
}

/** Formats in which one thing is written in one way: not addresses, of which there are many for one place. */
const ONE_WAY: readonly ArgumentSchemaObject["format"][] = ["date", "date-time", "ipv4", "uuid"];

function isOneWay(format: ArgumentSchemaObject["format"]): boolean {
  return format !== undefined && ONE_WAY.includes(format);
}

function fieldSchemas(
  schemas: readonly ArgumentSchemaObject[],
  name: string,
): readonly ArgumentSchema[] {
  return schemas.flatMap(({ properties }) => {
    const schema =
      properties !== undefined && Object.hasOwn(properties, name) ? properties[name] : undefined;
    return schema === undefined ? [] : [schema];
  });
}

/** `items` speaks of the items after those of `prefixItems`, so with these nothing is said of every item. */
function itemSchemas({ items, prefixItems }: ArgumentSchemaObject): readonly ArgumentSchema[] {
  return items === undefined || prefixItems !== undefined ? [] : [items];
}

const KIND_OF_TYPE: Readonly<Record<SchemaType, Kind>> = {
  null: "null",
  boolean: "boolean",
  number: "number",
  integer: "number",
  string: "string",
  array: "list",
  object: "map",
};

const JSON_KINDS: readonly Kind[] = ["null", "boolean", "number", "string", "list", "map"];

function typesOf(type: ArgumentSchemaObject["type"]): readonly SchemaType[] | undefined {
  return typeof type === "string" ? [type] : type;
}

function isOnlyWhole(type: ArgumentSchemaObject["type"]): boolean {
  const types = typesOf(type);
  return types?.includes("integer") === true && !types.includes("number");
}

function kindsOf(schemas: readonly ArgumentSchemaObject[]): ReadonlySet<Kind> {
  let kinds = new Set<Kind>(JSON_KINDS);
  for (const schema of schemas) {
    const types = typesOf(schema.type)?.map((type) => KIND_OF_TYPE[type]);
    if (types !== undefined) kinds = new Set([...kinds].filter((kind) => types.includes(kind)));
    const named = namedValues(schema)?.map(kindOfJson);
    if (named !== undefined) kinds = new Set([...kinds].filter((kind) => named.includes(kind)));
  }
  return kinds;
}

function namedValues({
  enum: values,
  const: value,
}: ArgumentSchemaObject): readonly unknown[] | undefined {
  if (value !== undefined) return [value];
  return values;
}

function kindOfJson(value: unknown): Kind {
  if (isScalar(value)) return kindOf(value);
  return Array.isArray(value) ? "list" : "map";
}

function isScalar(value: unknown): value is Scalar {
  return value === null || typeof value !== "object";
}

/** The values that every schema with a list of values has; `undefined` where one of them is a list or an object. */
function valuesOf(schemas: readonly ArgumentSchemaObject[]): readonly Scalar[] | undefined {
  let known: readonly Scalar[] | undefined;
  for (const schema of schemas) {
    const named = namedValues(schema);
    if (named === undefined || !named.every(isScalar)) continue;
    known = known === undefined ? named : known.filter((value) => named.includes(value));
  }
  return known;
}

function numberRange({
  minimum,
  maximum,
  exclusiveMinimum,
  exclusiveMaximum,
}: ArgumentSchemaObject): Range {
  const closed = { ...EVERY_NUMBER, low: minimum ?? -Infinity, high: maximum ?? Infinity };
  const open = {
    low: exclusiveMinimum ?? -Infinity,
    high: exclusiveMaximum ?? Infinity,
    isLowOpen: exclusiveMinimum !== undefined,
    isHighOpen: exclusiveMaximum !== undefined,
  };
  return overlapOf(closed, open);
}

/** Bounds of `size`, where one kind of value has a size: those of texts say nothing of lists. */
function sizeOf(kinds: ReadonlySet<Kind>, schemas: readonly ArgumentSchemaObject[]): Range {
  const sized = (["string", "list", "map"] as const).filter((kind) => kinds.has(kind));
  const [only] = sized;
  if (only === undefined || sized.length > 1) return EVERY_SIZE;
  return schemas.map((schema) => sizeRange(only, schema)).reduce(overlapOf, EVERY_SIZE);
}

function sizeRange(kind: "string" | "list" | "map", schema: ArgumentSchemaObject): Range {
  const [low, high] = {
    string: [schema.minLength, schema.maxLength],
    list: [schema.minItems, schema.maxItems],
    map: [schema.minProperties, schema.maxProperties],
  }[kind];
  return { ...EVERY_SIZE, low: low ?? 0, high: high ?? Infinity };
}
