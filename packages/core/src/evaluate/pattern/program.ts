import { PATTERN_OPERATIONS, type PatternProgram } from "../../policy/ir.ts";

export const RUNE: 0 = PATTERN_OPERATIONS.rune;
export const SPLIT: 1 = PATTERN_OPERATIONS.split;
export const ASSERT: 2 = PATTERN_OPERATIONS.assert;
export const MATCH: 3 = PATTERN_OPERATIONS.match;

/** A program laid out for matching: arrays by instruction. */
export interface Program {
  readonly size: number;
  readonly start: number;
  readonly op: Uint8Array;
  /** Where each instruction goes on; a split goes on at `other` as well. */
  readonly out: Int32Array;
  readonly other: Int32Array;
  /** What an assertion asks for: bits of `context.ts`. */
  readonly asks: Uint8Array;
  /** The set of runes an instruction consumes one of: an index into `sets`. */
  readonly set: Int32Array;
  readonly sets: readonly RuneSet[];
}

/** A set of code points. Equal sets of one policy are one object. */
export interface RuneSet {
  /** 1 for each member below 128. */
  readonly ascii: Uint8Array;
  /** First and last member of each range, in order. */
  readonly ranges: Int32Array;
}

/** Whether a code point is in the set. */
export function holdsRune({ ascii, ranges }: RuneSet, rune: number): boolean {
  if (rune < 128) return ascii[rune] === 1;
  let low = 0;
  let high = ranges.length >> 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ranges[2 * middle + 1]! < rune) low = middle + 1; // in range
    else high = middle;
  }
  return low < ranges.length >> 1 && ranges[2 * low]! <= rune; // in range
}

/** Lays out the code of a validated table. `setAt` gives the sets of the table; the program keeps those it uses. */
export function readProgram(
  { start, code }: PatternProgram,
  setAt: (index: number) => RuneSet,
): Program {
  const size = code.length / 3;
  const program = {
    size,
    start,
    op: new Uint8Array(size),
    out: new Int32Array(size),
    other: new Int32Array(size),
    asks: new Uint8Array(size),
    set: new Int32Array(size),
    sets: [] as RuneSet[], // filled below
  };
  const local = new Map<number, number>();
  for (let pc = 0; pc < size; pc++) {
    const op = code[3 * pc]!; // three numbers an instruction
    const operand = code[3 * pc + 2]!;
    program.op[pc] = op;
    program.out[pc] = code[3 * pc + 1]!;
    if (op === SPLIT) program.other[pc] = operand;
    else if (op === ASSERT) program.asks[pc] = operand;
    else if (op === RUNE) {
      const index = local.get(operand) ?? program.sets.push(setAt(operand)) - 1;
      local.set(operand, index);
      program.set[pc] = index;
    }
  }
  return program;
}

/** Makes a set of its ranges. */
export function runeSet(ranges: readonly number[]): RuneSet {
  const ascii = new Uint8Array(128);
  for (let at = 0; at + 1 < ranges.length; at += 2) {
    // The pairs are whole.
    for (let rune = ranges[at]!; rune <= Math.min(ranges[at + 1]!, 127); rune++) ascii[rune] = 1;
  }
  return { ascii, ranges: Int32Array.from(ranges) };
}
