import { RE2JS } from "@bufbuild/re2";
import {
  ENGINE,
  EXPRESSION_LIMITS,
  isInterlatchError,
  PATTERN_OPERATIONS,
  type PatternProgram,
  type Policy,
} from "@interlatch/core";
import { createPatterns, validatePolicy } from "@interlatch/core/build";
import { describe, expect, it } from "vitest";
import { PatternSources } from "./compile.ts";
import { compilePatterns, tableOf } from "./table.ts";

function programOf(pattern: string): PatternProgram {
  return new PatternSources(RE2JS).compile(pattern).program;
}

function refusal(pattern: string): string {
  try {
    programOf(pattern);
  } catch (error) {
    return isInterlatchError(error, "ERR_BUNDLE_POLICY") ? error.message : "another error";
  }
  return "compiled";
}

describe("a pattern is refused", () => {
  it.each(["(?<=a)b", "(a)\\1", "(", "[", "a**", "\\p{Nonsense}", "(?P<n>", "a{1001}"])(
    "when RE2 does not know it: %s",
    (pattern) => {
      expect(refusal(pattern)).toContain("RE2");
    },
  );

  it("when it is longer than 512 characters", () => {
    expect(refusal("a".repeat(EXPRESSION_LIMITS.patternLength))).toBe("compiled");
    expect(refusal("a".repeat(EXPRESSION_LIMITS.patternLength + 1))).toContain("513 characters");
  });

  it("when it expands to more than 1,000 instructions", () => {
    expect(refusal("a{900}")).toBe("compiled");
    expect(refusal("(?:a{100}){100}")).toContain("1000 instructions");
    expect(refusal("a{999}")).toContain("1000 instructions");
    expect(refusal("[a-z]{500}[0-9]{600}")).toContain("1000 instructions");
    expect(refusal(`(?:${"abcdefghij".repeat(40)}){1000}`)).toContain("1000 instructions");
    expect(refusal(`${"[a-z]{1000}".repeat(40)}`)).toContain("1000 instructions");
  });

  it("when all patterns of a policy together would take long to compile", () => {
    const sources = new PatternSources(RE2JS);
    function compileMany(): void {
      for (let first = 0; first < 2_000; first++) sources.compile(manyLetters(first));
    }
    expect(compileMany).toThrow("too large together");
    expect(refusal(manyLetters(1_999))).toBe("compiled");
  });
});

/** A pattern of classes that each hold all letters and one sign more. */
function manyLetters(first: number): string {
  return (
    Array.from(
      { length: 70 },
      (_, index) => `[\\pL${String.fromCodePoint(0x2000 + 70 * (first % 70) + index)}]`,
    ).join("") + String(first)
  );
}

describe("a program", () => {
  it("has neither captures nor what no way leads to", () => {
    const { rune, split, match } = PATTERN_OPERATIONS;
    expect(programOf("(a)(b)").code).toEqual([rune, 1, 0, rune, 2, 1, match, 0, 0]);
    expect(programOf("((a)|(bc))d").code).toEqual(programOf("(?:a|bc)d").code);
    expect(programOf("a*").code).toEqual([rune, 1, 0, split, 0, 2, match, 0, 0]);
  });

  it("matches nothing where RE2 finds that nothing can match", () => {
    const [only, ...more] = programOf("[^\\x00-\\x{10FFFF}]").code;
    expect([only, more]).toEqual([PATTERN_OPERATIONS.fail, [0, 0]]);
  });

  it("names what every match holds", () => {
    expect(programOf("needle")).toMatchObject({ literals: "needle", isLiteral: true });
    expect(programOf("secret_[a-z]").literals).toBe("secret_");
    expect(programOf("foo[0-9](?:bar|qux)").literals).toEqual({
      all: ["foo", { any: ["bar", "qux"] }],
    });
    for (const pattern of ["[a-z]+", "(?i)secret", "", "(?:foo)?", "\\x{D800}"]) {
      expect(programOf(pattern)).not.toHaveProperty("literals");
      expect(programOf(pattern)).not.toHaveProperty("isLiteral");
    }
  });

  it("may be asked about long texts where it is anchored and classes alone", () => {
    expect(programOf("^[a-z]+$").anyLength).toBe(true);
    expect(programOf("[a-z]+")).not.toHaveProperty("anyLength");
  });

  it("looks for no literal that stands deeper than a policy may say", () => {
    const deep = `${"a[0-9](?:".repeat(40)}z${"|b)".repeat(40)}`;
    expect(refusal(deep)).toBe("compiled");
    expect(JSON.stringify(programOf(deep).literals).match(/"a"/g)).toHaveLength(8);
    expect(() => load([deep])).not.toThrow();
    const texts = ["a1a2b", "a1b", "a1", "b1b"].map((text) => matches(deep, text));
    expect(texts).toEqual([true, true, false, false]);
  });
});

function matches(pattern: string, text: string): boolean {
  return createPatterns(load([pattern]).patterns)
    .compile(pattern)
    .test(text);
}

describe("the table of a policy", () => {
  it("is sorted, holds each set once, and does not depend on the order of its patterns", async () => {
    const patterns = ["z[0-9]", "a[0-9]+", "[a-z]", "(?i)k", "m"];
    const table = await compilePatterns(patterns);
    expect(table).toEqual(await compilePatterns([...patterns, "m"].reverse()));
    expect(table?.programs.map(({ pattern }) => pattern)).toEqual([...patterns].sort());
    const sets = table?.sets.map(String) ?? [];
    expect(new Set(sets).size).toBe(sets.length);
    expect(sets).toContain("75,75,107,107,8490,8490");
  });

  it("is none where there is no pattern", async () => {
    expect(await compilePatterns([])).toBeUndefined();
    expect(tableOf(new PatternSources(RE2JS))).toBeUndefined();
  });

  it("loads, and finds each of its patterns", async () => {
    const patterns = [
      "^[a-z]+$",
      "needle",
      "\\bfoo\\b",
      "(?i)\\pL{3}|x",
      "[^\\x00-\\x{10FFFF}]",
      "",
    ];
    const { patterns: loaded } = load(patterns);
    for (const pattern of patterns) createPatterns(loaded).compile(pattern);
    expect(loaded?.programs).toHaveLength(patterns.length);
  });
});

/** What a run time makes of the table of these patterns. */
function load(patterns: readonly string[]): Policy {
  const sources = new PatternSources(RE2JS);
  for (const pattern of patterns) sources.compile(pattern);
  const table = tableOf(sources);
  return validatePolicy({
    engine: ENGINE,
    id: "patterns",
    mode: "enforce",
    agents: null,
    tools: {},
    facts: {},
    rules: [],
    ...(table === undefined ? {} : { patterns: table }),
  });
}
