import type {
  Comprehension,
  Expression,
  FunctionName,
  Variable,
} from "../src/policy/expression.ts";
import { compileExpression } from "../src/evaluate/expression.ts";
import type { PatternCompiler } from "../src/evaluate/pattern.ts";
import type { CallScope } from "../src/evaluate/scope.ts";
import { isError, type Result } from "../src/evaluate/value.ts";
import { image } from "./json.ts";
import { partsWith } from "./parts.ts";

/** Short ways to write expressions in tests. */
export function literal(value: null | boolean | number | string): Expression {
  return { kind: "literal", value };
}

/** `path("arguments.window.until")`. */
export function path(text: string): Expression {
  const [variable, ...fields] = text.split(".");
  return fields.reduce<Expression>(
    (of, name) => ({ kind: "field", of, name }),
    { kind: "variable", name: variable as Variable }, // tests write real names, or mean to be wrong
  );
}

export function local(name: string): Expression {
  return { kind: "local", name };
}

export function has(text: string): Expression {
  const parent = text.slice(0, text.lastIndexOf("."));
  return { kind: "has", of: path(parent), name: text.slice(parent.length + 1) };
}

export function list(...items: readonly Expression[]): Expression {
  return { kind: "list", items };
}

export function compare(
  left: Expression,
  operator: Extract<Expression, { kind: "compare" }>["operator"],
  right: Expression,
): Expression {
  return { kind: "compare", operator, left, right };
}

export function arithmetic(
  left: Expression,
  operator: Extract<Expression, { kind: "arithmetic" }>["operator"],
  right: Expression,
): Expression {
  return { kind: "arithmetic", operator, left, right };
}

export function and(...operands: readonly Expression[]): Expression {
  return { kind: "and", operands };
}

export function or(...operands: readonly Expression[]): Expression {
  return { kind: "or", operands };
}

export function not(of: Expression): Expression {
  return { kind: "not", of };
}

export function call(name: FunctionName, ...args: readonly Expression[]): Expression {
  return { kind: "call", function: name, arguments: args };
}

export function over(
  list: Expression,
  macro: Comprehension["macro"],
  body: Expression,
  as = "x",
): Expression {
  return { kind: "comprehension", macro, over: list, as, body };
}

/** A call with these arguments, by a clerk, of a sensitive tool. */
export function callScope(args: object, rest: Partial<CallScope> = {}): CallScope {
  return {
    tool: "probe",
    arguments: image(args),
    agent: image({ id: "a1", roles: ["clerk", "desk"] }),
    user: undefined,
    tenant: undefined,
    dataType: "sensitive",
    operation: "read",
    session: "s1",
    facts: image({ partners: ["partner.test"] }),
    risk: 25,
    time: Date.UTC(2026, 10, 22, 10),
    context: image({}),
    ...rest,
  };
}

/** What an expression gives for these arguments. */
export function evaluate(
  expression: Expression,
  args: object = {},
  patterns: PatternCompiler | null = null,
): Result {
  return compileExpression(expression, partsWith(patterns))(callScope(args), { left: 100_000 });
}

/** Whether an expression errs for these arguments. */
export function errs(
  expression: Expression,
  args: object = {},
  patterns: PatternCompiler | null = null,
): boolean {
  return isError(evaluate(expression, args, patterns));
}
