import { needed, type Parts } from "../parts/parts.ts";
import type { ArgumentSchema } from "../policy/ir.ts";
import type { Json } from "../snapshot/json.ts";
import { compilePlainSchema, isPlainSchema } from "./schema/plain.ts";
import { Run } from "./schema/run.ts";
import type { CostBudget } from "./scope.ts";

/**
 * Checks one value: the arguments of a call, or what stands in for a result.
 *
 * @param budget - what the check may cost; below zero afterwards: it was not finished, whatever it returns
 * @returns `null` when it fits, else where and what is wrong, such as `arguments.size must be an integer`.
 * The text names places and what the schema asks for, never a value that was sent.
 */
export type SchemaCheck = (value: Json, budget: CostBudget) => string | null;

/** What {@link compileArguments} may be told. */
export interface CompileOptions {
  /** What messages call the value. Default: `arguments`. */
  readonly name?: string;
  /** Whether objects are closed. Default: yes. */
  readonly closed?: boolean;
  /** Whether `format` asserts. Default: yes. */
  readonly formats?: boolean;
}

const DEFAULTS = { name: "arguments", closed: true, formats: true } as const;

/**
 * Compiles the schema of a tool's arguments: the part of JSON Schema 2020-12 that `ArgumentSchema` names.
 *
 * Objects are closed, as if `unevaluatedProperties: false` stood at every location whose schema says anything about
 * objects, itself or through `allOf`, `$ref` and the like: keys that no schema which held has evaluated are refused,
 * so `type: object` alone admits `{}` only. `additionalProperties` or `unevaluatedProperties` open a location on
 * purpose. A location whose schema says nothing about the kind of value (`{}`, or only a description) is dynamic and
 * admits any JSON. `enum` and `const` pin the whole value and need no closing. What `not`, `if` and `contains` ask
 * never comes out otherwise because somebody added a key; what an `if` that holds describes is closed as all else.
 *
 * @param schema - from a validated policy
 * @param parts - what was loaded for the policy
 * @throws InterlatchError `ERR_BUNDLE_POLICY` for a pattern that the policy does not carry, or a part that it uses and
 * that was not loaded
 */
export function compileArguments(
  schema: ArgumentSchema,
  parts: Parts,
  options: CompileOptions = {},
): SchemaCheck {
  // Own ones alone: a polluted `Object.prototype.closed` must not open the arguments of every tool.
  const { name, closed, formats } = { ...DEFAULTS, ...options };
  const compile = isPlainSchema(schema) ? compilePlainSchema : needed(parts, "schemas");
  const check = compile(schema, { parts, closed, formats });
  // Checks are synchronous and never nested, so one run serves them all.
  const run = new Run();
  return (value, budget) => {
    run.begin(budget);
    const fault = check(value, run);
    run.end(budget);
    if (run.unanswerable !== null) return `${name} ${run.unanswerable}`;
    return fault === null ? null : name + fault;
  };
}

/**
 * Compiles the schema of a tool's result. It is open, as JSON Schema is: a tool may give more than its schema names.
 *
 * @param schema - from a validated policy
 * @param parts - what was loaded for the policy
 * @throws InterlatchError `ERR_BUNDLE_POLICY`, as {@link compileArguments}
 */
export function compileOutput(schema: ArgumentSchema, parts: Parts): SchemaCheck {
  return compileArguments(schema, parts, { name: "value", closed: false });
}
