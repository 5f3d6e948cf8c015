import { celEnv, isCelError, parse, plan } from "@bufbuild/cel";
import { Environment } from "@marcbachmann/cel-js";
import type { Json } from "@interlatch/core";
import { isError, type Result, type ValueMap } from "../../packages/core/src/evaluate/value.ts";
import type { Bindings } from "./bindings.ts";
import { compileText, evaluateExpression } from "../cel/evaluate.ts";

/** What an engine makes of a question. */
export interface Answer {
  /** `other`: a value that is no condition's. `none`: the engine does not take the question. */
  readonly is: "true" | "false" | "error" | "other" | "none";
  /** Why it is an error or no answer; else empty. */
  readonly why: string;
}

/** Our answer, and the errors that parts of the expression gave on the way: `has: v is not an object`. */
export interface OurAnswer extends Answer {
  readonly met: readonly string[];
}

/** Our parser, IR and closures. */
export async function askOurs(expression: string, bindings: Bindings): Promise<OurAnswer> {
  const compiled = await compileText(expression, Object.keys(bindings));
  if (!compiled.ok) return { is: "none", why: `${compiled.code}: ${compiled.message}`, met: [] };
  const image = imageOf(bindings);
  const met: string[] = [];
  const observed = evaluateExpression(compiled, image, (part, result) => {
    if (isError(result)) met.push(`${part.kind}: ${result.reason}`);
  });
  const answer = answerOf(evaluateExpression(compiled, image));
  // The general forms and the short cuts are two ways to one answer.
  return answerOf(observed).is === answer.is
    ? { ...answer, met }
    : { is: "none", why: "short cuts give another answer", met };
}

/** As a call's arguments reach the closures: without prototypes. */
function imageOf(bindings: Bindings): ValueMap {
  return JSON.parse(JSON.stringify(bindings), (_key, value: unknown) =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? Object.assign(Object.create(null), value)
      : value,
  ) as ValueMap; // what was JSON is JSON
}

function answerOf(result: Result): Answer {
  if (isError(result)) return { is: "error", why: result.reason };
  return { is: typeof result === "boolean" ? `${result}` : "other", why: "" };
}

/** JSON with maps in the place of objects. */
type Plain = null | boolean | number | string | Plain[] | Map<string, Plain>;

/** Both others look at `constructor` of a plain object, and find what the call sent. Maps they take as they are. */
function mapsOf(value: Json): Plain {
  if (Array.isArray(value)) return value.map(mapsOf);
  if (typeof value !== "object" || value === null) return value;
  return new Map(Object.entries(value).map(([key, item]) => [key, mapsOf(item)]));
}

function variablesOf(bindings: Bindings): Record<string, Plain> {
  return Object.fromEntries(Object.entries(bindings).map(([name, value]) => [name, mapsOf(value)]));
}

const marcbachmann = new Environment({ unlistedVariablesAreDyn: true });

/** `@marcbachmann/cel-js`, its own evaluator. */
export function askMarcbachmann(expression: string, bindings: Bindings): Answer {
  try {
    const result: unknown = marcbachmann.parse(expression)(variablesOf(bindings));
    return { is: typeof result === "boolean" ? `${result}` : "other", why: "" };
  } catch (error) {
    const why = messageOf(error);
    return { is: STATIC.test(why) ? "none" : "error", why };
  }
}

/**
 * Before anything is evaluated it wants the items of a literal and the branches of `?:` to have one type, and `has`
 * to ask about a path; and operands of `||` that are booleans, where a literal is not.
 */
const STATIC =
  /must have the same type|uses wrong type|overlaps with|has\(\) invalid argument|operator requires bool operands/;

const bufbuild = celEnv({});

/** `@bufbuild/cel`. */
export function askBufbuild(expression: string, bindings: Bindings): Answer {
  try {
    const result: unknown = plan(bufbuild, parse(expression))(variablesOf(bindings));
    if (isCelError(result)) return { is: "error", why: result.message };
    return { is: typeof result === "boolean" ? `${result}` : "other", why: "" };
  } catch (error) {
    return { is: "error", why: messageOf(error) };
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
