import { childrenOf } from "@interlatch/policy";
import type { Expression } from "@interlatch/core";

/**
 * The conditions that a condition is made of: what stands between `&&`, `||`, `!` and in `?:`, down to what compares
 * something, also inside `all`, `exists` and their siblings. Each is one that tests should see true and see false.
 * A literal is always the same, so it is none.
 */
export function branchesOf(condition: Expression): readonly Expression[] {
  const found = new Set<Expression>();
  addCondition(condition, found);
  return [...found];
}

/** Where a truth value is wanted. */
function addCondition(one: Expression, found: Set<Expression>): void {
  switch (one.kind) {
    case "and":
    case "or":
      for (const operand of one.operands) addCondition(operand, found);
      return;
    case "not":
      addCondition(one.of, found);
      return;
    case "if":
      for (const part of [one.test, one.then, one.else]) addCondition(part, found);
      return;
    case "literal":
      return;
    default:
      found.add(one);
      addWithin(one, found);
  }
}

/** Where any value is wanted: conditions may stand further in. */
function addWithin(one: Expression, found: Set<Expression>): void {
  switch (one.kind) {
    case "and":
    case "or":
    case "not":
      addCondition(one, found);
      return;
    case "if":
      addCondition(one.test, found);
      addWithin(one.then, found);
      addWithin(one.else, found);
      return;
    case "comprehension":
      addWithin(one.over, found);
      if (one.where !== undefined) addCondition(one.where, found);
      if (one.macro === "map") addWithin(one.body, found);
      else addCondition(one.body, found);
      return;
    default:
      for (const part of childrenOf(one)) addWithin(part, found);
  }
}
