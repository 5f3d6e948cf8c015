import { describe, expect, it } from "vitest";
import {
  BEGIN,
  END,
  exactly,
  letters,
  many,
  type Piece,
  sequence,
  tableOf,
  times,
} from "../../../test/patterns.ts";
import { createMatcher, createMemory } from "./matcher.ts";
import { readProgram, runeSet } from "./program.ts";

function matcherOf(
  piece: Piece,
  memory: ReturnType<typeof createMemory>,
): (text: string) => boolean {
  const { programs, sets } = tableOf({ pattern: piece });
  const [program] = programs;
  if (program === undefined) throw new Error("the table is empty");
  return createMatcher(
    readProgram(program, (index) => runeSet(sets[index] ?? [])),
    memory,
  );
}

/** `(?:a|b)*a(?:a|b){count}[cd]`, which has two to the power of `count` states. */
function manyStates(count: number): Piece {
  const either = letters("ab");
  return sequence(many(either), exactly("a"), times(count, either), letters("cd"));
}

/** Texts of `a` and `b` that keep asking for new states. */
function texts(count: number, length: number): readonly string[] {
  let state = 1;
  return Array.from({ length: count }, () => {
    let text = "";
    for (let at = 0; at < length; at++) {
      state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fff_ffff;
      text += (state >> 16) & 1 ? "a" : "b";
    }
    return text;
  });
}

describe("the memory of matchers", () => {
  it("stays within its allowance, whatever texts come", () => {
    const memory = createMemory();
    const allowance = memory.left;
    const matches = matcherOf(manyStates(14), memory);
    for (const text of texts(50, 4_000)) matches(text);
    expect(memory.left).toBeGreaterThanOrEqual(0);
    expect(memory.left).toBeLessThan(allowance);
  });

  it("is given back by every matcher when it is used up, and the answers stay the same", () => {
    const memory = { left: 30_000, holders: new Set<() => void>() };
    const first = matcherOf(manyStates(6), memory);
    const second = matcherOf(sequence(BEGIN, many(letters("ab")), END), memory);
    let forgotten = 0;
    for (const text of texts(300, 100)) {
      const before = memory.left;
      expect(first(`${text}c`)).toBe(text.at(-7) === "a");
      expect(second(text)).toBe(true);
      if (memory.left > before) forgotten++;
    }
    expect(forgotten).toBeGreaterThan(0);
  });

  it("is taken by states that are earned by reading, not by asking often", () => {
    const memory = createMemory();
    const allowance = memory.left;
    const matches = matcherOf(manyStates(14), memory);
    for (const text of texts(10, 16)) matches(text);
    const perState = 1_000;
    expect(allowance - memory.left).toBeLessThan(40 * perState * 2);
  });
});
