import type { FunctionName } from "../../policy/expression.ts";
import { BUDGET_EXHAUSTED, spend, textCost } from "../cost.ts";
import type { CostBudget } from "../scope.ts";
import { EvaluationError, isList, isMap } from "../value.ts";
import type { Result, Value } from "../value.ts";
import type { BinaryFunction, FunctionTable, UnaryFunction } from "./function.ts";
import { containsText } from "./text-search.ts";

const NO_SIZE = new EvaluationError("size needs a text, a list or an object");
const NOT_TEXT = new EvaluationError("a text function needs texts");

/** `size(x)`: code points of a text, items of a list, keys of an object. */
export const SIZE: UnaryFunction = {
  apply(value, budget) {
    if (typeof value === "string") {
      return spend(budget, textCost(value.length)) ? codePoints(value) : BUDGET_EXHAUSTED;
    }
    if (isList(value)) return value.length;
    if (!isMap(value)) return NO_SIZE;
    const { length } = Object.keys(value);
    return spend(budget, length) ? length : BUDGET_EXHAUSTED;
  },
};

/** The number of code points in a text; a surrogate without its partner counts as one. */
export function codePoints(text: string): number {
  let count = text.length;
  for (let index = 1; index < text.length; index++) {
    if (isLow(text.charCodeAt(index)) && isHigh(text.charCodeAt(index - 1))) count--;
  }
  return count;
}

function isHigh(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}

function isLow(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff;
}

/** `lower(text)`: lower case by Unicode, the same in every locale. */
export const LOWER: UnaryFunction = {
  apply(value, budget) {
    if (typeof value !== "string") return NOT_TEXT;
    // Letters outside ASCII take several times as long as the rest.
    return spend(budget, textCost(3 * value.length)) ? value.toLowerCase() : BUDGET_EXHAUSTED;
  },
};

/** `a.startsWith(b)`. */
export const STARTS_WITH: BinaryFunction<string> = textTest(
  (_text, part) => part.length,
  (text, part) => text.startsWith(part),
);

/** `a.endsWith(b)`. */
export const ENDS_WITH: BinaryFunction<string> = textTest(
  (_text, part) => part.length,
  (text, part) => text.endsWith(part),
);

/** `a.contains(b)`. */
export const CONTAINS: BinaryFunction<string> = textTest(
  // Searching looks at a character more than once: the charge is double.
  (text, part) => 2 * (text.length + part.length),
  containsText,
);

/** Case counts, and nothing is normalised: authors reach for `lower` where that is meant. */
function textTest(
  reads: (text: string, part: string) => number,
  holds: (text: string, part: string) => boolean,
): BinaryFunction<string> {
  return {
    prepare: (second: Value) => (typeof second === "string" ? second : NOT_TEXT),
    apply(first: Value, part: string, budget: CostBudget): Result {
      if (typeof first !== "string") return NOT_TEXT;
      return spend(budget, textCost(reads(first, part))) ? holds(first, part) : BUDGET_EXHAUSTED;
    },
  };
}

/** The functions of texts, lists and objects that every run time holds. */
export const TEXT_FUNCTIONS: FunctionTable<TextFunctionName> = {
  size: { unary: SIZE },
  lower: { unary: LOWER },
  startsWith: { binary: STARTS_WITH },
  endsWith: { binary: ENDS_WITH },
  contains: { binary: CONTAINS },
};

/** The name of one of them. */
export type TextFunctionName = Extract<
  FunctionName,
  "size" | "lower" | "startsWith" | "endsWith" | "contains"
>;
