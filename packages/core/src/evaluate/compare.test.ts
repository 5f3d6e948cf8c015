import { describe, expect, it } from "vitest";
import { callScope, compare, errs, evaluate, list, literal, path } from "../../test/expressions.ts";
import type { CompareOperator } from "../policy/expression.ts";
import { compileExpression } from "./expression.ts";
import { isError } from "./value.ts";
import { EVERY_PART } from "../../test/parts.ts";

function holds(operator: CompareOperator, left: unknown, right: unknown): unknown {
  const test = compare(path("arguments.l"), operator, path("arguments.r"));
  const result = evaluate(test, { l: left, r: right });
  return isError(result) ? "error" : result;
}

describe("== and !=", () => {
  it("compare deeply", () => {
    const tree = { a: [1, { b: null }], c: "x" };
    expect(holds("==", tree, { c: "x", a: [1, { b: null }] })).toBe(true);
    expect(holds("==", tree, { ...tree, a: [1, { b: 0 }] })).toBe(false);
    expect(holds("==", [1, 2], [2, 1])).toBe(false);
    expect(holds("==", [], {})).toBe(false);
    expect(holds("!=", { a: 1 }, { a: 1, b: 2 })).toBe(true);
  });

  it("are false and true for values of different kinds", () => {
    for (const [left, right] of [
      [1, "1"],
      [0, false],
      [null, 0],
      ["", null],
      [[], ""],
      [{}, null],
    ]) {
      expect(holds("==", left, right)).toBe(false);
      expect(holds("!=", left, right)).toBe(true);
    }
  });

  it("take minus zero for zero, and 1.0 for 1", () => {
    expect(holds("==", -0, 0)).toBe(true);
    expect(holds("==", 1.0, 1)).toBe(true);
  });

  it("compare texts exactly: no case, no normal form", () => {
    expect(holds("==", "A", "a")).toBe(false);
    expect(holds("==", "\u00e9", "e\u0301")).toBe(false);
  });

  it("are errors where a side is missing, never true", () => {
    expect(errs(compare(path("arguments.none"), "!=", literal("x")))).toBe(true);
    expect(errs(compare(literal("x"), "!=", path("arguments.none")))).toBe(true);
  });

  it("compare keys that look like prototypes as the data they are", () => {
    const left: unknown = JSON.parse(`{"__proto__": 1}`);
    expect(holds("==", left, JSON.parse(`{"__proto__": 1}`))).toBe(true);
    expect(holds("==", left, {})).toBe(false);
    expect(holds("==", { constructor: 1 }, { a: 1 })).toBe(false);
  });
});

describe("<, <=, > and >=", () => {
  it("order numbers, texts and booleans", () => {
    expect(holds("<", 1, 2)).toBe(true);
    expect(holds(">=", 2, 2)).toBe(true);
    expect(holds("<", "a", "b")).toBe(true);
    expect(holds("<", "a", "ab")).toBe(true);
    expect(holds(">", true, false)).toBe(true);
    expect(holds("<=", "", "")).toBe(true);
  });

  it("order texts by code point, not by UTF-16 unit", () => {
    expect(["\uff5e", "\u{1F600}"].sort()).toEqual(["\u{1F600}", "\uff5e"]);
    expect(holds("<", "\u{1F600}", "\uff5e")).toBe(false);
    expect(holds(">", "\u{1F600}", "\uff5e")).toBe(true);
    expect(holds("<", "\u{1F600}", "\u{1F601}")).toBe(true);
  });

  it("are errors across kinds and for kinds without an order", () => {
    for (const [left, right] of [
      [1, "2"],
      ["1", 2],
      [null, null],
      [[1], [2]],
      [{}, {}],
      [true, 1],
    ]) {
      for (const operator of ["<", "<=", ">", ">="] as const) {
        expect(holds(operator, left, right), `${JSON.stringify(left)} ${operator}`).toBe("error");
      }
    }
  });
});

describe("in", () => {
  it("finds an equal item of a list", () => {
    expect(holds("in", 2, [1, 2])).toBe(true);
    expect(holds("in", { a: 1 }, [{ a: 1 }])).toBe(true);
    expect(holds("in", "2", [1, 2])).toBe(false);
    expect(holds("in", "x", [])).toBe(false);
  });

  it("finds an own key of an object, and takes nothing but a text for a key", () => {
    expect(holds("in", "k", { k: null })).toBe(true);
    expect(holds("in", "toString", { k: 1 })).toBe(false);
    expect(holds("in", 1, { 1: true })).toBe("error");
  });

  it("needs a list or an object", () => {
    expect(holds("in", "a", "abc")).toBe("error");
    expect(holds("in", "a", null)).toBe("error");
  });

  it("looks a value up in a list of literals of mixed kinds", () => {
    const members = list(literal("eu"), literal(0), literal(null), literal(true));
    for (const [value, expected] of [
      ["eu", true],
      ["EU", false],
      [-0, true],
      [null, true],
      [false, false],
      [[0], false],
    ] as const) {
      expect(evaluate(compare(path("arguments.v"), "in", members), { v: value })).toBe(expected);
    }
    expect(errs(compare(path("arguments.none"), "in", members))).toBe(true);
  });

  it("pays for each object it compares, however small", () => {
    const among = compare(path("arguments.one"), "in", path("arguments.many"));
    const args = { one: { a: 1 }, many: Array.from({ length: 800 }, () => ({})) };
    const budget = { left: 10_000 };
    expect(compileExpression(among, EVERY_PART)(callScope(args), budget)).toBe(false);
    expect(10_000 - budget.left).toBeGreaterThanOrEqual(800);
  });

  it("sees who is among the agent's roles", () => {
    const isAdmin = compare(literal("admin"), "in", path("agent.roles"));
    for (const [roles, expected] of [
      [["clerk", "admin"], true],
      [["clerk"], false],
      [[], false],
    ] as const) {
      const scope = callScope({}, { agent: { id: "a1", roles } });
      expect(compileExpression(isAdmin, EVERY_PART)(scope, { left: 100 })).toBe(expected);
    }
    const broken = callScope({}, { agent: { id: "a1", roles: "admin" } });
    expect(isError(compileExpression(isAdmin, EVERY_PART)(broken, { left: 100 }))).toBe(true);
  });
});
