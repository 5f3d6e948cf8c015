import { createPatterns } from "@interlatch/core/build";
import { RE2JS } from "@bufbuild/re2";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { verifies } from "../../../../test/verifies.ts";
import { PatternSources } from "./compile.ts";
import { tableOf } from "./table.ts";

// The whole way of a pattern: compiled here, run by the matcher of core, compared with RE2 and with JavaScript.

function matcherOf(pattern: string): { test(text: string): boolean } {
  const sources = new PatternSources(RE2JS);
  sources.compile(pattern);
  return createPatterns(tableOf(sources)).compile(pattern);
}

function finds(pattern: string, text: string): boolean {
  return matcherOf(pattern).test(text);
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
    const pattern = matcherOf("(?:a|b)*a(?:a|b){14}[cd]");
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

  verifies(
    "language.pattern-meaning",
    "agrees with RE2's own matcher and with JavaScript on random patterns and texts",
    () => {
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
          const compiled = matcherOf(source);
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
    },
  );

  verifies(
    "language.pattern-meaning",
    "ignores case as RE2 does, for every letter that has a case",
    () => {
      const cased = Array.from({ length: 0x1_0500 }, (_, rune) =>
        String.fromCodePoint(rune),
      ).filter((letter) => letter.toLowerCase() !== letter || letter.toUpperCase() !== letter);
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
        const compiled = matcherOf(`(?i)^${letter}$`);
        const differs = cased.filter((text) => compiled.test(text) !== own.test(text));
        expect(differs).toEqual([]);
      }
    },
  );
});

describe("a pattern with classes", () => {
  const letters = fc.constantFrom(
    "a",
    "Z",
    "k",
    "\u212a",
    "\u017f",
    "\u00e9",
    "\u0416",
    "5",
    "_",
    " ",
    "\n",
    "\u{1F600}",
  );

  verifies(
    "language.pattern-meaning",
    "agrees with RE2's own matcher on flags, groups and sets of Unicode",
    () => {
      const atom = fc.constantFrom(
        "\\pL",
        "\\PL",
        "\\p{Greek}",
        "[[:alpha:]]",
        "[^[:^word:]]",
        "\\d",
        "\\D",
        "\\S",
        "k",
        "[^k]",
        "[k-s]",
        "(?i:k)",
        "(?i:[k-s])",
        "(?i:\u0436)",
        "(?s:.)",
        "(?-s:.)",
        "(?m:^)",
        "(?m:$)",
        "\\A",
        "\\z",
        "(a)",
        "(Z|5)",
        "\\x{1F600}",
        "[\\x{80}-\\x{10FFFF}]",
        "[^\\x00-\\x{10FFFF}]",
        "\\Q.\\E",
        "a*?",
        "(?:k5){2,3}",
      );
      const source = fc
        .array(fc.tuple(atom, fc.constantFrom("", "*", "+", "?", "{0}", "{2}")), {
          minLength: 1,
          maxLength: 5,
        })
        .chain((parts) =>
          fc
            .constantFrom("", "|")
            .map((between) => parts.map(([one, often]) => `(?:${one})${often}`).join(between)),
        );
      const texts = fc.array(fc.string({ unit: letters, maxLength: 10 }), {
        minLength: 1,
        maxLength: 6,
      });
      fc.assert(
        fc.property(source, texts, (pattern, subjects) => {
          const compiled = matcherOf(pattern);
          const own = new RE2JS(pattern);
          for (const subject of subjects) {
            expect(compiled.test(subject), `${pattern} ${JSON.stringify(subject)}`).toBe(
              own.test(subject),
            );
          }
        }),
        { numRuns: 1_500 },
      );
    },
  );
});
