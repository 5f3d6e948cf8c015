import type { ArithmeticOperator, Expression } from "../policy/expression.ts";
import { BUDGET_EXHAUSTED, spend, textCost } from "./cost.ts";
import { DURATION_LIMIT_MS, TIMESTAMP_MAX_MS, TIMESTAMP_MIN_MS } from "./functions/time-range.ts";
import type { Compilation, Node } from "./node.ts";
import type { CostBudget } from "./scope.ts";
import { Duration, EvaluationError, isError, isList, Timestamp } from "./value.ts";
import type { Result, Value } from "./value.ts";

/** The longest text that `+` makes, in UTF-16 units: as much as the arguments of a call may hold. */
const MAX_TEXT = 1 << 20;
/** The longest list that `+` makes: as many items as the arguments of a call may hold. */
const MAX_ITEMS = 100_000;

const NO_SUCH_SUM = new EvaluationError("values of these kinds cannot be calculated with");
const NOT_FINITE = new EvaluationError("the result is not a finite number");
const NOT_INTEGER = new EvaluationError(
  "% needs whole numbers up to 2^53-1 and no zero on its right",
);
const TOO_LONG = new EvaluationError("the joined text or list is too long");
const TIME_RANGE = new EvaluationError("the time is out of range");

type Calculation = (left: Value, right: Value, budget: CostBudget) => Result;

/** Compiles a calculation: both sides are evaluated, left first; the first error is the result. */
export function compileArithmetic(
  expression: Extract<Expression, { kind: "arithmetic" }>,
  compilation: Compilation,
): Node {
  const left = compilation.compile(expression.left);
  const right = compilation.compile(expression.right);
  const calculate = CALCULATIONS[expression.operator];
  return (scope, budget, frame) => {
    if (--budget.left < 0) return BUDGET_EXHAUSTED;
    const a = left(scope, budget, frame);
    if (isError(a)) return a;
    const b = right(scope, budget, frame);
    return isError(b) ? b : calculate(a, b, budget);
  };
}

const CALCULATIONS: { readonly [Operator in ArithmeticOperator]: Calculation } = {
  "+": add,
  "-": subtract,
  "*": numeric((left, right) => left * right),
  "/": numeric((left, right) => left / right),
  "%": remainder,
};

function numeric(calculate: (left: number, right: number) => number): Calculation {
  return (left, right) =>
    typeof left === "number" && typeof right === "number"
      ? finite(calculate(left, right))
      : NO_SUCH_SUM;
}

/** Infinity and NaN compare in ways nobody means (`!(NaN <= 5)` is true), so they never arise. */
function finite(result: number): Result {
  return Number.isFinite(result) ? result : NOT_FINITE;
}

function remainder(left: Value, right: Value): Result {
  if (typeof left !== "number" || typeof right !== "number") return NO_SUCH_SUM;
  const whole = Number.isSafeInteger(left) && Number.isSafeInteger(right) && right !== 0;
  return whole ? left % right : NOT_INTEGER;
}

function add(left: Value, right: Value, budget: CostBudget): Result {
  if (typeof left === "number") {
    return typeof right === "number" ? finite(left + right) : NO_SUCH_SUM;
  }
  if (typeof left === "string") {
    return typeof right === "string" ? joinTexts(left, right, budget) : NO_SUCH_SUM;
  }
  if (isList(left)) return isList(right) ? joinLists(left, right, budget) : NO_SUCH_SUM;
  if (left instanceof Timestamp) {
    return right instanceof Duration ? instant(left.epochMs + right.ms) : NO_SUCH_SUM;
  }
  if (!(left instanceof Duration)) return NO_SUCH_SUM;
  if (right instanceof Timestamp) return instant(left.ms + right.epochMs);
  return right instanceof Duration ? length(left.ms + right.ms) : NO_SUCH_SUM;
}

function subtract(left: Value, right: Value): Result {
  if (typeof left === "number") {
    return typeof right === "number" ? finite(left - right) : NO_SUCH_SUM;
  }
  if (left instanceof Timestamp) {
    if (right instanceof Timestamp) return length(left.epochMs - right.epochMs);
    return right instanceof Duration ? instant(left.epochMs - right.ms) : NO_SUCH_SUM;
  }
  return left instanceof Duration && right instanceof Duration
    ? length(left.ms - right.ms)
    : NO_SUCH_SUM;
}

function instant(epochMs: number): Result {
  const known = epochMs >= TIMESTAMP_MIN_MS && epochMs <= TIMESTAMP_MAX_MS;
  return known ? new Timestamp(epochMs) : TIME_RANGE;
}

function length(ms: number): Result {
  return Math.abs(ms) <= DURATION_LIMIT_MS ? new Duration(ms) : TIME_RANGE;
}

/** `s + s + s …` doubles with every node: the charge and the bound keep it from filling the memory. */
function joinTexts(left: string, right: string, budget: CostBudget): Result {
  const size = left.length + right.length;
  if (size > MAX_TEXT) return TOO_LONG;
  return spend(budget, textCost(size)) ? left + right : BUDGET_EXHAUSTED;
}

function joinLists(left: readonly Value[], right: readonly Value[], budget: CostBudget): Result {
  const size = left.length + right.length;
  if (size > MAX_ITEMS) return TOO_LONG;
  return spend(budget, size) ? [...left, ...right] : BUDGET_EXHAUSTED;
}
