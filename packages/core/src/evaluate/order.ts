import { spend, textCost } from "./cost.ts";
import type { CostBudget } from "./scope.ts";
import { Duration, Timestamp } from "./value.ts";
import type { Value } from "./value.ts";

/**
 * The order that `<`, `<=`, `>`, `>=` go by: numbers, texts by code point, booleans (false first),
 * instants and lengths of time, each with its own kind.
 *
 * @returns below, at or above zero; `NaN` when the two have no order. The caller looks at the budget afterwards.
 */
export function orderValues(left: Value, right: Value, budget: CostBudget): number {
  if (typeof left === "number") return typeof right === "number" ? left - right : NaN;
  if (typeof left === "string") {
    if (typeof right !== "string") return NaN;
    if (!spend(budget, textCost(Math.min(left.length, right.length)))) return NaN;
    return orderTexts(left, right);
  }
  if (typeof left === "boolean") {
    return typeof right === "boolean" ? Number(left) - Number(right) : NaN;
  }
  if (left instanceof Timestamp) {
    return right instanceof Timestamp ? left.epochMs - right.epochMs : NaN;
  }
  if (left instanceof Duration) return right instanceof Duration ? left.ms - right.ms : NaN;
  return NaN;
}

/**
 * Order by code point. JavaScript's own `<` goes by UTF-16 unit and puts U+1F600 before U+FF5E; CEL,
 * and every other engine that may judge the same policy, does not.
 */
function orderTexts(left: string, right: string): number {
  const shared = Math.min(left.length, right.length);
  for (let index = 0; index < shared; index++) {
    const a = left.charCodeAt(index);
    const b = right.charCodeAt(index);
    if (a !== b) return rank(a) - rank(b);
  }
  return left.length - right.length;
}

/** Lifts surrogates above the rest of the basic plane, which is where their code points are. */
function rank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}
