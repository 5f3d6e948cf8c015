import { DATA_CLASSES, OPERATIONS, type Variable } from "@interlatch/core";
import { DYNAMIC, type Field, NUMBER, STRING, TIMESTAMP, type Type } from "./types.ts";

/** The types of everything that a condition may read. */
export type Environment = Readonly<Record<Variable, Type>>;

/**
 * The environment of the conditions of one policy.
 *
 * @param tools - the names a call's tool can have; absent: not known
 */
export function environmentOf(
  facts: Type,
  argumentsType: Type,
  tools: readonly string[] | undefined,
): Environment {
  return {
    tool: tools === undefined || tools.length === 0 ? STRING : { kind: "string", values: tools },
    arguments: argumentsType,
    agent: claims("agent", { id: STRING, roles: { kind: "list", of: STRING } }),
    user: claims("user", { id: STRING }),
    tenant: STRING,
    data_type: { kind: "string", values: DATA_CLASSES },
    operation: { kind: "string", values: OPERATIONS },
    session: STRING,
    facts,
    risk: NUMBER,
    request: { kind: "object", name: "request", fields: fieldsOf({ time: TIMESTAMP }) },
    context: DYNAMIC,
  };
}

/** Claims that no policy declares are dynamic: reading one that is not there is an error at run time. */
function claims(name: string, known: Readonly<Record<string, Type>>): Type {
  return { kind: "object", name, fields: fieldsOf(known), rest: DYNAMIC };
}

function fieldsOf(known: Readonly<Record<string, Type>>): ReadonlyMap<string, Field> {
  return new Map(Object.entries(known).map(([key, type]) => [key, { type, optional: false }]));
}
