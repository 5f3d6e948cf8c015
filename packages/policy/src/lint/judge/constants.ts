import { type Expression, type Policy, prepareEvaluator } from "@interlatch/core";
import { childrenOf } from "../../expressions/parts.ts";
import { EMPTY_CALL, EMPTY_POLICY } from "../../conditions/literals.ts";
import { ALWAYS, ERROR, type Outcomes } from "./outcomes.ts";

/** Whether a condition reads nothing of the call, of the policy, or of a list around it. */
export function isConstant(expression: Expression): boolean {
  return (
    expression.kind !== "variable" &&
    expression.kind !== "local" &&
    childrenOf(expression).every(isConstant)
  );
}

/**
 * What the conditions that read nothing come to. The engine of the run time is asked, so that nobody here has a second
 * opinion about what `1 < 2` is. Those with a pattern are left out: patterns belong to a policy.
 */
export async function constantsIn(
  conditions: readonly Expression[],
): Promise<ReadonlyMap<Expression, Outcomes>> {
  const constants = new Set<Expression>();
  for (const condition of conditions) collect(condition, constants);
  const outcomes = new Map<Expression, Outcomes>();
  if (constants.size === 0) return outcomes;
  const policy: Policy = EMPTY_POLICY;
  const evaluator = await prepareEvaluator(policy, { anyTemplate: true });
  for (const expression of constants) {
    const request = evaluator.request(EMPTY_CALL);
    const value = evaluator.value({ kind: "expression", expression }, request);
    const isTruth = typeof value === "boolean";
    outcomes.set(expression, isTruth ? (value ? ALWAYS.true : ALWAYS.false) : ERROR);
  }
  return outcomes;
}

function collect(expression: Expression, found: Set<Expression>): void {
  if (isConstant(expression)) {
    if (!hasPattern(expression)) found.add(expression);
  } else for (const part of conditionsIn(expression)) collect(part, found);
}

function hasPattern(expression: Expression): boolean {
  return expression.kind === "matches" || childrenOf(expression).some(hasPattern);
}

/** The parts of a condition that are conditions themselves. */
export function conditionsIn(expression: Expression): readonly Expression[] {
  switch (expression.kind) {
    case "and":
    case "or":
      return expression.operands;
    case "not":
      return [expression.of];
    case "if":
      return [expression.test, expression.then, expression.else];
    case "comprehension":
      return expression.macro === "map"
        ? expression.where === undefined
          ? []
          : [expression.where]
        : [expression.body];
    default:
      return [];
  }
}
