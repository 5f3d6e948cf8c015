import { describe, expect, it } from "vitest";
import { callScope, errs, evaluate, literal, path } from "../../test/expressions.ts";
import {
  BEGIN,
  END,
  exactly,
  letters,
  many,
  oneOf,
  range,
  sequence,
  tableOf,
  times,
} from "../../test/patterns.ts";
import type { Expression } from "../policy/expression.ts";
import { compileExpression } from "./expression.ts";
import { createPatterns } from "./pattern.ts";
import { isError } from "./value.ts";
import { EVERY_PART, partsWith } from "../../test/parts.ts";

const word = sequence(range("az"), many(range("az")));
const patterns = createPatterns(
  tableOf({
    a: exactly("a"),
    b: exactly("b"),
    "[0-9]{4}": times(4, range("09")),
    "(?i)ok": sequence(letters("Oo"), oneOf(0x4b, 0x4b, 0x6b, 0x6b, 0x212a, 0x212a)),
    "^[a-z]+": sequence(BEGIN, word),
    "^[a-z]+$": { of: sequence(BEGIN, word, END), anyLength: true },
    "(?:[ab][cd]){20}": times(20, sequence(letters("ab"), letters("cd"))),
  }),
);

function matches(pattern: string): Expression {
  return { kind: "matches", of: path("arguments.s"), pattern };
}

describe("matches", () => {
  it("finds a part of the text", () => {
    expect(evaluate(matches("[0-9]{4}"), { s: "id 20261" }, patterns)).toBe(true);
    expect(evaluate(matches("(?i)ok"), { s: "it is o\u212a" }, patterns)).toBe(true);
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
    const program = compileExpression(matches("(?:[ab][cd]){20}"), partsWith(patterns));
    const budget = { left: 500 };
    expect(isError(program(callScope({ s: "a".repeat(8_000) }), budget))).toBe(true);
    expect(budget.left).toBeLessThan(0);
  });

  it("without a program is refused when the condition is compiled", () => {
    expect(() => compileExpression(matches("a"), EVERY_PART)).toThrow("was not loaded");
    expect(() => compileExpression(matches("c"), partsWith(patterns))).toThrow(
      "no program for the pattern",
    );
    expect(evaluate(literal(true), {}, null)).toBe(true);
  });
});
