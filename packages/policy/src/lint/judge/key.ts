import type { Expression } from "@interlatch/core";

/** Keys of expressions that stand in many places, such as named conditions. */
const keys = new WeakMap<Expression, string>();

/**
 * A text that two expressions share only where they mean the same: the sides of `&&`, `||`, `==`, `!=`, `<` and `>` and a double
 * `!` make no difference. Expressions may mean the same and have two keys.
 */
export function keyOf(expression: Expression): string {
  const kept = keys.get(expression);
  if (kept !== undefined) return kept;
  const key = made(expression);
  keys.set(expression, key);
  return key;
}

function made(expression: Expression): string {
  switch (expression.kind) {
    case "and":
    case "or":
      return call(expression.kind, [...new Set(expression.operands.map(keyOf))].sort());
    case "not":
      return expression.of.kind === "not"
        ? keyOf(expression.of.of)
        : call("not", [keyOf(expression.of)]);
    case "compare":
      return compared(expression);
    case "literal":
      // Minus zero equals zero.
      return JSON.stringify(expression.value === 0 ? 0 : expression.value);
    case "variable":
      return expression.name;
    case "local":
      return call("local", [expression.name]);
    case "field":
    case "has":
      return call(expression.kind, [keyOf(expression.of), JSON.stringify(expression.name)]);
    case "index":
      return call("index", [keyOf(expression.of), keyOf(expression.at)]);
    case "list":
      return call("list", expression.items.map(keyOf));
    case "map":
      return call("map", expression.entries.flat().map(keyOf));
    case "negate":
      return call("negate", [keyOf(expression.of)]);
    case "if":
      return call("if", [expression.test, expression.then, expression.else].map(keyOf));
    case "arithmetic":
      return call(expression.operator, [keyOf(expression.left), keyOf(expression.right)]);
    case "matches":
      return call("matches", [keyOf(expression.of), JSON.stringify(expression.pattern)]);
    case "comprehension": {
      const { macro, over, as, where, body } = expression;
      const parts = where === undefined ? [body] : [where, body];
      return call(macro, [keyOf(over), JSON.stringify(as), ...parts.map(keyOf)]);
    }
    case "call":
      return call(`call ${expression.function}`, expression.arguments.map(keyOf));
  }
}

function compared({ operator, left, right }: Extract<Expression, { kind: "compare" }>): string {
  const sides = [keyOf(left), keyOf(right)];
  switch (operator) {
    case "==":
    case "!=":
      return call(operator, sides.sort());
    case ">":
      return call("<", sides.reverse());
    case ">=":
      return call("<=", sides.reverse());
    case "<":
    case "<=":
    case "in":
      return call(operator, sides);
  }
}

function call(name: string, parts: readonly string[]): string {
  return `${name}(${parts.join(",")})`;
}
