import { BUDGET_EXHAUSTED, spend } from "./cost.ts";
import type { CostBudget } from "./scope.ts";
import { Duration, isList, isMap, Timestamp } from "./value.ts";
import type { EvaluationError, Value, ValueMap } from "./value.ts";

/**
 * Deep equality, as `==`, `!=` and `in` mean it. Values of different kinds are unequal, never an error;
 * minus zero equals zero. Each pair that is compared costs one unit, texts by their length.
 */
export function equalValues(
  left: Value,
  right: Value,
  budget: CostBudget,
): boolean | EvaluationError {
  if (typeof left === "string") {
    if (typeof right !== "string" || left.length !== right.length) return false;
    // Without the charge, comparing a megabyte with its copy for each of 100,000 nodes would hang the host.
    if (left.length >= 64 && !spend(budget, left.length >>> 6)) return BUDGET_EXHAUSTED;
    return left === right;
  }
  if (typeof left !== "object" || left === null) return left === right;
  if (typeof right !== "object" || right === null) return false;
  return equalStructures(left, right, budget);
}

type Structure = Extract<Value, object>;

function equalStructures(
  left: Structure,
  right: Structure,
  budget: CostBudget,
): boolean | EvaluationError {
  if (left === right) return true;
  if (left instanceof Timestamp) {
    return right instanceof Timestamp && left.epochMs === right.epochMs;
  }
  if (left instanceof Duration) return right instanceof Duration && left.ms === right.ms;
  if (isList(left)) return isList(right) && equalLists(left, right, budget);
  return isMap(right) && equalMaps(left, right, budget);
}

function equalLists(
  left: readonly Value[],
  right: readonly Value[],
  budget: CostBudget,
): boolean | EvaluationError {
  if (left.length !== right.length) return false;
  for (let index = 0; index < left.length; index++) {
    if (!spend(budget, 1)) return BUDGET_EXHAUSTED;
    // Both indexes are in range.
    const same = equalValues(left[index]!, right[index]!, budget);
    if (same !== true) return same;
  }
  return true;
}

function equalMaps(left: ValueMap, right: ValueMap, budget: CostBudget): boolean | EvaluationError {
  const keys = Object.keys(left);
  const others = Object.keys(right);
  // Listing keys costs most of it: `x in objects` must not compare a hundred thousand small ones for nothing.
  if (!spend(budget, 1 + ((keys.length + others.length) >>> 1))) return BUDGET_EXHAUSTED;
  if (keys.length !== others.length) return false;
  for (const key of keys) {
    if (!spend(budget, 1)) return BUDGET_EXHAUSTED;
    const other = Object.hasOwn(right, key) ? right[key] : undefined;
    if (other === undefined) return false;
    // The key is left's own, and JSON has no undefined.
    const same = equalValues(left[key]!, other, budget);
    if (same !== true) return same;
  }
  return true;
}
