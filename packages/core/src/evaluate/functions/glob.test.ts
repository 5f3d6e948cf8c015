import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { call, errs, evaluate, literal, path } from "../../../test/expressions.ts";
import { compileGlob } from "./glob.ts";

function fits(pattern: string, text: string, separator = "/"): boolean {
  return compileGlob(pattern, separator).matches(text);
}

describe("glob", () => {
  it("is about the whole text, and case counts", () => {
    expect(fits("*.csv", "report.csv")).toBe(true);
    expect(fits("*.csv", "report.csv.exe")).toBe(false);
    expect(fits("*.csv", "report.CSV")).toBe(false);
    expect(fits("report.csv", "report.csv")).toBe(true);
    expect(fits("", "")).toBe(true);
    expect(fits("", "a")).toBe(false);
  });

  it("* stays within a segment and ** crosses", () => {
    expect(fits("*.csv", "a/b.csv")).toBe(false);
    expect(fits("**.csv", "a/b.csv")).toBe(true);
    expect(fits("/orders/*", "/orders/7")).toBe(true);
    expect(fits("/orders/*", "/orders/7/lines")).toBe(false);
    expect(fits("/orders/**", "/orders/7/lines")).toBe(true);
    expect(fits("/a/*/c/**", "/a/b/c/d/e")).toBe(true);
    expect(fits("/a/*/c/**", "/a/b/b/c/d")).toBe(false);
    expect(fits("***", "a/b")).toBe(true);
  });

  it("segments end where the caller says", () => {
    expect(fits("*.internal.acme.test", "db.internal.acme.test", ".")).toBe(true);
    expect(fits("*.internal.acme.test", "a.db.internal.acme.test", ".")).toBe(false);
    expect(fits("**.internal.acme.test", "a.db.internal.acme.test", ".")).toBe(true);
  });

  it("wildcards may stand for nothing", () => {
    expect(fits("a*", "a")).toBe(true);
    expect(fits("a**b*", "ab")).toBe(true);
    expect(fits("a*b", "ab")).toBe(true);
  });

  it("every other sign stands for itself", () => {
    expect(fits("*.csv", "report-csv")).toBe(false);
    for (const sign of ["?", "[a]", "{a,b}", "\\", "^", "$", "(", ".", "+", "!"]) {
      expect(fits(`*x${sign}`, `ax${sign}`), sign).toBe(true);
      expect(fits(`*x${sign}*y`, `ax${sign}by`), sign).toBe(true);
      expect(fits(`*x${sign}`, "axa"), sign).toBe(false);
    }
  });

  it("does not match more because a part overlaps itself", () => {
    expect(fits("aba*aba", "aba")).toBe(false);
    expect(fits("aba*aba", "ababa")).toBe(false);
    expect(fits("aba*aba", "abaaba")).toBe(true);
  });

  it("agrees with the regular expression that means the same", () => {
    const pattern = fc.string({ unit: fc.constantFrom("a", "b", "/", "*", "**"), maxLength: 8 });
    const text = fc.string({ unit: fc.constantFrom("a", "b", "/"), maxLength: 12 });
    fc.assert(
      fc.property(pattern, text, (glob, subject) => {
        const source = glob.replace(/\*{2,}/g, "\u0000").replace(/\*/g, "[^/]*");
        const expected = new RegExp(`^${source.replaceAll("\u0000", "[^]*")}$`).test(subject);
        expect(fits(glob, subject)).toBe(expected);
      }),
      { numRuns: 2_000 },
    );
  });

  it("as a function takes texts, and a pattern of at most 512 characters", () => {
    const test = call("glob", path("arguments.s"), path("arguments.g"));
    expect(evaluate(test, { s: "a/b.csv", g: "a/*.csv" })).toBe(true);
    expect(evaluate(call("glob", literal("a/b.csv"), literal("*.csv")))).toBe(false);
    expect(errs(test, { s: 5, g: "*" })).toBe(true);
    expect(errs(test, { s: "a", g: 5 })).toBe(true);
    expect(errs(test, { s: "a", g: "a".repeat(513) })).toBe(true);
  });
});
