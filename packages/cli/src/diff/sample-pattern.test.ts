import { describe, expect, it } from "vitest";
import { samplesOfPattern } from "./sample-pattern.ts";

describe("samples of a pattern", () => {
  it.each([
    "^DE[0-9]{20}$",
    "^(read|write)_\\w+$",
    "^[A-Z]{2}\\d{2}[A-Z0-9]{11,30}$",
    "^https://[a-z.]+/v1/(?:orders|items)$",
    "[^a-z]x+",
    "a|b|cd?",
    "(?P<name>x)\\.y",
    "\\bword\\b",
  ])("of %s match it", (pattern) => {
    const samples = samplesOfPattern(pattern);
    expect(samples.length).toBeGreaterThan(0);
    const matcher = new RegExp(pattern.replace("?P<", "?<"));
    for (const sample of samples) expect(sample).toMatch(matcher);
  });

  it("cover alternatives, and what may be left out", () => {
    expect(samplesOfPattern("^(read|write)$")).toEqual(["read", "write"]);
    expect(samplesOfPattern("^cd?$")).toEqual(["c", "cd"]);
  });

  it("are none of a pattern that is not understood, and never many", () => {
    for (const pattern of ["(", "[a", "a{100000}", "\\"])
      expect(samplesOfPattern(pattern)).toEqual([]);
    expect(samplesOfPattern("(a|b|c|d)(a|b|c|d)(a|b|c|d)").length).toBeLessThanOrEqual(6);
  });
});
