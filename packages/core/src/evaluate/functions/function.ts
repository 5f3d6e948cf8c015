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
