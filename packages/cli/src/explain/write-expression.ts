import type { Expression } from "@interlatch/core";

/** How tightly a kind of expression binds, in the order of CEL's grammar. */
const BINDS = { if: 1, or: 2, and: 3, compare: 4, add: 5, multiply: 6, not: 7, atom: 8 } as const;

/**
 * A condition as its author would write it: CEL text of the typed form that stands in a bundle. What the build
 * rewrote is shown as it became: `agent.role == "x"` is `"x" in agent.roles`.
 */
export function writeExpression(expression: Expression): string {
  return write(expression, 0);
}

function write(expression: Expression, around: number): string {
  const [text, binds] = textOf(expression);
  return binds < around ? `(${text})` : text;
}

function textOf(one: Expression): readonly [string, number] {
  switch (one.kind) {
    case "literal":
      return [JSON.stringify(one.value), BINDS.atom];
    case "variable":
    case "local":
      return [one.name, BINDS.atom];
    case "field":
      return [`${write(one.of, BINDS.atom)}.${one.name}`, BINDS.atom];
    case "has":
      return [`has(${write(one.of, BINDS.atom)}.${one.name})`, BINDS.atom];
    case "index":
      return [`${write(one.of, BINDS.atom)}[${write(one.at, 0)}]`, BINDS.atom];
    case "list":
      return [`[${list(one.items)}]`, BINDS.atom];
    case "map": {
      const entries = one.entries.map(([key, value]) => `${write(key, 0)}: ${write(value, 0)}`);
      return [`{${entries.join(", ")}}`, BINDS.atom];
    }
    case "not":
      return [`!${write(one.of, BINDS.not)}`, BINDS.not];
    case "negate":
      return [`-${write(one.of, BINDS.not)}`, BINDS.not];
    case "and":
      return [one.operands.map((each) => write(each, BINDS.and + 1)).join(" && "), BINDS.and];
    case "or":
      return [one.operands.map((each) => write(each, BINDS.or + 1)).join(" || "), BINDS.or];
    case "if": {
      const [test, then] = [write(one.test, BINDS.or), write(one.then, BINDS.or)];
      return [`${test} ? ${then} : ${write(one.else, BINDS.if)}`, BINDS.if];
    }
    case "compare":
      return [binary(one, BINDS.compare), BINDS.compare];
    case "arithmetic": {
      const binds = one.operator === "+" || one.operator === "-" ? BINDS.add : BINDS.multiply;
      return [binary(one, binds), binds];
    }
    case "comprehension":
      return [comprehension(one), BINDS.atom];
    case "matches":
      return [`${write(one.of, BINDS.atom)}.matches(${JSON.stringify(one.pattern)})`, BINDS.atom];
    case "call":
      return [call(one), BINDS.atom];
  }
}

function binary(
  { left, operator, right }: Extract<Expression, { kind: "compare" | "arithmetic" }>,
  binds: number,
): string {
  return `${write(left, binds)} ${operator} ${write(right, binds + 1)}`;
}

function comprehension(one: Extract<Expression, { kind: "comprehension" }>): string {
  const where = one.where === undefined ? "" : `${write(one.where, 0)}, `;
  return `${write(one.over, BINDS.atom)}.${one.macro}(${one.as}, ${where}${write(one.body, 0)})`;
}

/** Functions that stand behind their first argument, as in `text.startsWith("a")`. */
const METHOD = /^(?:startsWith|endsWith|contains|get[A-Z].*)$/;

function call(one: Extract<Expression, { kind: "call" }>): string {
  const [first, ...others] = one.arguments;
  return first !== undefined && METHOD.test(one.function)
    ? `${write(first, BINDS.atom)}.${one.function}(${list(others)})`
    : `${one.function}(${list(one.arguments)})`;
}

function list(items: readonly Expression[]): string {
  return items.map((item) => write(item, 0)).join(", ");
}
