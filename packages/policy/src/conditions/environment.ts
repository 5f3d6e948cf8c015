import { DATA_CLASSES, OPERATIONS, type Variable } from "@interlatch/core";
import {
  DYNAMIC,
  type Field,
  NUMBER,
  type ObjectType,
  STRING,
  TIMESTAMP,
  type Type,
} from "./types.ts";

/** The types of everything that a condition may read. */
export type Environment = Readonly<Record<Variable, Type>>;

/** The types of what the host hands over beside a call. */
export interface ShapeTypes {
  /** The declared claims; `undefined` where the policy declares none. */
  readonly agent: ObjectType | undefined;
  readonly user: ObjectType | undefined;
  readonly context: Type;
  readonly facts: Type;
}

/**
 * The environment of the conditions of one policy.
 *
 * @param tools - the names a call's tool can have; absent: not known
 */
export function environmentOf(
  shapes: ShapeTypes,
  argumentsType: Type,
  tools: readonly string[] | undefined,
): Environment {
  return {
    tool: tools === undefined || tools.length === 0 ? STRING : { kind: "string", values: tools },
    arguments: argumentsType,
    agent: claims("agent", { id: STRING, roles: { kind: "list", of: STRING } }, shapes.agent),
    user: claims("user", { id: STRING }, shapes.user),
    tenant: STRING,
    data_type: { kind: "string", values: DATA_CLASSES },
    operation: { kind: "string", values: OPERATIONS },
    session: STRING,
    facts: shapes.facts,
    risk: NUMBER,
    request: { kind: "object", name: "request", fields: fieldsOf({ time: TIMESTAMP }) },
    context: shapes.context,
  };
}

/**
 * Claims of a policy that declares none are dynamic: reading one that is not there is an error at run time. What
 * every agent and user has needs no declaration, and none changes it.
 */
function claims(
  name: string,
  known: Readonly<Record<string, Type>>,
  declared: ObjectType | undefined,
): Type {
  if (declared === undefined) {
    return { kind: "object", name, fields: fieldsOf(known), rest: DYNAMIC };
  }
  return { ...declared, name, fields: new Map([...declared.fields, ...fieldsOf(known)]) };
}

function fieldsOf(known: Readonly<Record<string, Type>>): ReadonlyMap<string, Field> {
  return new Map(Object.entries(known).map(([key, type]) => [key, { type, optional: false }]));
}
