import { describe, expect, it } from "vitest";
import {
  callScope,
  compare,
  errs,
  evaluate,
  list,
  literal,
  local,
  over,
  path,
} from "../../test/expressions.ts";
import { compileExpression } from "./expression.ts";
import { BUDGET_EXHAUSTED } from "./cost.ts";
import { isError } from "./value.ts";
import { EVERY_PART } from "../../test/parts.ts";

const items = path("arguments.l");
const isOne = compare({ kind: "field", of: local("x"), name: "n" }, "==", literal(1));

describe("all and exists", () => {
  it("are true and false over an empty list", () => {
    expect(evaluate(over(items, "all", isOne), { l: [] })).toBe(true);
    expect(evaluate(over(items, "exists", isOne), { l: [] })).toBe(false);
  });

  it("absorb errors as && and || do, in any order", () => {
    const [one, two, none] = [{ n: 1 }, { n: 2 }, {}];
    expect(evaluate(over(items, "exists", isOne), { l: [none, one] })).toBe(true);
    expect(evaluate(over(items, "exists", isOne), { l: [one, none] })).toBe(true);
    expect(errs(over(items, "exists", isOne), { l: [none, two] })).toBe(true);
    expect(evaluate(over(items, "all", isOne), { l: [none, two] })).toBe(false);
    expect(errs(over(items, "all", isOne), { l: [one, none] })).toBe(true);
  });

  it("take a body that is no truth for an error", () => {
    expect(errs(over(items, "all", local("x")), { l: [true, 5] })).toBe(true);
    expect(evaluate(over(items, "exists", local("x")), { l: [5, true] })).toBe(true);
  });
});

describe("exists_one, filter and map", () => {
  const above = compare(local("x"), ">", literal(1));

  it("count, keep and change", () => {
    expect(evaluate(over(items, "exists_one", above), { l: [1, 2] })).toBe(true);
    expect(evaluate(over(items, "exists_one", above), { l: [2, 2] })).toBe(false);
    expect(evaluate(over(items, "exists_one", above), { l: [] })).toBe(false);
    expect(evaluate(over(items, "filter", above), { l: [1, 2, 3] })).toEqual([2, 3]);
    expect(evaluate(over(items, "map", above), { l: [1, 2] })).toEqual([false, true]);
  });

  it("give the first error, even where the answer could be known", () => {
    for (const macro of ["exists_one", "filter", "map"] as const) {
      expect(errs(over(items, macro, above), { l: [2, 2, "x"] }), macro).toBe(true);
    }
    expect(errs(over(items, "filter", local("x")), { l: [1] })).toBe(true);
  });

  it("map with a filter leaves out what the filter does not keep, and passes its errors on", () => {
    const doubled = { ...baseMap(), where: above };
    expect(evaluate(doubled, { l: [1, 2, 3] })).toEqual([[2], [3]]);
    expect(errs(doubled, { l: ["x"] })).toBe(true);
    expect(errs({ ...baseMap(), where: local("x") }, { l: [1] })).toBe(true);
  });
});

describe("what is gone through", () => {
  it("is the keys of an object", () => {
    const isK = compare(local("x"), "==", literal("k"));
    expect(evaluate(over(items, "exists", isK), { l: { a: 1, k: 2 } })).toBe(true);
    expect(evaluate(over(items, "filter", isK), { l: { k: 2 } })).toEqual(["k"]);
  });

  it("is a list or an object and nothing else", () => {
    for (const value of ["abc", 5, null, true]) {
      expect(errs(over(items, "all", literal(true)), { l: value }), JSON.stringify(value)).toBe(
        true,
      );
    }
    expect(errs(over(path("arguments.none"), "all", literal(true)))).toBe(true);
  });
});

describe("names that comprehensions bind", () => {
  it("nest, and the innermost wins", () => {
    const inner = over(items, "map", list(local("x"), local("y")), "y");
    expect(evaluate(over(items, "map", inner), { l: [1, 2] })).toEqual([
      [
        [1, 1],
        [1, 2],
      ],
      [
        [2, 1],
        [2, 2],
      ],
    ]);
    const shadowed = over(list(literal(9)), "map", local("x"));
    expect(evaluate(over(items, "map", shadowed), { l: [1, 2] })).toEqual([[9], [9]]);
  });

  it("that nothing binds are refused when the expression is compiled", () => {
    expect(() => compileExpression(local("x"), EVERY_PART)).toThrow("Nothing binds");
    const outside = compare(over(items, "all", literal(true)), "==", local("x"));
    expect(() => compileExpression(outside, EVERY_PART)).toThrow("Nothing binds");
  });
});

describe("the budget", () => {
  it("ends a comprehension nested three deep over 300 items", () => {
    const l = Array.from({ length: 300 }, (_, index) => index);
    const third = over(items, "all", compare(local("z"), ">=", literal(0)), "z");
    const nested = over(items, "all", over(items, "all", third, "y"), "x");
    const budget = { left: 100_000 };
    expect(compileExpression(nested, EVERY_PART)(callScope({ l }), budget)).toBe(BUDGET_EXHAUSTED);
    expect(budget.left).toBeLessThan(0);
  });

  it("once spent is not absorbed, and what is evaluated after it errs", () => {
    const l = Array.from({ length: 300 }, () => false);
    const long = over(items, "all", over(items, "exists", local("y"), "y"), "x");
    const budget = { left: 200 };
    const program = compileExpression({ kind: "or", operands: [long, literal(true)] }, EVERY_PART);
    expect(program(callScope({ l }), budget)).toBe(BUDGET_EXHAUSTED);
    expect(isError(compileExpression(literal(true), EVERY_PART)(callScope({}), budget))).toBe(true);
  });
});

function baseMap(): Extract<Parameters<typeof compileExpression>[0], { kind: "comprehension" }> {
  return { kind: "comprehension", macro: "map", over: items, as: "x", body: list(local("x")) };
}
