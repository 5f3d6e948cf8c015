import type { Expression, Variable } from "../policy/expression.ts";
import { fieldErrors, ownField } from "./access.ts";
import { literalItems } from "./collection.ts";
import { COMPARISONS } from "./compare.ts";
import { BUDGET_EXHAUSTED } from "./cost.ts";
import type { Compilation, Node } from "./node.ts";
import { isError, isList } from "./value.ts";
import type { Value, ValueMap } from "./value.ts";
import type { CallScope } from "./scope.ts";
import { absentVariable, OBJECT_READERS, READERS } from "./variable.ts";

type Of<Kind extends Expression["kind"]> = Extract<Expression, { kind: Kind }>;
type Compare = Of<"compare">;

/**
 * Fuses the shapes that most conditions are made of into one closure each. Nothing is decided here: every
 * short cut gives what the general form gives and charges no more, which a test with random expressions proves.
 *
 * @returns `null` when the expression has no short cut
 */
export function compileShortcut(expression: Expression, compilation: Compilation): Node | null {
  if (expression.kind === "field") return variableField(expression);
  if (expression.kind !== "compare") return null;
  return expression.operator === "in"
    ? (inLiteralList(expression, compilation) ?? literalInField(expression))
    : (fieldAgainstLiteral(expression) ?? variableIsLiteral(expression));
}

/** `arguments.size` and other fields of a variable that holds an object. */
function variableField(expression: Of<"field">): Node | null {
  const path = pathOf(expression);
  if (path === null) return null;
  const { read, name, absent, missing } = path;
  return (scope, budget) => {
    if ((budget.left -= 2) < 0) return BUDGET_EXHAUSTED;
    const object = read(scope);
    if (object === undefined) return absent;
    const value = ownField(object, name);
    return value === undefined ? missing : value;
  };
}

/** `arguments.size > 1000`, `user.team == "desk"`. */
function fieldAgainstLiteral({ operator, left, right }: Compare): Node | null {
  const path = pathOf(left);
  if (path === null || right.kind !== "literal") return null;
  const { read, name, absent, missing } = path;
  const compare = COMPARISONS[operator];
  const literal = right.value;
  return (scope, budget) => {
    if ((budget.left -= 3) < 0) return BUDGET_EXHAUSTED;
    const object = read(scope);
    if (object === undefined) return absent;
    const value = ownField(object, name);
    if (value === undefined) return missing;
    return --budget.left < 0 ? BUDGET_EXHAUSTED : compare(value, literal, budget);
  };
}

/** `data_type == "sensitive"`. */
function variableIsLiteral({ operator, left, right }: Compare): Node | null {
  if (left.kind !== "variable" || right.kind !== "literal") return null;
  if (left.name === "request") return null;
  const read = READERS[left.name];
  const absent = absentVariable(left.name);
  const compare = COMPARISONS[operator];
  const literal = right.value;
  return (scope, budget) => {
    if ((budget.left -= 2) < 0) return BUDGET_EXHAUSTED;
    const value = read(scope);
    if (value === undefined) return absent;
    return --budget.left < 0 ? BUDGET_EXHAUSTED : compare(value, literal, budget);
  };
}

/** `arguments.table in ["orders", "customers"]`: one look-up, however long the list. */
function inLiteralList({ left, right }: Compare, compilation: Compilation): Node | null {
  const literals = right.kind === "list" ? literalItems(right) : null;
  if (literals === null || literals.some(isLong)) return null;
  const members: ReadonlySet<Value> = new Set(literals);
  const of = compilation.compile(left);
  return (scope, budget, frame) => {
    if (--budget.left < 0) return BUDGET_EXHAUSTED;
    const value = of(scope, budget, frame);
    if (isError(value)) return value;
    // Sets compare as `==` does: minus zero is zero, and there is no NaN.
    return --budget.left < 0 ? BUDGET_EXHAUSTED : !isLong(value) && members.has(value);
  };
}

/**
 * Whether a value is a text that a set must not be asked about. Very long ones have hashes of their length alone:
 * one look-up among a hundred that differ at their end compares megabytes, and nobody pays for it.
 */
function isLong(value: Value): boolean {
  return typeof value === "string" && value.length > LONGEST_MEMBER;
}

const LONGEST_MEMBER = 1_024;

/** `"admin" in agent.roles`, which is also what `agent.role == "admin"` becomes. */
function literalInField({ left, right }: Compare): Node | null {
  const path = pathOf(right);
  if (path === null || left.kind !== "literal") return null;
  const { read, name, absent, missing } = path;
  const literal = left.value;
  const general = COMPARISONS.in;
  return (scope, budget) => {
    if ((budget.left -= 4) < 0) return BUDGET_EXHAUSTED;
    const object = read(scope);
    if (object === undefined) return absent;
    const list = ownField(object, name);
    if (list === undefined) return missing;
    return isList(list) && list.length <= 8 && typeof literal === "string" && literal.length < 64
      ? holdsText(list, literal)
      : general(literal, list, budget);
  };
}

function holdsText(list: readonly Value[], text: string): boolean {
  for (let index = 0; index < list.length; index++) if (list[index] === text) return true;
  return false;
}

/** A field of a variable, ready to read. */
interface FieldPath {
  readonly read: (scope: CallScope) => ValueMap | undefined;
  readonly name: string;
  readonly absent: ReturnType<typeof absentVariable>;
  readonly missing: ReturnType<typeof absentVariable>;
}

function pathOf(expression: Expression): FieldPath | null {
  if (expression.kind !== "field" || expression.of.kind !== "variable") return null;
  const variable: Variable = expression.of.name;
  const read = OBJECT_READERS[variable];
  if (read === undefined) return null;
  const { missing } = fieldErrors(expression);
  return { read, name: expression.name, absent: absentVariable(variable), missing };
}
