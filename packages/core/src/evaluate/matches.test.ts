import { beforeAll, describe, expect, it } from "vitest";
import { callScope, errs, evaluate, literal, path } from "../../test/expressions.ts";
import type { Expression } from "../policy/expression.ts";
import { compileExpression } from "./expression.ts";
import { loadPatternCompiler, type PatternCompiler } from "./pattern.ts";
import { isError } from "./value.ts";

let patterns: PatternCompiler;
beforeAll(async () => {
  patterns = await loadPatternCompiler();
});

function matches(pattern: string): Expression {
  return { kind: "matches", of: path("arguments.s"), pattern };
}

describe("matches", () => {
  it("finds a part of the text", () => {
    expect(evaluate(matches("[0-9]{4}"), { s: "id 20261" }, patterns)).toBe(true);
    expect(evaluate(matches("(?i)secret"), { s: "My SECRET" }, patterns)).toBe(true);
    expect(evaluate(matches("^[a-z]+$"), { s: "abc\n" }, patterns)).toBe(false);
  });

  it("of anything but a text is an error", () => {
    for (const value of [5, null, ["a"], {}])
      expect(errs(matches("a"), { s: value }, patterns)).toBe(true);
    expect(errs(matches("a"), {}, patterns)).toBe(true);
  });

  it("of a text beyond 8,192 is an error, unless the pattern is anchored and classes alone", () => {
    const long = "a".repeat(8_193);
    expect(evaluate(matches("b"), { s: long.slice(1) }, patterns)).toBe(false);
    expect(errs(matches("b"), { s: long }, patterns)).toBe(true);
    expect(errs(matches("^[a-z]+"), { s: long }, patterns)).toBe(true);
    expect(evaluate(matches("^[a-z]+$"), { s: long }, patterns)).toBe(true);
  });

  it("beyond the budget is an error before anything is searched", () => {
    const program = compileExpression(matches("(?:[ab][cd]){20}"), patterns);
    const budget = { left: 500 };
    expect(isError(program(callScope({ s: "a".repeat(8_000) }), budget))).toBe(true);
    expect(budget.left).toBeLessThan(0);
  });

  it("without RE2 is refused when the condition is compiled", () => {
    expect(() => compileExpression(matches("a"), null)).toThrow("RE2 is not loaded");
    expect(evaluate(literal(true), {}, null)).toBe(true);
  });
});
