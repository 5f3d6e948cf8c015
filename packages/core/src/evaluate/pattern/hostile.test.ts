import fc from "fast-check";
import { describe, expect } from "vitest";
import { verifies } from "../../../../../test/verifies.ts";
import { ENGINE, PATTERN_OPERATIONS, type PatternTable } from "../../policy/ir.ts";
import { validatePolicy } from "../../policy/validate.ts";
import { type CompiledPattern, createPatterns } from "../pattern.ts";
import { contextOf, EDGE, kindOf } from "./context.ts";

// Whoever can sign may write a table by hand: no compiler stands between it and the matcher.

const { rune, split, assert, match, fail } = PATTERN_OPERATIONS;
const SETS = [
  [97, 97],
  [98, 99, 0xe9, 0xe9],
  [10, 10, 32, 32, 0x1f600, 0x1f600],
  [0, 0x10_ffff],
];

function load(table: unknown): CompiledPattern {
  const policy = { engine: ENGINE, id: "p", mode: "enforce", agents: null, tools: {}, facts: {} };
  const { patterns } = validatePolicy({ ...policy, rules: [], patterns: table });
  return createPatterns(patterns).compile("p");
}

/** Any code that loads: loops that consume nothing and ways that lead nowhere included. */
const anyTable = fc.integer({ min: 1, max: 14 }).chain((size): fc.Arbitrary<PatternTable> => {
  const target = fc.nat({ max: size - 1 });
  const instruction = fc.oneof(
    fc.tuple(fc.constant(rune), target, fc.nat({ max: SETS.length - 1 })),
    fc.tuple(fc.constant(split), target, target),
    fc.tuple(fc.constant(assert), target, fc.integer({ min: 1, max: 63 })),
    fc.constant([match, 0, 0]),
    fc.constant([fail, 0, 0]),
  );
  const code = fc.array(instruction, { minLength: size, maxLength: size });
  return fc.record({ code, start: target }).map(({ code: instructions, start }) => ({
    sets: SETS,
    programs: [{ pattern: "p", start, code: instructions.flat() }],
  }));
});

const anyText = fc.string({
  unit: fc.constantFrom("a", "b", "c", "d", " ", "\n", "\u00e9", "\u{1F600}"),
  maxLength: 12,
});

/** What a program means, without any cleverness: everything it can be at, place by place. */
function means({ programs, sets }: PatternTable, text: string): boolean {
  const [{ code, start } = { code: [], start: 0 }] = programs;
  const runes = Array.from(text, (letter) => letter.codePointAt(0) ?? 0);
  let entered = new Set<number>();
  for (let index = 0; index <= runes.length; index++) {
    const [before, after] = [runes[index - 1], runes[index]];
    const holds = contextOf(kindAt(before), kindAt(after));
    const reached = new Set([...entered, start]);
    const next = new Set<number>();
    for (const pc of reached) {
      const [operation, out = 0, operand = 0] = code.slice(3 * pc, 3 * pc + 3);
      if (operation === match) return true;
      if (operation === split) reached.add(out).add(operand);
      if (operation === assert && (operand & ~holds) === 0) reached.add(out);
      if (operation === rune && after !== undefined && isIn(sets[operand] ?? [], after))
        next.add(out);
    }
    entered = next;
  }
  return false;
}

function kindAt(codePoint: number | undefined): number {
  return codePoint === undefined ? EDGE : kindOf(codePoint);
}

function isIn(ranges: readonly number[], codePoint: number): boolean {
  return ranges.some(
    (first, index) =>
      index % 2 === 0 && first <= codePoint && codePoint <= (ranges[index + 1] ?? -1),
  );
}

describe("a table that somebody wrote by hand", () => {
  verifies(
    "language.pattern-bounds",
    "gives what its instructions say, whatever they are, and however often it is asked",
    () => {
      fc.assert(
        fc.property(anyTable, fc.array(anyText, { maxLength: 8 }), (table, texts) => {
          const pattern = load(table);
          for (const text of [...texts, ...texts]) {
            expect(pattern.test(text), JSON.stringify(text)).toBe(means(table, text));
          }
        }),
        { numRuns: 3_000 },
      );
    },
  );

  verifies("language.pattern-bounds", "ends where it could go round without reading", () => {
    const loop = [split, 1, 0, split, 0, 1, assert, 2, 32];
    const pattern = load({ sets: [], programs: [{ pattern: "p", start: 0, code: loop }] });
    expect(pattern.test("a".repeat(8_192))).toBe(false);
  });

  verifies("language.pattern-bounds", "is refused a search beyond the budget by its price", () => {
    const all = Array.from({ length: 999 }, (_, pc) => [split, pc + 1, (7 * pc) % 999]).flat();
    const code = [...all, rune, 0, 3];
    const pattern = load({
      sets: SETS,
      programs: [{ pattern: "p", start: 0, code, anyLength: true }],
    });
    // A thousand instructions for each character: two thousand characters are what a decision can pay.
    expect(pattern.searchCost("a".repeat(5_000))).toBeGreaterThan(100_000);
    expect(pattern.subjectLimit).toBe(Infinity);
    expect(pattern.test("a".repeat(4_000))).toBe(false);
  });
});
