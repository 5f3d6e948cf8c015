import { RE2JS } from "@bufbuild/re2";
import { describe, expect, it } from "vitest";
import { estimateInstructions, isClassesOnly } from "./source.ts";

describe("patterns that may read long texts", () => {
  it.each([
    "^[a-z]+$",
    "^[^\\]a-z]*[0-9]{2,4}$",
    "^\\d+\\s?.$",
    "^[[:alpha:]_]+$",
    "^[a[b]+$",
    "^[]a]+$",
    "^\\w{3,}$",
  ])("%s is anchored and classes alone", (pattern) => {
    expect(isClassesOnly(pattern)).toBe(true);
    expect(() => new RE2JS(pattern)).not.toThrow();
  });

  it.each([
    "[a-z]+",
    "^[a-z]+",
    "[a-z]+$",
    "^(?:[a-z])+$",
    "^a+$",
    "^[a-z]|[b]$",
    "^[a-z]\\b$",
    "(?i)^[a-z]$",
    "^$",
    "^[a-z]+?$",
    "^[a]$|^[b]$",
  ])("%s is not", (pattern) => {
    expect(isClassesOnly(pattern)).toBe(false);
  });
});

describe("the estimate of instructions", () => {
  it.each([
    "abc",
    "a{900}",
    "[a-z]{30}(?:x|y){20}",
    "(?:a{10}){90}",
    "\\Qa{9}\\E",
    "[[:alpha:]]{3}",
    "(((a)))",
    "a|b|c",
    "[]{9}]",
    "a{,5}",
    "(?:ab?){0,50}",
  ])("of %s is close enough to tell small from large", (pattern) => {
    const actual = new RE2JS(pattern).re2().prog.numInst();
    const estimate = estimateInstructions(pattern);
    expect(estimate).toBeGreaterThan(actual / 4 - 8);
    expect(estimate).toBeLessThan(4 * actual + 8);
  });

  it("is large for what RE2 would take long over", () => {
    expect(estimateInstructions(`(?:${"abcdefghij".repeat(40)}){1000}`)).toBeGreaterThan(100_000);
    expect(estimateInstructions("[a-z]{1000}".repeat(40))).toBeGreaterThan(30_000);
    expect(estimateInstructions("((((a{10}){10}){10}){10}){10}")).toBeGreaterThan(10_000);
  });
});
