import fc from "fast-check";
import { RE2JS } from "@bufbuild/re2";
import { beforeAll, describe, expect, it } from "vitest";
import { isInterlatchError } from "../errors/errors.ts";
import { EXPRESSION_LIMITS } from "../policy/expression.ts";
import { loadPatternCompiler, type PatternCompiler } from "./pattern.ts";

let patterns: PatternCompiler;
beforeAll(async () => {
  patterns = await loadPatternCompiler();
});

function finds(pattern: string, text: string): boolean {
  return patterns.compile(pattern).test(text);
}

function refusal(pattern: string): string {
  try {
    patterns.compile(pattern);
  } catch (error) {
    return isInterlatchError(error, "ERR_BUNDLE_POLICY") ? error.message : "another error";
  }
  return "compiled";
}

describe("a pattern", () => {
  it.each([
    ["", "", true],
    ["^$", "", true],
    ["^$", "a", false],
    ["a", "", false],
    ["abc", "xxabcxx", true],
    ["^abc", "xabc", false],
    ["abc$", "abc\n", false],
    ["(?m)^b$", "a\nb\nc", true],
    ["(?m)^b$", "a\nbb\nc", false],
    ["(?s)a.b", "a\nb", true],
    ["a.b", "a\nb", false],
    ["\\bfoo\\b", "a foo b", true],
    ["\\bfoo\\b", "afoo b", false],
    ["\\Bfoo", "afoo", true],
    ["\\Bfoo", " foo", false],
    ["foo\\b", "foo", true],
    ["\\b", "", false],
    ["\\B", "", true],
    ["(?i)stra\u00dfe", "STRA\u1e9eE", true],
    ["(?i)k", "\u212a", true],
    ["(?i)[k]", "\u212a", true],
    ["^.$", "\u{1F600}", true],
    ["^..$", "\u{1F600}", false],
    ["^\\pL+$", "B\u00fccher\u6f22", true],
    ["^\\pL+$", "a1", false],
    ["\\x{1F600}", "x\u{1F600}", true],
    ["(?:a|b|c)d|e", "cd", true],
    ["a{2,3}b", "aab", true],
    ["^a{2,3}b", "ab", false],
    ["(a*)*b", "aaab", true],
    ["(a*)+$", "aaac", true],
    ["^(a*)+$", "aaac", false],
    ["x*", "aaa", true],
    ["\\Qa.b\\E", "a.b", true],
    ["\\Qa.b\\E", "axb", false],
    ["\\Aab\\z", "ab", true],
  ])("%j in %j: %s", (pattern, text, expected) => {
    expect(finds(pattern, text)).toBe(expected);
  });

  it("is linear where others go back and forth", () => {
    expect(finds("^(a+)+$", `${"a".repeat(5_000)}!`)).toBe(false);
    expect(finds("(x+x+)+y", "x".repeat(5_000))).toBe(false);
  });

  it("gives one answer, however often and after whatever it is asked", () => {
    const pattern = patterns.compile("(?:a|b)*a(?:a|b){14}[cd]");
    const texts = Array.from({ length: 200 }, (_, index) =>
      [...index.toString(2).padStart(40, "01")].map((bit) => (bit === "0" ? "a" : "b")).join(""),
    );
    for (let round = 0; round < 3; round++) {
      for (const text of texts) {
        expect(pattern.test(text)).toBe(false);
        expect(pattern.test(`${text}c`)).toBe(text.at(-15) === "a");
      }
    }
  });

  it("agrees with RE2's own matcher and with JavaScript on random patterns and texts", () => {
    const atom = fc.constantFrom(
      "a",
      "b",
      "c",
      "[ab]",
      "[^a]",
      ".",
      "\\b",
      "\\B",
      "^",
      "$",
      "\\w",
      "(?:ab)",
      "\u00e9",
    );
    const { pattern } = fc.letrec<{ pattern: string }>((tie) => ({
      pattern: fc.oneof(
        { depthSize: "small", withCrossShrink: true },
        atom,
        fc.tuple(tie("pattern"), tie("pattern")).map(([left, right]) => left + right),
        fc.tuple(tie("pattern"), tie("pattern")).map(([left, right]) => `(?:${left}|${right})`),
        fc
          .tuple(tie("pattern"), fc.constantFrom("*", "+", "?", "{2}", "{1,3}"))
          .map(([of, times]) => `(?:${of})${times}`),
      ),
    }));
    const text = fc.string({
      unit: fc.constantFrom("a", "b", "c", " ", "\n", "\u00e9", "\u{1F600}"),
      maxLength: 12,
    });
    fc.assert(
      fc.property(pattern, fc.array(text, { minLength: 1, maxLength: 6 }), (source, subjects) => {
        const compiled = patterns.compile(source);
        const own = new RE2JS(source);
        const native = new RegExp(source, "u");
        for (const subject of subjects) {
          expect(compiled.test(subject), `${source} ${JSON.stringify(subject)}`).toBe(
            own.test(subject),
          );
          // JavaScript looks between the halves of a surrogate pair, where RE2 sees no place.
          if (subject.includes("\u{1F600}")) continue;
          expect(compiled.test(subject), `${source} ${JSON.stringify(subject)}`).toBe(
            native.test(subject),
          );
        }
      }),
      { numRuns: 1_500 },
    );
  });

  it("ignores case as RE2 does, for every letter that has a case", () => {
    const cased = Array.from({ length: 0x1_0500 }, (_, rune) => String.fromCodePoint(rune)).filter(
      (letter) => letter.toLowerCase() !== letter || letter.toUpperCase() !== letter,
    );
    expect(cased.length).toBeGreaterThan(2_000);
    for (const letter of [
      "k",
      "K",
      "s",
      "\u017f",
      "\u00df",
      "\u0130",
      "\u03c3",
      "\u0416",
      "\ua64a",
      "\u{10400}",
    ]) {
      const own = new RE2JS(`(?i)^${letter}$`);
      const compiled = patterns.compile(`(?i)^${letter}$`);
      const differs = cased.filter((text) => compiled.test(text) !== own.test(text));
      expect(differs).toEqual([]);
    }
  });
});

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
    expect(patterns.compile("a{900}").instructions).toBeLessThanOrEqual(
      EXPRESSION_LIMITS.patternInstructions,
    );
    expect(refusal("(?:a{100}){100}")).toContain("1000 instructions");
    expect(refusal("a{999}")).toContain("1000 instructions");
    expect(refusal("[a-z]{500}[0-9]{600}")).toContain("1000 instructions");
    expect(refusal(`(?:${"abcdefghij".repeat(40)}){1000}`)).toContain("1000 instructions");
    expect(refusal(`${"[a-z]{1000}".repeat(40)}`)).toContain("1000 instructions");
  });
});

