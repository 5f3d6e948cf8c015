import type { Json, JsonObject } from "@interlatch/core";
import type { Question } from "./question.ts";

/** One thing about a call that could be otherwise. */
export interface Change {
  /** What is changed; two changes of one place exclude each other. */
  readonly place: string;
  /** In words, after "It would be allowed": `with arguments.size 1000`. */
  readonly text: string;
  /** The number that is put in the place of another, so that a bound can be told from a single value. */
  readonly number?: {
    readonly from: number;
    readonly to: number;
    /** The same with another number. */
    instead(value: number): Change;
  };
  apply(question: Question): Question;
}

/** A field below `arguments`, or of the identity: `["agent", "team"]`. */
export type FieldPath = readonly [root: FieldRoot, ...fields: string[]];
type FieldRoot = "arguments" | "agent" | "user" | "context" | "tenant";
export const FIELD_ROOTS: readonly string[] = ["arguments", "agent", "user", "context", "tenant"];

/** The value at a path of a call; `undefined` where there is none. */
export function fieldOf(question: Question, path: FieldPath): Json | undefined {
  return valueAt(whole(question), path);
}

/** Another value at a path; `undefined`: the field is left out. */
export function changeField(question: Question, path: FieldPath, value: Json | undefined): Change {
  const [root, ...fields] = path;
  const name = path.join(".");
  const from = fieldOf(question, path);
  const text =
    value === undefined
      ? `without ${name}`
      : root === "agent" && fields.join(".") === "function"
        ? `as an agent whose function is ${JSON.stringify(value)}`
        : `with ${name} ${JSON.stringify(value)}`;
  return {
    place: name,
    text,
    ...(typeof from === "number" && typeof value === "number"
      ? { number: { from, to: value, instead: (to) => changeField(question, path, to) } }
      : {}),
    apply: (one) => withField(one, path, value),
  };
}

/** One more role of the agent, or one less. */
export function changeRole(role: string, has: boolean): Change {
  return {
    place: `agent.roles ${role}`,
    text: `as an agent ${has ? "without" : "with"} the role ${role}`,
    apply: (question) => {
      const roles = question.identity.agent.roles ?? [];
      const changed = has ? roles.filter((one) => one !== role) : [...roles, role];
      return withField(question, ["agent", "roles"], changed);
    },
  };
}

/** Another instant. */
export function changeTime(time: number): Change {
  return {
    place: "time",
    text: `at ${new Date(time).toISOString()}`,
    apply: (question) => ({ ...question, time }),
  };
}

function withField(question: Question, path: FieldPath, value: Json | undefined): Question {
  const [root, ...fields] = path;
  if (root === "arguments") {
    const changed = setAt(question.arguments, fields, value);
    return { ...question, arguments: changed as JsonObject }; // an object stays one below its own fields
  }
  const own = valueAt(whole(question), [root]);
  const changed = fields.length === 0 ? value : setAt(own ?? {}, fields, value);
  return { ...question, identity: { ...question.identity, [root]: changed } };
}

/** An identity is JSON, whatever its type leaves open. */
function whole({ arguments: args, identity }: Question): JsonObject {
  return { ...(identity as unknown as JsonObject), arguments: args };
}

function valueAt(value: Json | undefined, path: readonly string[]): Json | undefined {
  let at = value;
  for (const field of path) {
    if (!isObject(at) || !Object.hasOwn(at, field)) return undefined;
    at = at[field];
  }
  return at;
}

function setAt(value: Json, [first, ...rest]: readonly string[], to: Json | undefined): Json {
  if (first === undefined) return to ?? null;
  const object = isObject(value) ? value : {};
  const kept = Object.entries(object).filter(([key]) => key !== first);
  const inner = Object.hasOwn(object, first) ? (object[first] ?? null) : {};
  if (rest.length === 0 && to === undefined) return Object.fromEntries(kept);
  return Object.fromEntries([...kept, [first, setAt(inner, rest, to)]]);
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
