import { InterlatchError } from "@interlatch/core";
import type { VectorFile } from "./vector.ts";

/** Complains, with its place, about a value that has not the shape. */
type Check = (value: unknown, place: string) => void;

const EFFECTS = ["allow", "review", "deny"];

const text: Check = (value, place) => demand(typeof value === "string", place, "a text");
const number: Check = (value, place) => demand(typeof value === "number", place, "a number");
const isTrue: Check = (value, place) => demand(value === true, place, "true");
const effect: Check = (value, place) =>
  demand(
    EFFECTS.some((name) => name === value),
    place,
    EFFECTS.join(", "),
  );
const textOrNull: Check = (value, place) =>
  demand(value === null || typeof value === "string", place, "a text or null");
const anything: Check = () => undefined;
const anyObject: Check = (value, place) => demand(isObject(value), place, "an object");

const call = object({ tool: text, arguments: anyObject }, { id: text });
const identity = object({ agent: anyObject }, { user: anyObject, tenant: text, session: text });
const fallback = oneOf("a message, a value or a call", [
  object({ message: text }, {}),
  object({ value: anything }, {}),
  object({ tool: text, id: text, arguments: anyObject }, {}),
]);
const expectation = object(
  {},
  {
    effect,
    code: text,
    rule: textOrNull,
    arguments: anyObject,
    fallback,
    retryAfter: pair,
    riskAtLeast: number,
    obligations: list(text),
  },
);
const history = oneOf("a call with its result, or an unrecorded turn", [
  object({ call, result: anything }, {}),
  object({ turn: text, role: text, text }, {}),
]);
const more = { identity, times: number, every: number };
const step = oneOf("a call or a batch", [
  object({ at: number, call }, { ...more, expect: expectation, preview: isTrue }),
  object({ at: number, batch: list(object({ call }, { expect: expectation })) }, more),
]);
const defaults = { identity, time: text, start: text };
const oneCase = oneOf("a call with what is expected, or a sequence", [
  object(
    { id: text, why: text, call, expect: expectation },
    { ...defaults, facts: anyObject, said: list(text), session: list(history) },
  ),
  object({ id: text, why: text, sequence: list(step) }, { ...defaults, facts: anyObject }),
]);
const errors = list(object({}, { line: number, mentions: list(text) }));
const mustNotBuild = object({ error: isTrue }, { errors });
const words = { about: text, why: text };
const vector = oneOf("a policy with cases, or a policy that must not build", [
  object(
    { id: text, policy: text, cases: list(oneCase) },
    { ...words, defaults: object({}, defaults) },
  ),
  object({ id: text, policy: text, expect: mustNotBuild }, words),
  object(
    { id: text, generate: object({ text, times: number, then: text }, {}), expect: mustNotBuild },
    words,
  ),
]);
const file = object({ topic: text, vectors: list(vector) }, { about: text });

/**
 * Reads a file of vectors strictly: a field that is not known would be an expectation that nobody checks.
 *
 * @param place - for messages
 * @throws ERR_CONFIG naming the place of what is wrong
 */
export function checkVectorFile(value: unknown, place: string): VectorFile {
  file(value, place);
  return value as VectorFile; // its whole shape was just checked
}

function object(
  required: Readonly<Record<string, Check>>,
  optional: Readonly<Record<string, Check>>,
): Check {
  const fields = new Map([...Object.entries(required), ...Object.entries(optional)]);
  return (value, place) => {
    if (!isObject(value)) return demand(false, place, "an object");
    for (const name of Object.keys(required)) {
      demand(Object.hasOwn(value, name), `${place}.${name}`, "there");
    }
    for (const [name, field] of Object.entries(value)) {
      const check = fields.get(name);
      if (check === undefined) return demand(false, `${place}.${name}`, "a known field");
      check(field, `${place}.${name}`);
    }
  };
}

function list(item: Check): Check {
  return (value, place) => {
    if (!Array.isArray(value)) return demand(false, place, "a list");
    for (const [index, one] of value.entries()) item(one, `${place}[${index}]`);
  };
}

function pair(value: unknown, place: string): void {
  list(number)(value, place);
  demand(Array.isArray(value) && value.length === 2, place, "two numbers");
}

/** The first alternative that holds; if none does, what each of them finds wrong. */
function oneOf(expected: string, alternatives: readonly Check[]): Check {
  return (value, place) => {
    const faults: InterlatchError[] = [];
    for (const alternative of alternatives) {
      try {
        return alternative(value, place);
      } catch (error) {
        if (!(error instanceof InterlatchError)) throw error;
        faults.push(error);
      }
    }
    const all = faults.map(({ message }) => message).join(" Or: ");
    demand(false, place, `${expected} (${all})`);
  };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function demand(holds: boolean, place: string, expected: string): void {
  if (!holds) throw new InterlatchError("ERR_CONFIG", `${place} must be ${expected}.`);
}
