import type { CompareOperator, Expression } from "../policy/expression.ts";
import { ownField } from "./access.ts";
import { BUDGET_EXHAUSTED, spend } from "./cost.ts";
import { equalValues } from "./equality.ts";
import type { Compilation, Node } from "./node.ts";
import { orderValues } from "./order.ts";
import type { CostBudget } from "./scope.ts";
import { EvaluationError, isError, isList, isMap } from "./value.ts";
import type { Value } from "./value.ts";

const NO_ORDER = new EvaluationError("two values of these kinds have no order");
const NOT_CONTAINER = new EvaluationError("in needs a list or an object on its right");
const NOT_KEY = new EvaluationError("the keys of an object are texts");

/** One comparison of two values that are there. */
export type Comparison = (
  left: Value,
  right: Value,
  budget: CostBudget,
) => boolean | EvaluationError;

/** Compiles a comparison: both sides are evaluated, left first; the first error is the result. */
export function compileCompare(
  expression: Extract<Expression, { kind: "compare" }>,
  compilation: Compilation,
): Node {
  const left = compilation.compile(expression.left);
  const right = compilation.compile(expression.right);
  const compare = COMPARISONS[expression.operator];
  return (scope, budget, frame) => {
    if (--budget.left < 0) return BUDGET_EXHAUSTED;
    const a = left(scope, budget, frame);
    if (isError(a)) return a;
    const b = right(scope, budget, frame);
    return isError(b) ? b : compare(a, b, budget);
  };
}

/** The seven comparisons, by operator. */
export const COMPARISONS: { readonly [Operator in CompareOperator]: Comparison } = {
  "==": equalValues,
  "!=": (left, right, budget) => negated(equalValues(left, right, budget)),
  "<": ordered((order) => order < 0),
  "<=": ordered((order) => order <= 0),
  ">": ordered((order) => order > 0),
  ">=": ordered((order) => order >= 0),
  in: isIn,
};

function negated(result: boolean | EvaluationError): boolean | EvaluationError {
  return typeof result === "boolean" ? !result : result;
}

function ordered(holds: (order: number) => boolean): Comparison {
  return (left, right, budget) => {
    const order = orderValues(left, right, budget);
    if (budget.left < 0) return BUDGET_EXHAUSTED;
    return Number.isNaN(order) ? NO_ORDER : holds(order);
  };
}

/** Membership: an equal item of a list, or an own key of an object. */
function isIn(left: Value, right: Value, budget: CostBudget): boolean | EvaluationError {
  if (isList(right)) {
    // Eight look-ups are no more work than one node; long lists of facts stay affordable.
    if (!spend(budget, (right.length + 7) >>> 3)) return BUDGET_EXHAUSTED;
    for (let index = 0; index < right.length; index++) {
      const same = equalValues(right[index]!, left, budget); // the index is in range
      if (same !== false) return same;
    }
    return false;
  }
  if (!isMap(right)) return NOT_CONTAINER;
  // A number is no key of any object; false would let `id in blocked` pass when the id comes as a number.
  return typeof left === "string" ? ownField(right, left) !== undefined : NOT_KEY;
}
