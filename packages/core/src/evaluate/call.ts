import type { Expression, FunctionName } from "../policy/expression.ts";
import { InterlatchError } from "../errors/errors.ts";
import { BUDGET_EXHAUSTED } from "./cost.ts";
import { ADDRESS_IN, PRIVATE_HOST } from "./functions/address.ts";
import { GLOB } from "./functions/glob.ts";
import { HOST, IN_DOMAIN } from "./functions/host.ts";
import { UNDER } from "./functions/path.ts";
import { CONTAINS, ENDS_WITH, LOWER, SIZE, STARTS_WITH } from "./functions/text.ts";
import { DURATION, TIMESTAMP, TIME_PARTS } from "./functions/time.ts";
import type { BinaryFunction, UnaryFunction } from "./functions/function.ts";
import type { Compilation, Node } from "./node.ts";
import { EvaluationError, isError } from "./value.ts";
import { compileConstant } from "./variable.ts";

type Call = Extract<Expression, { kind: "call" }>;

const UNARY: { readonly [Name in FunctionName]?: UnaryFunction } = {
  size: SIZE,
  lower: LOWER,
  host: HOST,
  isPrivateHost: PRIVATE_HOST,
  timestamp: TIMESTAMP,
  duration: DURATION,
};

/** Each holds its own prepared form of a second argument; `unknown` because nothing here looks into it. */
const BINARY: { readonly [Name in FunctionName]?: BinaryFunction<unknown> } = {
  startsWith: STARTS_WITH,
  endsWith: ENDS_WITH,
  contains: CONTAINS,
  glob: GLOB,
  inDomain: IN_DOMAIN,
  under: UNDER,
  ipIn: ADDRESS_IN,
  ...TIME_PARTS,
};

/**
 * Compiles a call of one of the profile's functions.
 *
 * @throws InterlatchError `ERR_BUNDLE_POLICY` for a function or a number of arguments that is not in the profile
 */
export function compileCall(expression: Call, compilation: Compilation): Node {
  const [first, second] = expression.arguments;
  const unary = UNARY[expression.function];
  if (unary !== undefined && first !== undefined && second === undefined) {
    return compileUnary(unary, first, compilation);
  }
  const binary = BINARY[expression.function];
  if (binary === undefined || first === undefined || second === undefined) {
    throw new InterlatchError(
      "ERR_BUNDLE_POLICY",
      `A call of ${expression.function} is malformed.`,
    );
  }
  return second.kind === "literal"
    ? compilePrepared(binary, first, second.value, compilation)
    : compileBinary(binary, first, second, compilation);
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
