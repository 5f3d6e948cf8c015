import { describe, expect, it } from "vitest";
import { compare, errs, evaluate, list, literal, path } from "../../test/expressions.ts";
import type { Expression } from "../policy/expression.ts";

function map(...entries: readonly (readonly [Expression, Expression])[]): Expression {
  return { kind: "map", entries };
}

describe("lists and objects in an expression", () => {
  it("hold what their parts give", () => {
    expect(evaluate(list(literal(1), path("arguments.a")), { a: "x" })).toEqual([1, "x"]);
    expect(
      evaluate(compare(map([literal("k"), path("arguments.a")]), "==", path("arguments.m")), {
        a: 1,
        m: { k: 1 },
      }),
    ).toBe(true);
  });

  it("are errors when a part is one", () => {
    expect(errs(list(literal(1), path("arguments.none")))).toBe(true);
    expect(errs(map([literal("k"), path("arguments.none")]))).toBe(true);
    expect(errs(map([path("arguments.none"), literal(1)]))).toBe(true);
  });

  it("objects take texts for keys, each once, and __proto__ like any other", () => {
    expect(errs(map([literal(1), literal(1)]))).toBe(true);
    expect(errs(map([literal("k"), literal(1)], [literal("k"), literal(2)]))).toBe(true);
    const odd = map([literal("__proto__"), literal(1)]);
    expect(evaluate({ kind: "field", of: odd, name: "__proto__" })).toBe(1);
    expect(evaluate(compare(literal("toString"), "in", odd))).toBe(false);
  });
});
