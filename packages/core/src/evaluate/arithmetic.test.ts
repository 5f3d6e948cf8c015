import { describe, expect, it } from "vitest";
import {
  arithmetic,
  call,
  compare,
  errs,
  evaluate,
  literal,
  path,
} from "../../test/expressions.ts";
import type { ArithmeticOperator, Expression } from "../policy/expression.ts";
import { isError } from "./value.ts";

function calculate(left: unknown, operator: ArithmeticOperator, right: unknown): unknown {
  const sum = arithmetic(path("arguments.l"), operator, path("arguments.r"));
  const result = evaluate(sum, { l: left, r: right });
  return isError(result) ? "error" : result;
}

describe("numbers", () => {
  it("are doubles", () => {
    expect(calculate(5, "/", 2)).toBe(2.5);
    expect(calculate(0.1, "+", 0.2)).toBe(0.1 + 0.2);
    expect(calculate(3, "-", 5)).toBe(-2);
    expect(calculate(3, "*", 5)).toBe(15);
    expect(calculate(7, "%", 3)).toBe(1);
    expect(calculate(-7, "%", 3)).toBe(-1);
  });

  it("never become infinite or NaN", () => {
    expect(calculate(1, "/", 0)).toBe("error");
    expect(calculate(0, "/", 0)).toBe("error");
    expect(calculate(1e200, "*", 1e200)).toBe("error");
    expect(calculate(1e308, "+", 1e308)).toBe("error");
    expect(calculate(-1e308, "-", 1e308)).toBe("error");
  });

  it("% needs safe integers and no zero", () => {
    expect(calculate(7, "%", 0)).toBe("error");
    expect(calculate(1.5, "%", 2)).toBe("error");
    expect(calculate(2 ** 53, "%", 2)).toBe("error");
    expect(calculate(7, "%", 2 ** 53)).toBe("error");
  });

  it("do not mix with texts, booleans or null", () => {
    for (const operator of ["+", "-", "*", "/", "%"] as const) {
      expect(calculate(1, operator, "1"), operator).toBe("error");
      expect(calculate("1", operator, 1), operator).toBe("error");
      expect(calculate(true, operator, 1), operator).toBe("error");
      expect(calculate(null, operator, 1), operator).toBe("error");
    }
  });
});

describe("texts and lists", () => {
  it("are joined by +", () => {
    expect(calculate("a", "+", "b")).toBe("ab");
    expect(calculate([1], "+", [2, 3])).toEqual([1, 2, 3]);
    expect(calculate([1], "+", "a")).toBe("error");
    expect(calculate({}, "+", {})).toBe("error");
  });

  it("cannot be made to fill the memory by doubling", () => {
    const text = "x".repeat(2_000);
    let doubled: Expression = path("arguments.s");
    for (let times = 0; times < 10; times++) doubled = arithmetic(doubled, "+", doubled);
    expect(errs(doubled, { s: text })).toBe(true);
    const half = "x".repeat(600_000);
    expect(calculate(half, "+", half)).toBe("error");
    const many = Array.from({ length: 60_000 }, () => 0);
    expect(calculate(many, "+", many)).toBe("error");
  });
});

describe("times", () => {
  const at = call("timestamp", literal("2026-11-22T10:00:00Z"));
  const hour = call("duration", literal("1h"));

  it("are shifted by lengths, and their difference is a length", () => {
    const later = call("timestamp", literal("2026-11-22T11:00:00Z"));
    expect(evaluate(compare(arithmetic(at, "+", hour), "==", later))).toBe(true);
    expect(evaluate(compare(arithmetic(hour, "+", at), "==", later))).toBe(true);
    expect(evaluate(compare(arithmetic(later, "-", hour), "==", at))).toBe(true);
    expect(evaluate(compare(arithmetic(later, "-", at), "==", hour))).toBe(true);
    expect(
      evaluate(compare(arithmetic(at, "-", later), "<", call("duration", literal("0s")))),
    ).toBe(true);
  });

  it("lengths are added and subtracted", () => {
    const two = call("duration", literal("120m"));
    expect(evaluate(compare(arithmetic(hour, "+", hour), "==", two))).toBe(true);
    expect(evaluate(compare(arithmetic(two, "-", hour), "==", hour))).toBe(true);
  });

  it("beyond the years 1 to 9999 are errors", () => {
    const last = call("timestamp", literal("9999-12-31T23:59:59.999Z"));
    const first = call("timestamp", literal("0001-01-01T00:00:00Z"));
    expect(errs(arithmetic(last, "+", call("duration", literal("1ms"))))).toBe(true);
    expect(errs(arithmetic(first, "-", call("duration", literal("1ms"))))).toBe(true);
    expect(errs(arithmetic(last, "-", call("duration", literal("1ms"))))).toBe(false);
  });

  it("do not mix with anything else", () => {
    expect(errs(arithmetic(at, "+", at))).toBe(true);
    expect(errs(arithmetic(at, "+", literal(5)))).toBe(true);
    expect(errs(arithmetic(hour, "-", at))).toBe(true);
    expect(errs(arithmetic(hour, "*", literal(2)))).toBe(true);
    expect(evaluate(compare(at, "==", hour))).toBe(false);
    expect(errs(compare(at, "<", hour))).toBe(true);
  });
});
