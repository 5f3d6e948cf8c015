import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { call, callScope, errs, evaluate, literal, path } from "../../../test/expressions.ts";
import type { FunctionName } from "../../policy/expression.ts";
import { BUDGET_EXHAUSTED } from "../cost.ts";
import { compileExpression } from "../expression.ts";
import { containsText } from "./text-search.ts";
import { codePoints } from "./text.ts";
import { EVERY_PART } from "../../../test/parts.ts";

function test(name: FunctionName, text: unknown, part: string): unknown {
  return evaluate(call(name, path("arguments.s"), literal(part)), { s: text });
}

describe("size", () => {
  const size = call("size", path("arguments.x"));

  it("counts code points, items and keys", () => {
    expect(evaluate(size, { x: "\u{1F600}" })).toBe(1);
    expect(evaluate(size, { x: "e\u0301" })).toBe(2);
    expect(evaluate(size, { x: "" })).toBe(0);
    expect(evaluate(size, { x: [1, [2]] })).toBe(2);
    expect(evaluate(size, { x: { a: 1, b: 2 } })).toBe(2);
  });

  it("counts a surrogate without its partner as one", () => {
    expect(evaluate(size, { x: "\ud83d" })).toBe(1);
    expect(evaluate(size, { x: "\ude00\ud83d" })).toBe(2);
  });

  it("of anything else is an error", () => {
    for (const value of [5, null, true]) expect(errs(size, { x: value })).toBe(true);
  });

  it("agrees with the iterator of texts", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom("a", "\u00e9", "\u{1F600}", "\ud83d", "\ude00") }),
        (text) => codePoints(text) === [...text].length,
      ),
    );
  });
});

describe("startsWith, endsWith and contains", () => {
  it("look at the text as it is", () => {
    expect(test("startsWith", "rm -rf", "rm ")).toBe(true);
    expect(test("startsWith", " rm -rf", "rm ")).toBe(false);
    expect(test("endsWith", "key.pem", ".pem")).toBe(true);
    expect(test("contains", "drop table", "DROP")).toBe(false);
    expect(test("contains", "a DROP b", "DROP")).toBe(true);
    expect(test("contains", "abc", "")).toBe(true);
  });

  it("take texts alone", () => {
    for (const name of ["startsWith", "endsWith", "contains"] as const) {
      expect(errs(call(name, path("arguments.s"), literal("rm ")), { s: ["rm "] })).toBe(true);
      expect(errs(call(name, literal("rm "), path("arguments.s")), { s: 5 })).toBe(true);
      expect(errs(call(name, literal("rm "), literal(5)))).toBe(true);
    }
  });
});

describe("lower", () => {
  it("lowers by Unicode, whatever the locale", () => {
    expect(evaluate(call("lower", literal("STRAW \u00c4\u0416I")))).toBe("straw \u00e4\u0436i");
    expect(errs(call("lower", literal(5)))).toBe(true);
  });
});

describe("searching", () => {
  it("finds what the native search finds", () => {
    const letters = fc.string({ unit: fc.constantFrom("a", "b"), maxLength: 400 });
    const part = fc.string({ unit: fc.constantFrom("a", "b"), maxLength: 200 });
    fc.assert(
      fc.property(letters, part, (text, of) => containsText(text, of) === text.includes(of)),
    );
  });

  it("finds long parts wherever they begin", () => {
    const part = `${"ab".repeat(100)}c`;
    for (const lead of ["", "a", "ab", "ababab", part.slice(0, 199)]) {
      expect(containsText(`${lead}${part}tail`, part)).toBe(true);
      expect(containsText(`${lead}${part.slice(0, -1)}`, part)).toBe(lead === part);
    }
  });

  it("is charged for before it begins", () => {
    const search = call("contains", path("arguments.s"), path("arguments.p"));
    const text = "a".repeat(500_000);
    const budget = { left: 10_000 };
    const result = compileExpression(search, EVERY_PART)(callScope({ s: text, p: "b" }), budget);
    expect(result).toBe(BUDGET_EXHAUSTED);
  });
});
