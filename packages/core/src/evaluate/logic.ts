import type { Expression } from "../policy/expression.ts";
import { BUDGET_EXHAUSTED } from "./cost.ts";
import { describe } from "./describe.ts";
import type { Compilation, Node } from "./node.ts";
import { EvaluationError, isError } from "./value.ts";
import type { Result } from "./value.ts";

type Of<Kind extends Expression["kind"]> = Extract<Expression, { kind: Kind }>;

/** The error of a truth value that is none. */
export const NOT_BOOLEAN: EvaluationError = new EvaluationError(
  "a condition is neither true nor false",
);

/** A truth value or an error, whatever came. */
export function truth(result: Result): boolean | EvaluationError {
  return typeof result === "boolean" ? result : isError(result) ? result : NOT_BOOLEAN;
}

/**
 * Compiles `a && b && …`. Three-valued, as CEL says: one false makes the whole false, an error before it
 * included; otherwise the first error is the result.
 */
export function compileAnd(expression: Of<"and">, compilation: Compilation): Node {
  return absorbing(
    expression.operands.map((operand) => compilation.compile(operand)),
    false,
  );
}

/** Compiles `a || b || …`: one true makes the whole true, an error before it included. */
export function compileOr(expression: Of<"or">, compilation: Compilation): Node {
  return absorbing(
    expression.operands.map((operand) => compilation.compile(operand)),
    true,
  );
}

function absorbing(operands: readonly Node[], absorber: boolean): Node {
  return (scope, budget, frame) => {
    if (--budget.left < 0) return BUDGET_EXHAUSTED;
    let failure: EvaluationError | null = null;
    for (let index = 0; index < operands.length; index++) {
      const result = operands[index]!(scope, budget, frame); // the index is in range
      if (result === absorber) return absorber;
      if (typeof result === "boolean") continue;
      // A spent budget is not absorbed: what follows was not judged, it was not reached.
      if (budget.left < 0) return BUDGET_EXHAUSTED;
      failure ??= isError(result) ? result : NOT_BOOLEAN;
    }
    return failure ?? !absorber;
  };
}

/** Compiles `!a`; an error stays an error. */
export function compileNot(expression: Of<"not">, compilation: Compilation): Node {
  const of = compilation.compile(expression.of);
  return (scope, budget, frame) => {
    if (--budget.left < 0) return BUDGET_EXHAUSTED;
    const result = of(scope, budget, frame);
    return typeof result === "boolean" ? !result : isError(result) ? result : NOT_BOOLEAN;
  };
}

/** Compiles `test ? then : else`; the branch not taken is not evaluated. */
export function compileIf(expression: Of<"if">, compilation: Compilation): Node {
  const test = compilation.compile(expression.test);
  const then = compilation.compile(expression.then);
  const otherwise = compilation.compile(expression.else);
  return (scope, budget, frame) => {
    if (--budget.left < 0) return BUDGET_EXHAUSTED;
    const result = test(scope, budget, frame);
    if (result === true) return then(scope, budget, frame);
    if (result === false) return otherwise(scope, budget, frame);
    return isError(result) ? result : NOT_BOOLEAN;
  };
}

/** Compiles `-a`. */
export function compileNegate(expression: Of<"negate">, compilation: Compilation): Node {
  const of = compilation.compile(expression.of);
  const notNumber = new EvaluationError(`${describe(expression.of)} is not a number`);
  return (scope, budget, frame) => {
    if (--budget.left < 0) return BUDGET_EXHAUSTED;
    const result = of(scope, budget, frame);
    return typeof result === "number" ? -result : isError(result) ? result : notNumber;
  };
}
