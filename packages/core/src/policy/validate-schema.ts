import type { Json } from "../snapshot/json.ts";
import {
  type ArgumentSchema,
  type ArgumentSchemaObject,
  type SchemaType,
  TEXT_FORMATS,
} from "./ir.ts";
import {
  type Check,
  type FieldChecks,
  type Place,
  closed,
  nested,
  optional,
  quote,
  refuse,
  within,
} from "./shape.ts";
import { finite, flag, integer, json, listOf, mapOf, oneOf, setOf, text } from "./shape-values.ts";
import { allSchemas, schemasInPlace } from "./schema-walk.ts";
import { knownPattern } from "./validate-patterns.ts";

/** Bounds on one argument schema. */
const SCHEMA_LIMITS = {
  /** Nesting of schemas. */
  depth: 32,
  /** Properties, branches, named schemas: entries of one keyword. */
  entries: 10_000,
  /** References that lead to references without a step into the value. */
  references: 32,
} as const;

const TYPES = [
  "null",
  "boolean",
  "number",
  "integer",
  "string",
  "array",
  "object",
] as const satisfies readonly SchemaType[];

const count = integer(0);
const argumentName = text(1_024);
const words = text(16_384);
const names = setOf(argumentName, 0, SCHEMA_LIMITS.entries);

function keywords(inner: Check<ArgumentSchema>): FieldChecks<ArgumentSchemaObject> {
  const schemas = optional(mapOf(argumentName, inner, SCHEMA_LIMITS.entries));
  const branches = optional(listOf(inner, 1, SCHEMA_LIMITS.entries));
  return {
    description: optional(words),
    title: optional(words),
    $defs: schemas,
    $ref: optional(words),
    type: optional(schemaType),
    enum: optional(listOf<Json>(json, 0, SCHEMA_LIMITS.entries)),
    const: optional(json),
    minimum: optional(finite),
    maximum: optional(finite),
    exclusiveMinimum: optional(finite),
    exclusiveMaximum: optional(finite),
    multipleOf: optional(positive),
    minLength: optional(count),
    maxLength: optional(count),
    pattern: optional(knownPattern),
    format: optional(oneOf(TEXT_FORMATS)),
    minItems: optional(count),
    maxItems: optional(count),
    uniqueItems: optional(flag),
    items: optional(inner),
    prefixItems: branches,
    contains: optional(inner),
    minContains: optional(count),
    maxContains: optional(count),
    unevaluatedItems: optional(inner),
    properties: schemas,
    patternProperties: optional(mapOf(knownPattern, inner, SCHEMA_LIMITS.entries)),
    additionalProperties: optional(inner),
    unevaluatedProperties: optional(inner),
    propertyNames: optional(inner),
    required: optional(names),
    dependentRequired: optional(mapOf(argumentName, names, SCHEMA_LIMITS.entries)),
    dependentSchemas: schemas,
    minProperties: optional(count),
    maxProperties: optional(count),
    allOf: branches,
    anyOf: branches,
    oneOf: branches,
    not: optional(inner),
    if: optional(inner),
    then: optional(inner),
    else: optional(inner),
  };
}

const anySchema: Check<ArgumentSchema> = nested<ArgumentSchema>(SCHEMA_LIMITS.depth, (inner) => {
  const fields = closed<ArgumentSchemaObject>(keywords(inner));
  return (value, at) => (typeof value === "boolean" ? value : fields(value, at));
});

/**
 * Checks a schema: only the keywords this engine runs, bounded in depth, each pattern in the policy's table, each
 * reference to a named schema that is there, and none that leads back to itself without a step into the value,
 * for such a one would never end.
 */
export function argumentSchema(value: unknown, at: Place): ArgumentSchema {
  const schema = anySchema(value, at);
  if (typeof schema === "boolean") return schema;
  const references = new References(schema, at);
  for (const each of allSchemas(schema)) {
    if (each !== schema && each.$defs !== undefined) refuse(at, "has $defs below its root");
    if (each.$ref !== undefined) references.check(each.$ref);
  }
  return schema;
}

function schemaType(value: unknown, at: Place): SchemaType | readonly SchemaType[] {
  return Array.isArray(value) ? typeSet(value, at) : oneType(value, at);
}

const oneType = oneOf(TYPES);
const typeSet = setOf(oneType, 1, TYPES.length);

function positive(value: unknown, at: Place): number {
  const checked = finite(value, at);
  return checked > 0 ? checked : refuse(at, "expected a number above 0");
}

const DEFINITION = "#/$defs/";

/** The references of one schema. */
class References {
  readonly #root: ArgumentSchemaObject;
  readonly #at: Place;
  /** How many references follow each other in place from here on. */
  readonly #lengths = new Map<string, number>();

  constructor(root: ArgumentSchemaObject, at: Place) {
    this.#root = root;
    this.#at = at;
  }

  /** @returns the length of the longest chain of references in place that begins with this one */
  check(reference: string, before: readonly string[] = []): number {
    const known = this.#lengths.get(reference);
    if (known !== undefined) return known;
    const at = within(this.#at, "$ref");
    if (before.includes(reference)) {
      refuse(at, `${quote(reference)} leads back to itself without a step into the value`);
    }
    const target = this.#target(reference);
    const path = [...before, reference];
    let length = 1;
    if (path.length <= SCHEMA_LIMITS.references) {
      for (const next of referencesInPlace(target)) {
        length = Math.max(length, 1 + this.check(next, path));
      }
    }
    if (path.length > SCHEMA_LIMITS.references || length > SCHEMA_LIMITS.references) {
      refuse(at, `more than ${SCHEMA_LIMITS.references} references follow each other`);
    }
    this.#lengths.set(reference, length);
    return length;
  }

  #target(reference: string): ArgumentSchema {
    if (reference === "#") return this.#root;
    const name = reference.slice(DEFINITION.length);
    const named = this.#root.$defs ?? {};
    const found =
      reference.startsWith(DEFINITION) && Object.hasOwn(named, name) ? named[name] : undefined;
    return found ?? refuse(within(this.#at, "$ref"), `there is no schema ${quote(reference)}`);
  }
}

function* referencesInPlace(schema: ArgumentSchema): Generator<string> {
  if (typeof schema === "boolean") return;
  if (schema.$ref !== undefined) yield schema.$ref;
  for (const inner of schemasInPlace(schema)) yield* referencesInPlace(inner);
}
