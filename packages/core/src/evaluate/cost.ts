import type { CostBudget } from "./scope.ts";
import { EvaluationError } from "./value.ts";

/** What every evaluation gives once the cost budget of its decision is spent. */
export const BUDGET_EXHAUSTED: EvaluationError = new EvaluationError(
  "the decision spent its cost budget",
);

/**
 * Takes units off the budget.
 *
 * @returns whether the work may be done; once `false`, it stays `false` for the rest of the decision
 */
export function spend(budget: CostBudget, units: number): boolean {
  budget.left -= units;
  return budget.left >= 0;
}

/** Units for reading a text of this many UTF-16 units: one for each 64, rounded up. */
export function textCost(length: number): number {
  return (length + 63) >>> 6;
}
