import type { Expression } from "../policy/expression.ts";

/** How an expression is named in an error: `arguments.window.until` where it is a path, else a general word. */
export function describe(expression: Expression): string {
  switch (expression.kind) {
    case "variable":
    case "local":
      return expression.name;
    case "field":
      return `${describe(expression.of)}.${expression.name}`;
    case "index":
      return `${describe(expression.of)}[…]`;
    case "call":
      return `${expression.function}(…)`;
    case "comprehension":
      return `${describe(expression.over)}.${expression.macro}(…)`;
    case "literal":
    case "has":
    case "list":
    case "map":
    case "not":
    case "negate":
    case "and":
    case "or":
    case "if":
    case "compare":
    case "arithmetic":
    case "matches":
      return "the operand";
  }
}
