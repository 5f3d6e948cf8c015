import type { Comprehension } from "../policy/expression.ts";
import { BUDGET_EXHAUSTED, spend } from "./cost.ts";
import { describe } from "./describe.ts";
import { NOT_BOOLEAN, truth } from "./logic.ts";
import type { Compilation, Node } from "./node.ts";
import type { CostBudget } from "./scope.ts";
import { EvaluationError, isError, isList, isMap } from "./value.ts";
import type { Result, Value } from "./value.ts";

/**
 * Compiles `list.all(x, …)` and its siblings; over an object they go through its keys. `all` and `exists`
 * absorb errors as `&&` and `||` do; the others give the first error. Each item costs one unit and its body.
 */
export function compileComprehension(expression: Comprehension, compilation: Compilation): Node {
  const inner = compilation.binding(expression.as);
  const parts: Parts = {
    over: compilation.compile(expression.over),
    where: expression.where === undefined ? null : inner.compile(expression.where),
    body: inner.compile(expression.body),
    slot: inner.locals.length - 1,
    notIterable: new EvaluationError(
      `${describe(expression.over)} is neither a list nor an object`,
    ),
  };
  switch (expression.macro) {
    case "all":
      return compileAbsorbing(parts, false);
    case "exists":
      return compileAbsorbing(parts, true);
    case "exists_one":
      return compileExistsOne(parts);
    case "filter":
      return compileFilter(parts);
    case "map":
      return compileTransform(parts);
  }
}

interface Parts {
  readonly over: Node;
  /** The filter of the three-argument `map`. */
  readonly where: Node | null;
  readonly body: Node;
  /** Where the frame holds the item. */
  readonly slot: number;
  readonly notIterable: EvaluationError;
}

/** What to go through: the items of a list, the keys of an object. */
function itemsOf(
  over: Result,
  budget: CostBudget,
  notIterable: EvaluationError,
): readonly Value[] | EvaluationError {
  if (isList(over)) return over;
  if (isError(over)) return over;
  if (!isMap(over)) return notIterable;
  const keys = Object.keys(over);
  return spend(budget, keys.length) ? keys : BUDGET_EXHAUSTED;
}

function compileAbsorbing({ over, body, slot, notIterable }: Parts, absorber: boolean): Node {
  return (scope, budget, frame) => {
    if (--budget.left < 0) return BUDGET_EXHAUSTED;
    const items = itemsOf(over(scope, budget, frame), budget, notIterable);
    if (isError(items)) return items;
    let failure: EvaluationError | null = null;
    for (let index = 0; index < items.length; index++) {
      if (--budget.left < 0) return release(frame, slot, BUDGET_EXHAUSTED);
      frame[slot] = items[index]!; // the index is in range
      const result = body(scope, budget, frame);
      if (result === absorber) return release(frame, slot, absorber);
      if (typeof result === "boolean") continue;
      if (budget.left < 0) return release(frame, slot, BUDGET_EXHAUSTED);
      failure ??= isError(result) ? result : NOT_BOOLEAN;
    }
    return release(frame, slot, failure ?? !absorber);
  };
}

/** Empties the slot, so that no argument value outlives the decision in it. */
function release(frame: Value[], slot: number, result: Result): Result {
  frame[slot] = null;
  return result;
}

function compileExistsOne({ over, body, slot, notIterable }: Parts): Node {
  return (scope, budget, frame) => {
    if (--budget.left < 0) return BUDGET_EXHAUSTED;
    const items = itemsOf(over(scope, budget, frame), budget, notIterable);
    if (isError(items)) return items;
    let found = 0;
    for (const item of items) {
      if (--budget.left < 0) return release(frame, slot, BUDGET_EXHAUSTED);
      frame[slot] = item;
      const result = truth(body(scope, budget, frame));
      if (typeof result !== "boolean") return release(frame, slot, result);
      if (result) found++;
    }
    return release(frame, slot, found === 1);
  };
}

function compileFilter({ over, body, slot, notIterable }: Parts): Node {
  return (scope, budget, frame) => {
    if (--budget.left < 0) return BUDGET_EXHAUSTED;
    const items = itemsOf(over(scope, budget, frame), budget, notIterable);
    if (isError(items)) return items;
    const kept: Value[] = [];
    for (const item of items) {
      if (--budget.left < 0) return release(frame, slot, BUDGET_EXHAUSTED);
      frame[slot] = item;
      const result = truth(body(scope, budget, frame));
      if (typeof result !== "boolean") return release(frame, slot, result);
      if (result) kept.push(item);
    }
    return release(frame, slot, kept);
  };
}

function compileTransform({ over, where, body, slot, notIterable }: Parts): Node {
  return (scope, budget, frame) => {
    if (--budget.left < 0) return BUDGET_EXHAUSTED;
    const items = itemsOf(over(scope, budget, frame), budget, notIterable);
    if (isError(items)) return items;
    const made: Value[] = [];
    for (const item of items) {
      if (--budget.left < 0) return release(frame, slot, BUDGET_EXHAUSTED);
      frame[slot] = item;
      const kept = where === null || truth(where(scope, budget, frame));
      if (typeof kept !== "boolean") return release(frame, slot, kept);
      if (!kept) continue;
      const result = body(scope, budget, frame);
      if (isError(result)) return release(frame, slot, result);
      made.push(result);
    }
    return release(frame, slot, made);
  };
}
