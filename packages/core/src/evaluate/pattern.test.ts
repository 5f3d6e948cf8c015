import { describe, expect, it } from "vitest";
import {
  BEGIN,
  END,
  exactly,
  letters,
  many,
  place,
  range,
  sequence,
  tableOf,
  times,
} from "../../test/patterns.ts";
import { isInterlatchError } from "../errors/errors.ts";
import { createPatterns } from "./pattern.ts";

const patterns = createPatterns(
  tableOf({
    "[0-9]{4}": times(4, range("09")),
    "^[a-z]*$": { of: sequence(BEGIN, many(range("az")), END), anyLength: true },
    "\\bab\\b": sequence(place(16), exactly("ab"), place(16)),
    "secret_[a-z]{10}": {
      of: sequence(exactly("secret_"), times(10, range("az"))),
      literals: "secret_",
    },
    "x[0-9]y|z[0-9]y": {
      of: sequence(letters("xz"), range("09"), letters("y")),
      literals: { all: [{ any: ["x", "z"] }, "y"] },
    },
    needle: { of: exactly("needle"), literals: "needle", isLiteral: true },
    "[ab]*[cd]*": sequence(many(letters("ab")), many(letters("cd"))),
    "(?:[ab]*[cd]*){20}": times(20, sequence(many(letters("ab")), many(letters("cd")))),
  }),
);

describe("a pattern", () => {
  it.each([
    ["[0-9]{4}", "id 2026", true],
    ["[0-9]{4}", "id 202", false],
    ["^[a-z]*$", "abc", true],
    ["^[a-z]*$", "", true],
    ["^[a-z]*$", "abc\n", false],
    ["\\bab\\b", "an ab", true],
    ["\\bab\\b", "an abc", false],
    ["needle", "hay needle hay", true],
    ["needle", "hay", false],
    ["x[0-9]y|z[0-9]y", "z1y", true],
    ["x[0-9]y|z[0-9]y", "x1z", false],
  ])("%s in %j: %s", (pattern, text, expected) => {
    expect(patterns.compile(pattern).test(text)).toBe(expected);
  });

  it("is made ready once", () => {
    expect(patterns.compile("needle")).toBe(patterns.compile("needle"));
  });

  it("without a program is refused, and so is one that looks like something inherited", () => {
    for (const pattern of ["[0-9]{5}", "constructor", "__proto__"]) {
      let thrown: unknown;
      try {
        patterns.compile(pattern);
      } catch (error) {
        thrown = error;
      }
      expect(isInterlatchError(thrown, "ERR_BUNDLE_POLICY")).toBe(true);
    }
    expect(() => createPatterns(undefined).compile("a")).toThrow('no program for the pattern "a"');
  });
});

describe("the cost of a pattern", () => {
  it("is that of its literals where the text lacks them", () => {
    const pattern = patterns.compile("secret_[a-z]{10}");
    const text = "x".repeat(640);
    expect(pattern.mayMatch(text)).toBe(false);
    expect(pattern.scanCost(text)).toBe(20);
    expect(patterns.compile("x[0-9]y|z[0-9]y").scanCost(text)).toBe(60);
    expect(patterns.compile("[0-9]{4}").scanCost(text)).toBe(0);
  });

  it("is nothing more where the literal is the pattern", () => {
    expect(patterns.compile("needle").searchCost("x".repeat(640))).toBe(0);
  });

  it("grows with text and instructions, and does not depend on what was asked before", () => {
    const pattern = patterns.compile("[ab]*[cd]*");
    const text = "ab".repeat(1_000);
    const before = pattern.searchCost(text);
    pattern.test(text);
    expect(pattern.searchCost(text)).toBe(before);
    expect(pattern.searchCost(text.repeat(2))).toBeGreaterThan(1.9 * before);
    expect(patterns.compile("(?:[ab]*[cd]*){20}").searchCost(text)).toBeGreaterThan(2 * before);
  });

  it("is bounded by the length of the text, unless the table says otherwise", () => {
    expect(patterns.compile("[0-9]{4}").subjectLimit).toBe(8_192);
    expect(patterns.compile("^[a-z]*$").subjectLimit).toBe(Infinity);
  });
});
