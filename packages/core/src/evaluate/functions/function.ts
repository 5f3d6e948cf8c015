import type { CostBudget } from "../scope.ts";
import type { EvaluationError, Result, Value } from "../value.ts";

/** A function of one argument. It checks the kind of what it gets and charges for what it reads. */
export interface UnaryFunction {
  /** Whether a literal argument may be evaluated once, at load. */
  readonly constant?: boolean;
  apply(value: Value, budget: CostBudget): Result;
}

/**
 * A function of two arguments, the second of which is nearly always a literal: a domain, a range, a glob,
 * a zone. `prepare` reads that one, once where it is a literal; `apply` does the rest.
 */
export interface BinaryFunction<Prepared> {
  prepare(second: Value, budget: CostBudget): Prepared | EvaluationError;
  apply(first: Value, prepared: Prepared, budget: CostBudget): Result;
}

/** Functions by name, each of one argument or of two. */
export type FunctionTable<Name extends string> = {
  readonly [Each in Name]: AnyFunction;
};

/**
 * Each function of two holds its own prepared form of the second argument; `unknown` because nobody who calls it looks
 * into that.
 */
export type AnyFunction =
  | { readonly unary: UnaryFunction }
  | { readonly binary: BinaryFunction<unknown> };
