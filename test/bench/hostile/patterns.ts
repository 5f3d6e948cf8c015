import { PATTERN_OPERATIONS, type Policy, type PatternTable } from "@interlatch/core";
import { policyOf, argument } from "../../policies.ts";
import { type HostileCase, many, MOST_TEXT, MOST_VALUES, ruled } from "./case.ts";

const { rune, split, assert, fail } = PATTERN_OPERATIONS;

/** The longest text that a pattern may be asked about, where it is not anchored classes. */
const SUBJECT = 8_192;

/** A text of `a` and `b` that keeps an automaton making new states. */
function ab(length: number, seed: number): string {
  let state = seed + 1;
  let text = "";
  for (let index = 0; index < length; index++) {
    state = (state * 1103515245 + 12345) & 0x7fffffff;
    text += (state >> 16) % 2 === 0 ? "a" : "b";
  }
  return text;
}

/** As many of the largest subjects as arguments hold, no two the same. */
const SUBJECTS = (): readonly string[] => many(127, (index) => ab(SUBJECT, index));

/** 263 characters of alternation that share no prefix. */
const ALTERNATION =
  `(?:${many(32, (index) => `${String.fromCharCode(97 + (index % 26))}${1000000 + index * 7919}`.slice(0, 7)).join("|")})x`.slice(
    0,
    263,
  );

const matchesAny = (pattern: string): string =>
  `arguments.texts.exists(t, t.matches(${JSON.stringify(pattern)}))`;

/** A condition on each of `texts` that asks the one pattern of a table, which nobody compiled. */
function byHand(table: PatternTable): Policy {
  const pattern = table.programs[0]?.pattern ?? "";
  return {
    ...policyOf({
      rules: [
        {
          action: "deny",
          when: {
            kind: "comprehension",
            macro: "exists",
            over: argument("texts"),
            as: "t",
            body: { kind: "matches", of: { kind: "local", name: "t" }, pattern },
          },
        },
      ],
    }),
    patterns: table,
  };
}

/** Splits to everywhere: each character sets every instruction under way again, and none ever ends. */
function tangled(): PatternTable {
  const code = many(998, (pc) => [split, pc + 1, (7 * pc) % 998]).flat();
  return {
    sets: [[0, 0x10ffff]],
    programs: [
      { pattern: "p", start: 0, code: [...code, rune, 0, 0, fail, 0, 0], anyLength: true },
    ],
  };
}

/** Assertions that wait at each character, and are settled with the next one. */
function waiting(): PatternTable {
  const size = 333;
  const code = many(size, (index) => {
    const at = 3 * index;
    return [split, at + 1, (at + 3) % (3 * size), assert, at + 2, 48, rune, at, 0];
  }).flat();
  const asks = code.map((number, index) => (number === 48 && index % 9 === 5 ? 32 : number));
  return {
    sets: [[0, 0x10ffff]],
    programs: [{ pattern: "p", start: 0, code: asks, anyLength: true }],
  };
}

/** Sets of a hundred thousand ranges, one for each instruction. */
function wide(): PatternTable {
  const ranges = (step: number): number[] =>
    many(4_000, (index) => 200 + index * 16 + step).flatMap((at) => [at, at]);
  const count = 50;
  const code = many(count, (index) => [
    split,
    2 * index + 1,
    (2 * index + 2) % (2 * count),
    rune,
    2 * index,
    index,
  ]).flat();
  return {
    sets: many(count, (index) => ranges(index % 16)),
    programs: [{ pattern: "p", start: 0, code, anyLength: true }],
  };
}

/** Literals to look for, none of which is in any text. */
function literals(count: number, length: number): PatternTable {
  const any = many(count, (index) => String(index).padStart(length, "q"));
  return {
    sets: [[0, 0x10ffff]],
    programs: [
      {
        pattern: "p",
        start: 0,
        code: [rune, 1, 0, PATTERN_OPERATIONS.match, 0, 0],
        literals: { any },
        anyLength: true,
      },
    ],
  };
}

