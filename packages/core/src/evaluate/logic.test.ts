import { describe, expect, it } from "vitest";
import { and, callScope, errs, evaluate, literal, not, or, path } from "../../test/expressions.ts";
import type { Expression } from "../policy/expression.ts";
import { compileExpression } from "./expression.ts";
import { isError } from "./value.ts";
import { EVERY_PART } from "../../test/parts.ts";

/** The three values of a condition, each by an expression that has it. `other` is a value that is no truth. */
const OPERANDS = {
  true: literal(true),
  false: literal(false),
  error: path("arguments.none"),
  other: literal(32),
} as const;
type Operand = keyof typeof OPERANDS;
const NAMES = Object.keys(OPERANDS) as Operand[];

function outcome(expression: Expression): string {
  const result = evaluate(expression);
  return isError(result) ? "error" : String(result);
}

describe("&& and || absorb errors in both directions", () => {
  const pairs = NAMES.flatMap((left) => NAMES.map((right) => [left, right] as const));

  it.each(pairs)("%s && %s", (left, right) => {
    const both = [left, right];
    const expected = both.includes("false")
      ? "false"
      : both.every((each) => each === "true")
        ? "true"
        : "error";
    expect(outcome(and(OPERANDS[left], OPERANDS[right]))).toBe(expected);
  });

  it.each(pairs)("%s || %s", (left, right) => {
    const both = [left, right];
    const expected = both.includes("true")
      ? "true"
      : both.every((each) => each === "false")
        ? "false"
        : "error";
    expect(outcome(or(OPERANDS[left], OPERANDS[right]))).toBe(expected);
  });

  it("three operands behave as two nested pairs do", () => {
    for (const a of NAMES) {
      for (const b of NAMES) {
        for (const c of NAMES) {
          const [x, y, z] = [OPERANDS[a], OPERANDS[b], OPERANDS[c]];
          expect(outcome(and(x, y, z)), `${a} && ${b} && ${c}`).toBe(outcome(and(and(x, y), z)));
          expect(outcome(or(x, y, z)), `${a} || ${b} || ${c}`).toBe(outcome(or(x, or(y, z))));
        }
      }
    }
  });

  it("the first error is the one that is told", () => {
    const result = evaluate(and(path("arguments.first"), literal(true), path("arguments.second")));
    expect(isError(result) && result.reason).toBe("arguments.first is missing");
  });

  it("nothing behind the absorbing operand is evaluated", () => {
    const budget = { left: 100 };
    const long = and(literal(false), ...Array.from({ length: 50 }, () => literal(true)));
    compileExpression(long, EVERY_PART)(callScope({}), budget);
    expect(budget.left).toBe(98);
  });
});

describe("! and ?:", () => {
  it("! turns true and false round and passes an error on", () => {
    expect(evaluate(not(literal(true)))).toBe(false);
    expect(evaluate(not(literal(false)))).toBe(true);
    expect(errs(not(OPERANDS.error))).toBe(true);
    expect(errs(not(OPERANDS.other))).toBe(true);
  });

  it("the branch that is not taken is not evaluated", () => {
    expect(evaluate(choose(literal(true), literal(1), OPERANDS.error))).toBe(1);
    expect(evaluate(choose(literal(false), OPERANDS.error, literal(2)))).toBe(2);
  });

  it("a test that errs, or is no truth, is an error whatever the branches say", () => {
    expect(errs(choose(OPERANDS.error, literal(true), literal(true)))).toBe(true);
    expect(errs(choose(OPERANDS.other, literal(true), literal(true)))).toBe(true);
  });
});

describe("unary minus", () => {
  it("negates a number and nothing else", () => {
    expect(evaluate({ kind: "negate", of: literal(5) })).toBe(-5);
    expect(errs({ kind: "negate", of: literal("5") })).toBe(true);
    expect(errs({ kind: "negate", of: OPERANDS.error })).toBe(true);
  });
});

function choose(test: Expression, then: Expression, otherwise: Expression): Expression {
  return { kind: "if", test, then, else: otherwise };
}
