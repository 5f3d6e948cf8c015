import type { Expression, Variable } from "@interlatch/core";
import { childrenOf } from "../expressions/parts.ts";

/** Whether any part of an expression is what is looked for. */
export function holds(expression: Expression, isWanted: (one: Expression) => boolean): boolean {
  return find(expression, isWanted) !== undefined;
}

/** The first part of an expression that is what is looked for, from the outside in. */
export function find(
  expression: Expression,
  isWanted: (one: Expression) => boolean,
): Expression | undefined {
  if (isWanted(expression)) return expression;
  for (const child of childrenOf(expression)) {
    const found = find(child, isWanted);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Whether an expression reads one of some variables. */
export function readsVariable(expression: Expression, ...names: readonly Variable[]): boolean {
  return holds(expression, (one) => one.kind === "variable" && names.includes(one.name));
}

/** The name of a field that is read by a literal name, and what it is a field of. */
export function fieldRead(
  expression: Expression,
): { readonly of: Expression; readonly name: string } | undefined {
  if (expression.kind === "field" || expression.kind === "has")
    return { of: expression.of, name: expression.name };
  if (expression.kind !== "index" || expression.at.kind !== "literal") return undefined;
  return { of: expression.of, name: String(expression.at.value) };
}

/** Which fields of a variable are read, or `all` where it is handed on whole or by a computed name. */
export function fieldsRead(
  expressions: Iterable<Expression>,
  variable: Variable,
): ReadonlySet<string> | "all" {
  const names = new Set<string>();
  for (const expression of expressions) if (!collect(expression, variable, names)) return "all";
  return names;
}

function collect(expression: Expression, variable: Variable, names: Set<string>): boolean {
  if (expression.kind === "variable") return expression.name !== variable;
  const read = fieldRead(expression);
  if (read !== undefined && read.of.kind === "variable" && read.of.name === variable) {
    names.add(read.name);
    return true;
  }
  return childrenOf(expression).every((child) => collect(child, variable, names));
}