/** Literals in which nearly everything repeats: the search of the platform goes back again and again. */
function periodic(): PatternTable {
  return {
    sets: [[0, 0x10ffff]],
    programs: [
      {
        pattern: "p",
        start: 0,
        code: [rune, 1, 0, PATTERN_OPERATIONS.match, 0, 0],
        literals: `${"a".repeat(64)}b${"a".repeat(63)}`,
        anyLength: true,
      },
    ],
  };
}

export const PATTERN_CASES: readonly HostileCase[] = [
  {
    name: "(a|b)*a(a|b){14}$ on the largest subjects",
    policy: () => ruled([matchesAny("(a|b)*a(a|b){14}$")]),
    arguments: () => ({ texts: SUBJECTS() }),
  },
  {
    name: "an alternation of 263 characters on the largest subjects",
    policy: () => ruled([matchesAny(ALTERNATION)]),
    arguments: () => ({ texts: SUBJECTS().map((text) => `c100${text}`.slice(0, SUBJECT)) }),
  },
  {
    name: "[ab]*a[ab]{250} on the largest subjects",
    policy: () => ruled([matchesAny("a[ab]{250}c|b[ab]{250}d")]),
    arguments: () => ({ texts: SUBJECTS() }),
  },
  {
    name: "four hundred patterns in turn on short texts",
    policy: () =>
      ruled(many(400, (index) => matchesAny(`(a|b)*a(a|b){${1 + (index % 20)}}c${index}?$`))),
    arguments: () => ({ texts: many(2_000, (index) => ab(16, index)) }),
  },
  {
    name: "five thousand patterns, each asked for the first time",
    policy: () =>
      ruled(
        many(15, (part) =>
          many(120, (index) => `arguments.text.matches("[ab]{60}${part}x${index}?z?")`).join(
            " || ",
          ),
        ),
      ),
    arguments: () => ({ text: `${ab(80, 1)}0x1x2x3x4x5x6x7x8x9` }),
  },
  {
    name: "classes of all scripts on a megabyte",
    policy: () =>
      ruled(['arguments.text.matches("^[\\\\p{L}\\\\p{N}\\\\p{M}\\\\p{Zs}]+$")'], { times: 20 }),
    arguments: () => ({ text: "\u4e2d\u0301\u0e01\u{1F600}".slice(0, 3).repeat(300_000) }),
  },
  {
    name: "word boundaries at each character",
    policy: () => ruled([matchesAny("(\\b\\w\\b|\\B\\W\\B|\\b[^z]){40}z")]),
    arguments: () => ({ texts: many(127, () => "a ".repeat(4_096)) }),
  },
  {
    name: "a program of nothing but splits, written by hand",
    policy: async () => byHand(tangled()),
    arguments: () => ({ texts: many(100, (index) => ab(5_000, index)) }),
  },
  {
    name: "a program of waiting assertions, written by hand",
    policy: async () => byHand(waiting()),
    arguments: () => ({ texts: many(100, (index) => ab(4_000, index)) }),
  },
  {
    name: "a program of sets of thousands of ranges, written by hand",
    policy: async () => byHand(wide()),
    arguments: () => ({
      texts: many(50, (index) =>
        many(4_000, (at) => String.fromCharCode(200 + (((index + at) * 37) % 60_000)))
          .join("")
          .replace(/[\ud800-\udfff]/g, "x"),
      ),
    }),
  },
  {
    name: "a thousand literals in ninety thousand empty texts",
    policy: async () => byHand(literals(1_000, 8)),
    arguments: () => ({ texts: many(MOST_VALUES, () => "") }),
  },
  {
    name: "a thousand literals in texts of one character",
    policy: async () => byHand(literals(1_000, 8)),
    arguments: () => ({ texts: many(MOST_VALUES, () => "q") }),
  },
  {
    name: "long literals in texts that nearly hold them",
    policy: async () => byHand(literals(400, 1_999)),
    arguments: () => ({ texts: many(500, () => "q".repeat(2_000)) }),
  },
  {
    name: "a literal that repeats itself in a megabyte that repeats itself",
    policy: async () => byHand(periodic()),
    arguments: () => ({ texts: many(4, () => "a".repeat(MOST_TEXT / 4)) }),
  },
];
