import { needed } from "../parts/parts.ts";
import type { Expression } from "../policy/expression.ts";
import { BUDGET_EXHAUSTED, spend } from "./cost.ts";
import { describe } from "./describe.ts";
import type { Compilation, Node } from "./node.ts";
import { EvaluationError, isError } from "./value.ts";

/** Compiles `text.matches("pattern")`: whether the pattern is found anywhere in the text. */
export function compileMatches(
  expression: Extract<Expression, { kind: "matches" }>,
  compilation: Compilation,
): Node {
  const of = compilation.compile(expression.of);
  const pattern = needed(compilation.parts, "patterns").compile(expression.pattern);
  const name = describe(expression.of);
  const notText = new EvaluationError(`${name} is not a text`);
  const tooLong = new EvaluationError(`${name} is too long for its pattern`);
  return (scope, budget, frame) => {
    if (--budget.left < 0) return BUDGET_EXHAUSTED;
    const text = of(scope, budget, frame);
    if (typeof text !== "string") return isError(text) ? text : notText;
    if (text.length > pattern.subjectLimit) return tooLong;
    if (!spend(budget, pattern.scanCost(text))) return BUDGET_EXHAUSTED;
    if (!pattern.mayMatch(text)) return false;
    return spend(budget, pattern.searchCost(text)) ? pattern.search(text) : BUDGET_EXHAUSTED;
  };
}
