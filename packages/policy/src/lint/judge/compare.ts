import type { CompareOperator } from "@interlatch/core";
import {
  canBeValue,
  isEmpty,
  type Kind,
  type Known,
  onlyValue,
  overlapOf,
  type Range,
  rangeOf,
  type Scalar,
} from "./known.ts";
import { ERROR, negationOf, type Outcomes } from "./outcomes.ts";

/** Kinds of which two values of the same kind have an order. */
export const ORDERED: readonly Kind[] = ["number", "string", "boolean", "timestamp", "duration"];

/** What comparing two values may come to. */
export function compareKnown(operator: CompareOperator, left: Known, right: Known): Outcomes {
  const mayErr = left.mayErr || right.mayErr;
  // Of a value that cannot be there nothing is ever asked.
  if (left.kinds.size === 0 || right.kinds.size === 0) return ERROR;
  switch (operator) {
    case "==":
      return equality(left, right, mayErr);
    case "!=":
      return negationOf(equality(left, right, mayErr));
    case "in":
      return membership(right, mayErr);
    case "<":
    case "<=":
    case ">":
    case ">=":
      return order(operator, left, right, mayErr);
  }
}

function equality(left: Known, right: Known, error: boolean): Outcomes {
  const [a, b] = [onlyValue(left), onlyValue(right)];
  return {
    true: canEqual(left, right),
    false: a === undefined || b === undefined || a.value !== b.value,
    error,
  };
}

/** Whether two values can be equal. */
export function canEqual(left: Known, right: Known): boolean {
  if (left.values !== undefined) return left.values.some((value) => canBeBoth(left, right, value));
  if (right.values !== undefined)
    return right.values.some((value) => canBeBoth(left, right, value));
  for (const kind of left.kinds) {
    if (!right.kinds.has(kind)) continue;
    if (kind !== "number" || !isEmpty(overlapOf(rangeOf(left), rangeOf(right)))) return true;
  }
  return false;
}

function canBeBoth(left: Known, right: Known, value: Scalar): boolean {
  return canBeValue(left, value) && canBeValue(right, value);
}

function membership({ kinds }: Known, mayErr: boolean): Outcomes {
  const fits = kinds.has("list") || kinds.has("map");
  if (!fits) return ERROR;
  // The keys of a map are texts; whether the left side is one is not asked here.
  return { true: true, false: true, error: mayErr || kinds.size > 1 || kinds.has("map") };
}

type Order = "<" | "<=" | ">" | ">=";

function order(operator: Order, left: Known, right: Known, mayErr: boolean): Outcomes {
  const shared = ORDERED.filter((kind) => left.kinds.has(kind) && right.kinds.has(kind));
  if (shared.length === 0) return ERROR;
  const error = mayErr || shared.length > 1 || left.kinds.size > 1 || right.kinds.size > 1;
  const outcomes = shared.map((kind) =>
    kind === "number"
      ? numberOrder(operator, rangeOf(left), rangeOf(right))
      : { true: true, false: true },
  );
  return {
    true: outcomes.some((one) => one.true),
    false: outcomes.some((one) => one.false),
    error,
  };
}

function numberOrder(
  operator: Order,
  left: Range,
  right: Range,
): { readonly true: boolean; readonly false: boolean } {
  switch (operator) {
    case "<":
      return { true: canBeBelow(left, right), false: canReach(right, left) };
    case "<=":
      return { true: canReach(left, right), false: canBeBelow(right, left) };
    case ">":
      return { true: canBeBelow(right, left), false: canReach(left, right) };
    case ">=":
      return { true: canReach(right, left), false: canBeBelow(left, right) };
  }
}

/** Whether some number of the first range is below one of the second. */
function canBeBelow(a: Range, b: Range): boolean {
  return a.low < b.high;
}

/** Whether some number of the first range is below or equal to one of the second. */
function canReach(a: Range, b: Range): boolean {
  return a.low < b.high || (a.low === b.high && !a.isLowOpen && !b.isHighOpen);
}
