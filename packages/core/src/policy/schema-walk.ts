import type { ArgumentSchema, ArgumentSchemaObject } from "./ir.ts";

/** The schemas that a schema applies to the same value, but for what `$ref` names. */
export function schemasInPlace(schema: ArgumentSchemaObject): readonly ArgumentSchema[] {
  const { allOf = [], anyOf = [], oneOf = [], dependentSchemas = {} } = schema;
  const single = [schema.not, schema.if, schema.then, schema.else];
  return [
    ...allOf,
    ...anyOf,
    ...oneOf,
    ...single.filter((each) => each !== undefined),
    ...Object.values(dependentSchemas),
  ];
}

/** The schemas that a schema applies to what is in the value. */
export function schemasInside(schema: ArgumentSchemaObject): readonly ArgumentSchema[] {
  const single = [
    schema.items,
    schema.contains,
    schema.unevaluatedItems,
    schema.additionalProperties,
    schema.unevaluatedProperties,
    schema.propertyNames,
  ];
  return [
    ...Object.values(schema.properties ?? {}),
    ...Object.values(schema.patternProperties ?? {}),
    ...(schema.prefixItems ?? []),
    ...single.filter((each) => each !== undefined),
  ];
}

/** A schema and every schema in it, named ones included. */
export function* allSchemas(schema: ArgumentSchema): Generator<ArgumentSchemaObject> {
  if (typeof schema === "boolean") return;
  yield schema;
  for (const inner of schemasInPlace(schema)) yield* allSchemas(inner);
  for (const inner of schemasInside(schema)) yield* allSchemas(inner);
  for (const inner of Object.values(schema.$defs ?? {})) yield* allSchemas(inner);
}

/** The RE2 patterns that a schema asks for, each as often as it stands there. */
export function patternsOfSchema(schema: ArgumentSchema): readonly string[] {
  return [...allSchemas(schema)].flatMap((each) => [
    ...(each.pattern === undefined ? [] : [each.pattern]),
    ...Object.keys(each.patternProperties ?? {}),
  ]);
}
