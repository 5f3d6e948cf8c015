import type { ArgumentSchema, ArgumentSchemaObject } from "@interlatch/core";
import type { Span } from "../yaml/source.ts";

/** A chain of references that ends where it began. */
export interface SchemaCycle {
  readonly at: Span;
  readonly path: readonly string[];
}

/**
 * References that lead back to themselves without a step into the value, so that checking would never end:
 * `a: { allOf: [{ $ref: "#/$defs/a" }] }`. Through `properties` or `items` they may: the value ends.
 *
 * @param uses - where each reference was written
 */
export function cyclesInPlace(
  root: ArgumentSchemaObject,
  uses: ReadonlyMap<string, Span>,
): readonly SchemaCycle[] {
  const cycles: SchemaCycle[] = [];
  const done = new Set<string>();
  const path: string[] = [];
  const visit = (reference: string): void => {
    const start = path.indexOf(reference);
    const at = uses.get(reference);
    if (start !== -1) {
      if (at !== undefined) cycles.push({ at, path: [...path.slice(start), reference] });
      return;
    }
    if (done.has(reference)) return;
    path.push(reference);
    for (const next of inPlace(targetOf(root, reference))) visit(next);
    path.pop();
    done.add(reference);
  };
  for (const reference of uses.keys()) visit(reference);
  return cycles;
}

function targetOf(root: ArgumentSchemaObject, reference: string): ArgumentSchema {
  return reference === "#" ? root : (root.$defs?.[reference.slice("#/$defs/".length)] ?? false);
}

function* inPlace(schema: ArgumentSchema): Generator<string> {
  if (typeof schema === "boolean") return;
  if (schema.$ref !== undefined) yield schema.$ref;
  const { allOf = [], anyOf = [], oneOf = [], dependentSchemas = {} } = schema;
  const single = [schema.not, schema.if, schema.then, schema.else];
  const several = [...allOf, ...anyOf, ...oneOf, ...Object.values(dependentSchemas)];
  for (const inner of [...several, ...single]) if (inner !== undefined) yield* inPlace(inner);
}
