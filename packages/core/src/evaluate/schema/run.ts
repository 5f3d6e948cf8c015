import type { CostBudget } from "../scope.ts";

/** Steps of a check for one unit of cost: a step is a few comparisons, a unit about a microsecond. */
const STEPS_PER_UNIT = 8;

/** Steps of applying one schema to one value: of thousands of schemas each is met cold. */
const STEPS_PER_LOOK = 2;

/** Schemas within schemas within data, as deep as they may be followed: beyond it the call stack would end. */
const MAX_DEPTH = 512;

/**
 * One check under way: what it may still cost, and what it has seen.
 *
 * Simple schemas look at each value once and charge only for what is not plainly linear. Combined ones (`anyOf`,
 * `$ref`, …) may look at a value as often as the author of a bundle likes, so each look is charged: without it
 * a page of nested `allOf` would take years.
 */
export class Run {
  /** Steps left. Below zero everything is a fault, and the decision is `budget_exhausted`. */
  left = 0;
  depth = 0;
  /**
   * A question that has no answer, as when a text is too long for its pattern. Under `not` a mere fault
   * would become consent; this refuses the arguments wherever it stands.
   */
  unanswerable: string | null = null;
  /** What was evaluated, see `trail.ts`. */
  trail: unknown[] = [];

  /** Begins anew with the budget of a decision. */
  begin(budget: CostBudget): void {
    this.left = Math.max(budget.left, 0) * STEPS_PER_UNIT;
    this.depth = 0;
    this.unanswerable = null;
    // A long trail of one call must not stay in memory for good.
    if (this.trail.length > 4_096) this.trail = [];
    else this.trail.length = 0;
  }

  /** Takes what was used off the budget. */
  end(budget: CostBudget): void {
    budget.left =
      this.left < 0 ? -1 : Math.min(budget.left, Math.floor(this.left / STEPS_PER_UNIT));
  }

  /** Takes steps; `false` once they are used up. */
  take(steps: number): boolean {
    this.left -= steps;
    return this.left >= 0;
  }

  /** Takes the steps of reading a text through. */
  takeText(length: number): boolean {
    return this.take((length + 15) >>> 4);
  }

  /** Takes the steps of writing a list or an object out as a text of this length: a digit may be a number. */
  takeStructure(length: number): boolean {
    return this.take((length + 1) >>> 1);
  }

  /** Takes cost units, as patterns count. */
  takeUnits(units: number): boolean {
    return this.take(units * STEPS_PER_UNIT);
  }

  /** Goes one schema deeper; `false` when that is too deep or too much. Ends with {@link Run.leave} in either case. */
  enter(): boolean {
    this.depth++;
    if (this.depth > MAX_DEPTH) this.left = -1;
    return this.take(STEPS_PER_LOOK);
  }

  leave(): void {
    this.depth--;
  }
}

/** What a check says once its steps are used up. It is never shown: the decision says `budget_exhausted`. */
export const OVER_BUDGET = " takes too long to check";
