import { PATTERN_OPERATIONS, type PatternProgram, type PatternTable } from "../src/policy/ir.ts";

// Core has no compiler of patterns, so its tests put programs together by hand.

const { rune, split, assert, match } = PATTERN_OPERATIONS;

/** Code under way: its instructions, and the sets of its table. */
interface Writing {
  readonly code: (readonly [number, number, number])[];
  readonly sets: (readonly number[])[];
}

/** A part of a pattern: writes itself before the instruction `next`, and gives where it begins. */
export type Piece = (into: Writing, next: number) => number;

/** One code point of these ranges: first and last member of each. */
export function oneOf(...ranges: readonly number[]): Piece {
  return ({ code, sets }, next) => {
    const known = sets.findIndex((set) => String(set) === String(ranges));
    const index = known < 0 ? sets.push(ranges) - 1 : known;
    return code.push([rune, next, index]) - 1;
  };
}

/** One letter of these: `letters("ab")` is `[ab]`. */
export function letters(members: string): Piece {
  return oneOf(...[...members].sort().flatMap((letter) => [codeOf(letter), codeOf(letter)]));
}

/** The members from one letter to another: `range("az")` is `[a-z]`. */
export function range(ends: string): Piece {
  return oneOf(...[...ends].map(codeOf));
}

function codeOf(letter: string): number {
  return letter.codePointAt(0) ?? 0;
}

/** Pieces one after another. */
export function sequence(...pieces: readonly Piece[]): Piece {
  return (into, next) => pieces.reduceRight((at, piece) => piece(into, at), next);
}

/** A text. */
export function exactly(text: string): Piece {
  return sequence(...[...text].map(letters));
}

/** A piece so many times. */
export function times(count: number, piece: Piece): Piece {
  return sequence(...Array.from({ length: count }, () => piece));
}

/** A piece any number of times, none included. */
export function many(piece: Piece): Piece {
  return (into, next) => {
    const loop = into.code.push([split, next, next]) - 1;
    into.code[loop] = [split, piece(into, loop), next];
    return loop;
  };
}

/** A place: bits of `context.ts`. */
export function place(asks: number): Piece {
  return ({ code }, next) => code.push([assert, next, asks]) - 1;
}

/** Begin and end of the text. */
export const BEGIN: Piece = place(4);
export const END: Piece = place(8);

/** A pattern: what it is made of, and what is known of it. */
export type ByHand = Piece | (Omit<PatternProgram, "pattern" | "start" | "code"> & { of: Piece });

/** The table of patterns by name; that a name is what its program does is up to the test. */
export function tableOf(patterns: { readonly [pattern: string]: ByHand }): PatternTable {
  const sets: (readonly number[])[] = [];
  const programs = Object.entries(patterns).map(([pattern, byHand]): PatternProgram => {
    const { of, ...known } = typeof byHand === "function" ? { of: byHand } : byHand;
    const into: Writing = { code: [[match, 0, 0]], sets };
    const start = of(into, 0);
    return { pattern, start, code: into.code.flat(), ...known };
  });
  return { sets, programs };
}
