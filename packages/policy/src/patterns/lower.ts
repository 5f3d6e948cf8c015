import { PATTERN_OPERATIONS } from "@interlatch/core";
import { RE2_OPCODES, type Re2Instruction, type Re2Program } from "./re2.ts";

/** A program in the form of the policy, whose sets are still its own. */
export interface LoweredProgram {
  readonly start: number;
  /** As `PatternProgram.code` has it; the operand of a `rune` is an index into `sets`. */
  readonly code: readonly number[];
  /** First and last member of each range, in the order in which the code first uses them. */
  readonly sets: readonly (readonly number[])[];
}

/**
 * Lowers what RE2 compiled: captures and no-ops vanish, what no way leads to is left out, equal sets are one.
 *
 * @param foldsOf - the code points that are one character when case is ignored, as ranges
 */
export function lowerProgram(
  { inst, start }: Re2Program,
  foldsOf: (rune: number) => readonly number[],
): LoweredProgram {
  const first = landing(inst, start);
  const kept = reachable(inst, first);
  const place = new Map(kept.map((pc, index) => [pc, index]));
  const sets = new SetList();
  const code: number[] = [];
  function at(pc: number): number {
    return place.get(landing(inst, pc)) ?? 0; // whatever a kept instruction leads to is kept
  }
  for (const pc of kept) {
    const instruction = instructionAt(inst, pc);
    switch (instruction.op) {
      case RE2_OPCODES.match:
        code.push(PATTERN_OPERATIONS.match, 0, 0);
        break;
      case RE2_OPCODES.alt:
      case RE2_OPCODES.altMatch:
        code.push(PATTERN_OPERATIONS.split, at(instruction.out), at(instruction.arg));
        break;
      case RE2_OPCODES.emptyWidth:
        code.push(PATTERN_OPERATIONS.assert, at(instruction.out), instruction.arg);
        break;
      default: {
        const ranges = rangesOf(instruction, foldsOf);
        // RE2 writes a class without members as one that reads nothing.
        if (ranges.length === 0) code.push(PATTERN_OPERATIONS.fail, 0, 0);
        else code.push(PATTERN_OPERATIONS.rune, at(instruction.out), sets.indexOf(ranges));
      }
    }
  }
  return { start: at(first), code, sets: sets.all };
}

function instructionAt(inst: readonly Re2Instruction[], pc: number): Re2Instruction {
  const instruction = inst[pc];
  if (instruction === undefined) throw new RangeError(`RE2 made no instruction ${pc}`);
  return instruction;
}

/** The first instruction from here on that does something. */
function landing(inst: readonly Re2Instruction[], pc: number): number {
  let at = pc;
  for (let steps = 0; steps < inst.length; steps++) {
    const { op, out } = instructionAt(inst, at);
    if (op !== RE2_OPCODES.nop && op !== RE2_OPCODES.capture) break;
    at = out;
  }
  return at;
}

/** The instructions that some way from `first` leads to, in the order in which RE2 wrote them. */
function reachable(inst: readonly Re2Instruction[], first: number): readonly number[] {
  const seen = new Set([first]);
  // A set gives what is added to it meanwhile as well.
  for (const pc of seen) {
    const { op, out, arg } = instructionAt(inst, pc);
    if (op === RE2_OPCODES.match || op === RE2_OPCODES.fail) continue;
    seen.add(landing(inst, out));
    if (op === RE2_OPCODES.alt || op === RE2_OPCODES.altMatch) seen.add(landing(inst, arg));
  }
  return [...seen].sort((a, b) => a - b);
}

/** What an instruction reads one of. `fail` reads nothing. For a single code point, `arg` says whether case is ignored. */
function rangesOf(
  { op, runes, arg }: Re2Instruction,
  foldsOf: (rune: number) => readonly number[],
): readonly number[] {
  if (op === RE2_OPCODES.fail) return [];
  const [single = 0] = runes;
  if (runes.length !== 1) return runes;
  return arg === 0 ? [single, single] : foldsOf(single);
}

/** Sets in the order in which they are first asked for; equal ones are one. */
export class SetList {
  readonly all: (readonly number[])[] = [];
  // What a repetition unrolled shares one list, and `\pL` has 1,300 numbers: the list is asked about first.
  readonly #byList = new Map<readonly number[], number>();
  readonly #byKey = new Map<string, number>();

  /** The index of a set, which is added where it is new. */
  indexOf(ranges: readonly number[]): number {
    const known = this.#byList.get(ranges);
    if (known !== undefined) return known;
    const key = ranges.join(",");
    const index = this.#byKey.get(key) ?? this.all.push([...ranges]) - 1;
    this.#byKey.set(key, index);
    this.#byList.set(ranges, index);
    return index;
  }
}
