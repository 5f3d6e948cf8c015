import type { CompareOperator, Expression } from "@interlatch/core";
import type { Scalar } from "./known.ts";
import { keyOf } from "./key.ts";

/** What an atom says of its subject. */
export type Test =
  | { readonly operator: "==" | "!=" | "<" | "<=" | ">" | ">="; readonly value: Scalar }
  | { readonly operator: "in" | "not in"; readonly values: readonly Scalar[] }
  /** The subject is itself a condition. */
  | { readonly operator: "is"; readonly value: boolean };

/** A condition without `&&`, `||` and `!`: a test of one subject against literals. */
export interface Atom {
  readonly kind: "atom";
  readonly subject: Expression;
  /** Equal for equal subjects. */
  readonly key: string;
  readonly test: Test;
  /** What was written. */
  readonly expression: Expression;
}

/** A condition as `&&` and `||` of atoms. It is true, false or an error exactly where the condition is. */
export type Normal =
  | Atom
  | {
      readonly kind: "all" | "any";
      readonly parts: readonly Normal[];
      readonly expression: Expression;
    };

/** The normal form of a condition, or of its negation: negations are moved inwards as De Morgan says, which errors do not change. */
export function normalOf(expression: Expression, isTrue = true): Normal {
  switch (expression.kind) {
    case "not":
      return normalOf(expression.of, !isTrue);
    case "and":
    case "or": {
      const kind = (expression.kind === "and") === isTrue ? "all" : "any";
      const parts = expression.operands
        .map((operand) => normalOf(operand, isTrue))
        .flatMap((part) => (part.kind === kind ? part.parts : [part]));
      return { kind, parts, expression };
    }
    default:
      return atomOf(expression, isTrue);
  }
}

/** Everything that is true whenever a condition is (of its negation: whenever it is false), as far as atoms say it. */
export function atomsOf(expression: Expression, isTrue = true): readonly Atom[] {
  const normal = normalOf(expression, isTrue);
  if (normal.kind === "atom") return [normal];
  return normal.kind === "any" ? [] : atomsIn(normal.parts);
}

/** The parts that are atoms. */
export function atomsIn(parts: readonly Normal[]): readonly Atom[] {
  return parts.filter((part) => part.kind === "atom");
}

function atomOf(expression: Expression, isTrue: boolean): Atom {
  return (
    compareAtom(expression, isTrue) ??
    atom(expression, { operator: "is", value: isTrue }, expression)
  );
}

function atom(subject: Expression, test: Test, expression: Expression): Atom {
  return { kind: "atom", subject, key: keyOf(subject), test, expression };
}

function compareAtom(expression: Expression, isTrue: boolean): Atom | undefined {
  if (expression.kind !== "compare") return undefined;
  const { operator, left, right } = expression;
  if (operator === "in") {
    const values = literalsOf(right);
    if (values === undefined || left.kind === "literal") return undefined;
    return atom(left, { operator: isTrue ? "in" : "not in", values }, expression);
  }
  const operatorNow = isTrue ? operator : OPPOSITE[operator];
  if (right.kind === "literal" && left.kind !== "literal")
    return atom(left, { operator: operatorNow, value: right.value }, expression);
  if (left.kind === "literal" && right.kind !== "literal")
    return atom(right, { operator: MIRRORED[operatorNow], value: left.value }, expression);
  return undefined;
}

type Comparing = Exclude<CompareOperator, "in">;

const OPPOSITE: Readonly<Record<Comparing, Comparing>> = {
  "==": "!=",
  "!=": "==",
  "<": ">=",
  "<=": ">",
  ">": "<=",
  ">=": "<",
};

const MIRRORED: Readonly<Record<Comparing, Comparing>> = {
  "==": "==",
  "!=": "!=",
  "<": ">",
  "<=": ">=",
  ">": "<",
  ">=": "<=",
};

function literalsOf(list: Expression): readonly Scalar[] | undefined {
  if (list.kind !== "list") return undefined;
  const values = list.items.flatMap((item) => (item.kind === "literal" ? [item.value] : []));
  return values.length === list.items.length ? values : undefined;
}
