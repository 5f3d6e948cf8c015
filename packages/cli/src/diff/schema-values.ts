import type { ArgumentSchema, ArgumentSchemaObject, Json, TextFormat } from "@interlatch/core";
import { samplesOfPattern } from "./sample-pattern.ts";

/** How deep schemas are looked into: a search varies what conditions read, which is rarely deeper. */
const MAX_DEPTH = 6;
/** The longest text or list that is made to reach a bound. */
const MAX_SIZE = 2_000;

const FORMATS: Readonly<Record<TextFormat, string>> = {
  date: "2026-01-31",
  "date-time": "2026-01-31T09:00:00Z",
  email: "someone@example.com",
  hostname: "example.com",
  ipv4: "192.0.2.1",
  ipv6: "2001:db8::1",
  uri: "https://example.com/",
  uuid: "00000000-0000-4000-8000-000000000000",
};

/** All parts of a schema that may have a say at one place: itself, its references, its alternatives. */
export function partsOfSchema(
  schema: ArgumentSchema | undefined,
  root: ArgumentSchema | undefined,
  depth = 0,
): readonly ArgumentSchemaObject[] {
  if (typeof schema !== "object" || depth > MAX_DEPTH) return [];
  const { allOf = [], anyOf = [], oneOf = [], if: test, then, else: other, $ref } = schema;
  const inner = [...allOf, ...anyOf, ...oneOf, test, then, other, referred($ref, root)];
  return [schema, ...inner.flatMap((part) => partsOfSchema(part, root, depth + 1))];
}

function referred(
  reference: string | undefined,
  root: ArgumentSchema | undefined,
): ArgumentSchema | undefined {
  if (reference === undefined || typeof root !== "object") return undefined;
  if (reference === "#") return root;
  return root.$defs?.[decodeURIComponent(reference.replace("#/$defs/", ""))];
}

/**
 * Single values that lie inside, at and just beyond the bounds of a schema. Lists and objects are made elsewhere, of
 * the values of their parts.
 */
export function scalarsOf(parts: readonly ArgumentSchemaObject[]): readonly Json[] {
  return parts.flatMap((schema): readonly Json[] => [
    ...(schema.const === undefined ? [] : [schema.const]),
    ...(schema.enum ?? []),
    ...typeSamples(schema),
    ...numbersOf(schema),
    ...textsOf(schema),
  ]);
}

function numbersOf(schema: ArgumentSchemaObject): readonly number[] {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf } = schema;
  const bounds = [minimum, maximum, exclusiveMinimum, exclusiveMaximum];
  return [
    ...bounds.flatMap((bound) => (bound === undefined ? [] : [bound, bound - 1, bound + 1])),
    ...(multipleOf === undefined ? [] : [multipleOf]),
  ];
}

function textsOf(schema: ArgumentSchemaObject): readonly string[] {
  const { minLength, maxLength, pattern, format } = schema;
  const lengths = [minLength, maxLength].flatMap((length) =>
    length === undefined ? [] : [length, length + 1],
  );
  return [
    ...(format === undefined ? [] : [FORMATS[format]]),
    ...(pattern === undefined ? [] : samplesOfPattern(pattern)),
    ...lengths.filter((length) => length <= MAX_SIZE).map((length) => "x".repeat(length)),
  ];
}

function typeSamples({ type }: ArgumentSchemaObject): readonly Json[] {
  const types = type === undefined ? [] : typeof type === "string" ? [type] : type;
  return types.flatMap((one): readonly Json[] => {
    switch (one) {
      case "string":
        return ["x"];
      case "integer":
        return [1, 0];
      case "number":
        return [1, 0, 0.5];
      case "boolean":
        return [false, true];
      case "null":
        return [null];
      case "array":
      case "object":
        return [];
    }
  });
}

/** Lists of the values of their items: empty, single, several, and of every size that is asked about. */
export function listsOf(
  items: readonly Json[],
  parts: readonly ArgumentSchemaObject[],
  sizes: ReadonlySet<number>,
): readonly Json[] {
  const bounds = parts.flatMap(({ minItems, maxItems }) =>
    [minItems, maxItems].flatMap((bound) => (bound === undefined ? [] : [bound, bound + 1])),
  );
  const [first = "x", second = first] = items;
  return [
    [],
    ...items.map((item) => [item]),
    [first, second],
    ...[...new Set([...sizes, ...bounds])]
      .filter((size) => size > 0 && size <= MAX_SIZE)
      .map((size) =>
        Array.from({ length: size }, (_, index) => items[index % items.length] ?? "x"),
      ),
  ];
}
