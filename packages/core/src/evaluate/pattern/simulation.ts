import { BEGINNINGS, beginningsAfter, contextOf, kindOf } from "./context.ts";
import { ASSERT, holdsRune, MATCH, RUNE, SPLIT, type Program } from "./program.ts";

/** The instructions that are under way at one place of a text: those that consume, and assertions not settled yet. */
export interface Threads {
  readonly pcs: Int32Array;
  count: number;
  /** Whether an assertion waits for the next character. */
  waits: boolean;
}

/** Makes a list that can hold every instruction of a program. */
export function createThreads(program: Program): Threads {
  return { pcs: new Int32Array(program.size), count: 0, waits: false };
}

/**
 * Steps a program through a text one code point at a time, all its ways at once, so that a text takes
 * instructions × length steps at most and never more (Thompson 1968; Cox, "Regular Expression Matching: the
 * Virtual Machine Approach", 2009).
 */
export interface Simulation {
  /** Fills `into` with the threads at the start of a text; whether the empty text before it matches. */
  begin(into: Threads): boolean;
  /** Reads one code point; whether a match ends at or behind it. `before` is the kind of the character before it. */
  step(from: Threads, before: number, rune: number, into: Threads): boolean;
  /** Whether a match ends at the end of the text. */
  end(from: Threads, before: number): boolean;
}

/** Everything may be asked about; assertions are followed or dropped, none is left waiting. */
const SETTLED = -1;

/** Makes the simulation of a program. It keeps scratch lists and must not be entered twice at once. */
export function createSimulation(program: Program): Simulation {
  const { op, out, other, asks, set, sets, start } = program;
  const only = onlyTargets(program);
  const seen = new Int32Array(program.size);
  const stack = new Int32Array(program.size + 1);
  const settled = createThreads(program);
  /** Whether each set holds the code point that is read: asked once a step, however many instructions share it. */
  const asked = new Int32Array(sets.length);
  const fits = new Uint8Array(sets.length);
  let mark = 0;

  /** Adds what is reached from an instruction without reading. Whether that is a match. */
  function add(pc: number, holds: number, known: number, into: Threads): boolean {
    if (seen[pc] === mark) return false;
    seen[pc] = mark;
    let depth = 0;
    stack[depth++] = pc;
    while (depth > 0) {
      const at = stack[--depth]!; // below depth
      const kind = op[at];
      if (kind === RUNE) into.pcs[into.count++] = at;
      else if (kind === MATCH) return true;
      else if (kind === SPLIT) {
        // Pushed in reverse; an instruction is pushed once, so the stack cannot overflow.
        depth = push(other[at]!, depth); // in range
        depth = push(out[at]!, depth); // in range
      } else if (kind === ASSERT) {
        const open = asks[at]! & ~holds; // in range
        if (open === 0) depth = push(out[at]!, depth); // in range
        else if ((open & known) === 0) {
          into.pcs[into.count++] = at;
          into.waits = true;
        }
      }
    }
    return false;
  }

  function push(pc: number, depth: number): number {
    if (seen[pc] === mark) return depth;
    seen[pc] = mark;
    stack[depth] = pc;
    return depth + 1;
  }

  function clear(threads: Threads): void {
    threads.count = 0;
    threads.waits = false;
    if (++mark < 0x7fff_ffff) return;
    // The marks of a very long life begin again, and none of the old ones may look new.
    seen.fill(0);
    asked.fill(0);
    mark = 1;
  }

  /** Follows the waiting assertions that hold here; whether that is a match. */
  function settle(from: Threads, context: number): boolean {
    clear(settled);
    for (let index = 0; index < from.count; index++) {
      if (add(from.pcs[index]!, context, SETTLED, settled)) return true; // below count
    }
    return false;
  }

  return {
    begin(into) {
      clear(into);
      return add(start, beginningsAfter(0), BEGINNINGS, into);
    },
    step(from, before, rune, into) {
      const kind = kindOf(rune);
      if (from.waits && settle(from, contextOf(before, kind))) return true;
      const { pcs, count } = from.waits ? settled : from;
      const holds = beginningsAfter(kind);
      clear(into);
      const round = mark;
      const reached = into.pcs;
      let total = 0;
      for (let index = 0; index < count; index++) {
        const pc = pcs[index]!; // below count
        const which = set[pc]!; // in range
        if (asked[which] !== round) {
          asked[which] = round;
          fits[which] = holdsRune(sets[which]!, rune) ? 1 : 0; // in range
        }
        if (fits[which] === 0) continue;
        const target = only[pc]!; // in range
        if (target < 0) {
          into.count = total;
          if (add(out[pc]!, holds, BEGINNINGS, into)) return true; // in range
          total = into.count;
        } else if (seen[target] !== round) {
          seen[target] = round;
          reached[total++] = target;
        }
      }
      into.count = total;
      // A match may begin at any place.
      return add(start, holds, BEGINNINGS, into);
    },
    end: (from, before) => from.waits && settle(from, contextOf(before, 0)),
  };
}

/** Where an instruction leads that is followed by one consuming instruction, as most are; else -1. */
function onlyTargets({ size, op, out }: Program): Int32Array {
  const only = new Int32Array(size).fill(-1);
  for (let pc = 0; pc < size; pc++) {
    const target = out[pc]!; // in range
    if (op[target] === RUNE) only[pc] = target;
  }
  return only;
}