describe("the patterns of one policy", () => {
  it("are refused together when they would take long to load", async () => {
    const compiler = await loadPatternCompiler();
    function compileMany(): void {
      for (let first = 0; first < 2_000; first++) compiler.compile(manyLetters(first));
    }
    expect(compileMany).toThrow("too large together");
    expect(compiler.compile(manyLetters(0))).toBe(compiler.compile(manyLetters(0)));
    expect(() => patterns.compile(manyLetters(1_999))).not.toThrow();
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

describe("the cost of a pattern", () => {
  it("is that of its literals where the text lacks them", () => {
    const pattern = patterns.compile("secret_[a-z]{10}");
    const text = "x".repeat(640);
    expect(pattern.mayMatch(text)).toBe(false);
    expect(pattern.scanCost(text)).toBe(20);
    expect(pattern.test(text)).toBe(false);
  });

  it("grows with text and instructions, and does not depend on what was asked before", () => {
    const pattern = patterns.compile("[ab]+[cd]+");
    const text = "ab".repeat(1_000);
    const before = pattern.searchCost(text);
    pattern.test(text);
    expect(pattern.searchCost(text)).toBe(before);
    expect(pattern.searchCost(text.repeat(2))).toBeGreaterThan(1.9 * before);
    expect(patterns.compile("(?:[ab]+[cd]+){20}").searchCost(text)).toBeGreaterThan(2 * before);
  });

  it("compiles equal patterns once", () => {
    expect(patterns.compile("abc[0-9]")).toBe(patterns.compile("abc[0-9]"));
  });
});
