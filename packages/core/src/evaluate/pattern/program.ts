/** What is read of a program that RE2 compiled; `RE2JS.re2().prog` has this shape. */
export interface Re2Program {
  readonly start: number;
  readonly inst: readonly Re2Instruction[];
}

interface Re2Instruction {
  readonly op: number;
  readonly out: number;
  readonly arg: number;
  /** One code point, or the first and last of each range. */
  readonly runes: readonly number[];
}

/** Opcodes of RE2's instructions, as the pinned version numbers them. */
const RE2_ALT = 1;
const RE2_ALT_MATCH = 2;
const RE2_CAPTURE = 3;
const RE2_EMPTY_WIDTH = 4;
const RE2_FAIL = 5;
const RE2_MATCH = 6;
const RE2_NOP = 7;

/** Opcodes of a lowered program. */
export const RUNE = 0;
export const SPLIT = 1;
export const ASSERT = 2;
export const MATCH = 3;
export const FAIL = 4;

/** A program laid out for matching, without captures: arrays by instruction. */
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

/** A set of code points. Equal sets of one program are one object. */
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

/** What the programs of one policy share. */
export interface SharedSets {
  /** Sets by their ranges. */
  readonly known: Map<string, RuneSet>;
  /** The code points that are one character when case is ignored (`k`, `K`, the Kelvin sign), as ranges. */
  foldsOf(rune: number): readonly number[];
}

/** Lowers what RE2 compiled: captures and no-ops vanish, equal character sets are shared. */
export function lowerProgram({ inst, start }: Re2Program, shared: SharedSets): Program {
  const size = inst.length;
  const program = {
    size,
    start: landing(inst, start),
    op: new Uint8Array(size),
    out: new Int32Array(size),
    other: new Int32Array(size),
    asks: new Uint8Array(size),
    set: new Int32Array(size),
    sets: [] as RuneSet[], // filled below
  };
  const setIndexOf = setIndexes(program.sets, shared);
  for (const [pc, instruction] of inst.entries()) {
    const op = lowerOp(instruction.op);
    program.op[pc] = op;
    if (op !== MATCH && op !== FAIL) program.out[pc] = landing(inst, instruction.out);
    if (op === SPLIT) program.other[pc] = landing(inst, instruction.arg);
    if (op === ASSERT) program.asks[pc] = instruction.arg;
    if (op === RUNE) program.set[pc] = setIndexOf(instruction);
  }
  return program;
}

function lowerOp(op: number): number {
  switch (op) {
    case RE2_ALT:
    case RE2_ALT_MATCH:
      return SPLIT;
    case RE2_EMPTY_WIDTH:
      return ASSERT;
    case RE2_MATCH:
      return MATCH;
    case RE2_FAIL:
    case RE2_CAPTURE:
    case RE2_NOP:
      // Nothing lands on captures and no-ops.
      return FAIL;
    default:
      return RUNE;
  }
}

/** The first instruction from here on that does something. */
function landing(inst: readonly Re2Instruction[], pc: number): number {
  let at = pc;
  for (let steps = 0; steps < inst.length; steps++) {
    const instruction = inst[at];
    if (instruction?.op !== RE2_NOP && instruction?.op !== RE2_CAPTURE) break;
    at = instruction.out;
  }
  return at;
}

/** Gives the index of an instruction's set, and adds the set where the program does not have it yet. */
function setIndexes(sets: RuneSet[], shared: SharedSets): (instruction: Re2Instruction) => number {
  // What a repetition unrolled shares one list, and `\pL` has 1,300 numbers: the list is asked about first.
  const byList = new Map<readonly number[], number>();
  const bySet = new Map<RuneSet, number>();
  function indexOf(ranges: readonly number[]): number {
    const set = sharedSet(ranges, shared.known);
    const index = bySet.get(set) ?? sets.push(set) - 1;
    bySet.set(set, index);
    return index;
  }
  return ({ runes, arg }) => {
    const known = byList.get(runes);
    if (known !== undefined) return known;
    // For a single code point, `arg` says whether case is ignored; such a list is not shared.
    const [single = 0] = runes;
    if (runes.length === 1) return indexOf(arg === 0 ? [single, single] : shared.foldsOf(single));
    const index = indexOf(runes);
    byList.set(runes, index);
    return index;
  };
}

function sharedSet(ranges: readonly number[], known: Map<string, RuneSet>): RuneSet {
  const key = ranges.join(",");
  const set = known.get(key) ?? runeSet(ranges);
  known.set(key, set);
  return set;
}

function runeSet(ranges: readonly number[]): RuneSet {
  const ascii = new Uint8Array(128);
  for (let at = 0; at + 1 < ranges.length; at += 2) {
    // The pairs are whole.
    for (let rune = ranges[at]!; rune <= Math.min(ranges[at + 1]!, 127); rune++) ascii[rune] = 1;
  }
  return { ascii, ranges: Int32Array.from(ranges) };
}
