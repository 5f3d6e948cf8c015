import type { Expression } from "../policy/expression.ts";
import { BUDGET_EXHAUSTED } from "./cost.ts";
import type { Compilation, Node } from "./node.ts";
import { EvaluationError, isError } from "./value.ts";
import type { Value } from "./value.ts";
import { compileConstant } from "./variable.ts";

type Of<Kind extends Expression["kind"]> = Extract<Expression, { kind: Kind }>;

const NOT_TEXT_KEY = new EvaluationError("the keys of an object are texts");
const SAME_KEY_TWICE = new EvaluationError("an object has one key twice");

/** Compiles `[a, b, …]`. A list of literals is made once. */
export function compileList(expression: Of<"list">, compilation: Compilation): Node {
  const constant = literalItems(expression);
  if (constant !== null) return compileConstant(constant);
  const items = expression.items.map((item) => compilation.compile(item));
  return (scope, budget, frame) => {
    if (--budget.left < 0) return BUDGET_EXHAUSTED;
    const list: Value[] = [];
    for (const item of items) {
      const value = item(scope, budget, frame);
      if (isError(value)) return value;
      list.push(value);
    }
    return list;
  };
}

/** The items of a list that holds literals only, else `null`. */
export function literalItems(
  expression: Of<"list">,
): readonly (null | boolean | number | string)[] | null {
  const values = [];
  for (const item of expression.items) {
    if (item.kind !== "literal") return null;
    values.push(item.value);
  }
  return Object.freeze(values);
}

/** Compiles `{a: b, …}`: keys are texts, and no key comes twice. */
export function compileMap(expression: Of<"map">, compilation: Compilation): Node {
  const entries = expression.entries.map(
    ([key, value]) => [compilation.compile(key), compilation.compile(value)] as const,
  );
  return (scope, budget, frame) => {
    if (--budget.left < 0) return BUDGET_EXHAUSTED;
    // No prototype: `__proto__` is a key like any other.
    const map = Object.create(null) as { [key: string]: Value };
    for (const [keyOf, valueOf] of entries) {
      const key = keyOf(scope, budget, frame);
      if (isError(key)) return key;
      if (typeof key !== "string") return NOT_TEXT_KEY;
      if (key in map) return SAME_KEY_TWICE;
      const value = valueOf(scope, budget, frame);
      if (isError(value)) return value;
      map[key] = value;
    }
    return map;
  };
}
