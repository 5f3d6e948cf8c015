import type { Expression, FunctionName } from "../policy/expression.ts";
import { InterlatchError } from "../errors/errors.ts";
import { BUDGET_EXHAUSTED } from "./cost.ts";
import { needed, type Parts } from "../parts/parts.ts";
import type { AnyFunction, BinaryFunction, UnaryFunction } from "./functions/function.ts";
import { TEXT_FUNCTIONS, type TextFunctionName } from "./functions/text.ts";
import type { Compilation, Node } from "./node.ts";
import { EvaluationError, isError } from "./value.ts";
import { compileConstant } from "./variable.ts";

type Call = Extract<Expression, { kind: "call" }>;

/** Whether a function is one of those that every run time holds. */
export function isTextFunction(name: FunctionName): name is TextFunctionName {
  return Object.hasOwn(TEXT_FUNCTIONS, name);
}

function functionOf(name: FunctionName, parts: Parts): AnyFunction {
  return isTextFunction(name) ? TEXT_FUNCTIONS[name] : needed(parts, "functions")[name];
}

/**
 * Compiles a call of one of the profile's functions.
 *
 * @throws InterlatchError `ERR_BUNDLE_POLICY` for a number of arguments that is not in the profile, or a function that
 * was not loaded
 */
export function compileCall(expression: Call, compilation: Compilation): Node {
  const [first, second] = expression.arguments;
  const called = functionOf(expression.function, compilation.parts);
  if ("unary" in called && first !== undefined && second === undefined) {
    return compileUnary(called.unary, first, compilation);
  }
  if (!("binary" in called) || first === undefined || second === undefined) {
    throw new InterlatchError(
      "ERR_BUNDLE_POLICY",
      `A call of ${expression.function} is malformed.`,
    );
  }
  return second.kind === "literal"
    ? compilePrepared(called.binary, first, second.value, compilation)
    : compileBinary(called.binary, first, second, compilation);
}

function compileUnary(unary: UnaryFunction, first: Expression, compilation: Compilation): Node {
  // `timestamp("…")` is the same instant each time: read once.
  if (unary.constant === true && first.kind === "literal") {
    return compileConstant(unary.apply(first.value, { left: Infinity }));
  }
  const of = compilation.compile(first);
  return (scope, budget, frame) => {
    if (--budget.left < 0) return BUDGET_EXHAUSTED;
    const value = of(scope, budget, frame);
    return isError(value) ? value : unary.apply(value, budget);
  };
}

/** The second argument is a literal, so its domain, pattern, range or zone is read once, at load. */
function compilePrepared(
  { prepare, apply }: BinaryFunction<unknown>,
  first: Expression,
  literal: null | boolean | number | string,
  compilation: Compilation,
): Node {
  const of = compilation.compile(first);
  const prepared = prepare(literal, { left: Infinity });
  return (scope, budget, frame) => {
    if ((budget.left -= 2) < 0) return BUDGET_EXHAUSTED;
    const value = of(scope, budget, frame);
    if (isError(value)) return value;
    return prepared instanceof EvaluationError ? prepared : apply(value, prepared, budget);
  };
}

function compileBinary(
  { prepare, apply }: BinaryFunction<unknown>,
  first: Expression,
  second: Expression,
  compilation: Compilation,
): Node {
  const of = compilation.compile(first);
  const by = compilation.compile(second);
  return (scope, budget, frame) => {
    if (--budget.left < 0) return BUDGET_EXHAUSTED;
    const value = of(scope, budget, frame);
    if (isError(value)) return value;
    const other = by(scope, budget, frame);
    if (isError(other)) return other;
    const prepared = prepare(other, budget);
    return prepared instanceof EvaluationError ? prepared : apply(value, prepared, budget);
  };
}
