import type { Parts } from "../parts/parts.ts";
import type { Expression } from "../policy/expression.ts";
import { EXPRESSION_LIMITS } from "../policy/expression.ts";
import type { Json } from "../snapshot/json.ts";
import { compileExpression, type Program } from "./expression.ts";
import type { CallScope } from "./scope.ts";
import { Duration, isError, isList, isMap, type Result, Timestamp, type Value } from "./value.ts";

/** What an expression came to for one call. */
export type TracedValue =
  | {
      readonly kind: "value";
      /** An instant is an ISO 8601 text, a length of time one like `90s`. */
      readonly value: Json;
    }
  | {
      readonly kind: "error";
      /** Names what was looked for, never what was found. */
      readonly reason: string;
    };

/** Hears of a part of an expression, as often as it was evaluated: in a comprehension once for each item. */
export type TraceListener = (part: Expression, value: TracedValue) => void;

/** Evaluates expressions for one call with the closures that decide, each within a budget of its own. */
export interface Trace {
  /**
   * The value of an expression, also of one that the decision did not reach.
   *
   * @throws InterlatchError `ERR_BUNDLE_POLICY` where it names what a comprehension around it binds
   */
  value(expression: Expression): TracedValue;
  /**
   * Evaluates an expression as a decision does, and tells of each part that was reached, inner ones first. What
   * `&&`, `||` and `?:` passed over is not told.
   */
  observe(expression: Expression, told: TraceListener): TracedValue;
}

/** Traces for the calls of one policy: each expression is compiled once. */
export type Tracer = (scope: CallScope) => Trace;

/** Makes a tracer. @param parts - what was loaded for the policy */
export function createTracer(parts: Parts): Tracer {
  const programs = new WeakMap<Expression, Program>();
  const observed = new WeakMap<Expression, Program>();
  let listener: TraceListener | null = null;
  const observe = (part: Expression, result: Result): void => listener?.(part, traced(result));

  const programOf = (expression: Expression): Program => {
    const known = programs.get(expression) ?? compileExpression(expression, parts);
    programs.set(expression, known);
    return known;
  };
  const observedOf = (expression: Expression): Program => {
    const options = { shortcuts: false, observe };
    const known = observed.get(expression) ?? compileExpression(expression, parts, options);
    observed.set(expression, known);
    return known;
  };
  const run = (program: Program, scope: CallScope): TracedValue =>
    traced(program(scope, { left: EXPRESSION_LIMITS.costPerDecision }));

  return (scope) => ({
    value: (expression) => run(programOf(expression), scope),
    observe(expression, told) {
      listener = told;
      try {
        return run(observedOf(expression), scope);
      } finally {
        listener = null;
      }
    },
  });
}

function traced(result: Result): TracedValue {
  return isError(result)
    ? { kind: "error", reason: result.reason }
    : { kind: "value", value: jsonOf(result) };
}

/** Times are values of conditions and not JSON; a reader is shown them as text. */
function jsonOf(value: Value): Json {
  if (value instanceof Timestamp) return new Date(value.epochMs).toISOString();
  if (value instanceof Duration) return `${value.ms / 1000}s`;
  if (isList(value)) return value.map(jsonOf);
  if (isMap(value)) {
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, jsonOf(inner)]));
  }
  return value;
}
