import type { ArgumentSchema, ArgumentSchemaObject } from "@interlatch/core";
import type { Conditions } from "../conditions/conditions.ts";
import type { ShapeTypes } from "../conditions/environment.ts";
import { typeOfSchema } from "../conditions/schema-type.ts";
import { DYNAMIC, type ObjectType, type Type } from "../conditions/types.ts";
import type { Reporter } from "../diagnostics/reporter.ts";
import { shown } from "../diagnostics/words.ts";
import type { YamlEntry } from "../yaml/tree.ts";
import type { PolicyParts } from "./parts.ts";
import { SchemaReader } from "./schemas.ts";

/** What `shapes` says of what the host hands over. */
export interface BuiltShapes {
  readonly types: ShapeTypes;
  /** What the run time checks added facts against; claims and context are checked at build alone. */
  readonly hostFacts?: ArgumentSchema;
}

const NAMES = ["agent", "user", "context", "facts"] as const;
type ShapeName = (typeof NAMES)[number];

/** A shape and its type; `undefined` for a type that is not known. */
interface Shape {
  readonly schema: ArgumentSchemaObject;
  readonly type: ObjectType | undefined;
}

/**
 * Reads `shapes`. What is declared is closed: a claim that no shape names is an error where a condition reads it.
 *
 * @param facts - the type of the policy's own facts
 */
export function buildShapes(
  parts: PolicyParts,
  facts: Type,
  conditions: Conditions,
  reporter: Reporter,
): BuiltShapes {
  const reader = new SchemaReader({
    isFaulty: parts.isFaulty,
    reporter,
    pattern: (source, at) => conditions.pattern(source, at),
    judge: true,
  });
  const shapes = new Map<ShapeName, Shape>();
  for (const entry of parts.shapes) {
    const name = NAMES.find((known) => known === entry.key);
    if (name !== undefined) shapes.set(name, shapeOf(name, entry, reader));
  }
  refuseRole(parts, shapes.get("agent"), reporter);
  refuseTwice(parts, shapes.get("facts"), reporter);
  const hostFacts = shapes.get("facts");
  return {
    types: {
      agent: typeIn(shapes, "agent"),
      user: typeIn(shapes, "user"),
      context: typeIn(shapes, "context") ?? DYNAMIC,
      facts: hostFacts === undefined ? facts : united(facts, hostFacts.type),
    },
    ...(hostFacts === undefined ? {} : { hostFacts: hostFacts.schema }),
  };
}

function typeIn(shapes: ReadonlyMap<ShapeName, Shape>, name: ShapeName): ObjectType | undefined {
  return shapes.get(name)?.type;
}

function shapeOf(name: ShapeName, { value }: YamlEntry, reader: SchemaReader): Shape {
  const schema = reader.arguments(value, `What \`shapes.${name}\` describes is`);
  const type = typeOfSchema(schema, name, undefined, (inner) => reader.isUnknown(inner));
  return { schema, type: type.kind === "object" ? type : undefined };
}

/** The policy's own facts and those that a host adds. */
function united(own: Type, added: ObjectType | undefined): Type {
  if (own.kind !== "object" || added === undefined) return DYNAMIC;
  return { ...added, name: "facts", fields: new Map([...added.fields, ...own.fields]) };
}

/** `agent.role` asks about `agent.roles`; a claim of that name could never be read. */
function refuseRole(parts: PolicyParts, agent: Shape | undefined, reporter: Reporter): void {
  if (agent?.type?.fields.has("role") !== true) return;
  reporter.error({
    code: "bad_name",
    at: placeOf(parts, "agent"),
    message: "`agent.role` asks what is among `agent.roles`; a claim `role` could not be read.",
    hint: "Give the claim another name.",
  });
}

/** Of two facts of one name it would not be clear which one a condition reads. */
function refuseTwice(parts: PolicyParts, facts: Shape | undefined, reporter: Reporter): void {
  for (const { key, keyAt } of parts.facts) {
    if (facts?.type?.fields.has(key) !== true) continue;
    reporter.error({
      code: "conflicting_keys",
      at: keyAt,
      message: `\`${shown(key)}\` stands under \`facts\` and in the shape of what hosts add.`,
      hint: "Leave one out. Hosts may add to a list under `facts` without a shape.",
    });
  }
}

function placeOf(parts: PolicyParts, name: ShapeName): PolicyParts["at"] {
  return parts.shapes.find(({ key }) => key === name)?.keyAt ?? parts.at;
}
