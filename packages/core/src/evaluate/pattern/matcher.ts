import { EDGE, kindOf, OTHER } from "./context.ts";
import type { Program } from "./program.ts";
import { createSimulation, createThreads, type Simulation, type Threads } from "./simulation.ts";

/** The memory that all matchers of a policy may keep states in, together. */
export interface MatcherMemory {
  /** Bytes left, estimated. */
  left: number;
  /** How each matcher that keeps states throws them away. */
  readonly holders: Set<() => void>;
}

/** What the states of all patterns of one policy may take, in bytes. */
const MEMORY_BYTES = 8 << 20;

/** Makes the allowance that the matchers of one policy share. */
export function createMemory(): MatcherMemory {
  return { left: MEMORY_BYTES, holders: new Set() };
}

/** Takes bytes; once they are used up, every matcher throws its states away and starts afresh. */
function take(memory: MatcherMemory, bytes: number): void {
  memory.left -= bytes;
  if (memory.left >= 0) return;
  memory.left = MEMORY_BYTES - bytes;
  for (const forget of memory.holders) forget();
  memory.holders.clear();
}

/** A set of threads met before, with where it led. */
interface State {
  readonly threads: Threads;
  /** The kind of the character before, where an assertion waits on it. */
  readonly before: number;
  readonly next: (State | undefined)[];
  readonly nextWide: Map<number, State>;
  /** Whether a match ends here if the text does. */
  readonly ends: boolean;
}

/** Where the search is over. */
const FOUND = endState(true);
const LOST = endState(false);

function endState(ends: boolean): State {
  const threads: Threads = { pcs: new Int32Array(0), count: 0, waits: false };
  return { threads, before: OTHER, next: [], nextWide: new Map(), ends };
}

/**
 * Makes the matcher of one program: a deterministic automaton built as texts come by (Cox, "Regular Expression
 * Matching in the Wild", 2010), which falls back on the simulation for the rest of a text that keeps making new
 * states. `(a|b)*a(a|b){14}$` has 2^15 of them; building them all is what an attacker would ask for.
 *
 * @returns whether the program matches anywhere in a text
 */
export function createMatcher(program: Program, memory: MatcherMemory): (text: string) => boolean {
  const simulation = createSimulation(program);
  const isAnchored = startsOnlyAtEdge(simulation, program);
  const current = createThreads(program);
  const following = createThreads(program);
  let states = new Map<string, State>();
  let first: State | null = null;
  // Making a state costs as much as simulating some characters, so states are earned by characters read, over
  // the whole life of the matcher: no mix of texts can make it build more than it saves.
  let credit = FIRST_CREDIT;
  function forget(): void {
    states = new Map();
    first = null;
  }

  function stateOf(threads: Threads, before: number): State {
    if (threads.count === 0 && isAnchored && before !== EDGE) return LOST;
    const kind = threads.waits ? before : OTHER;
    const key = keyOf(threads, kind);
    const known = states.get(key);
    if (known !== undefined) return known;
    const kept: Threads = {
      pcs: threads.pcs.slice(0, threads.count),
      count: threads.count,
      waits: threads.waits,
    };
    const ends = simulation.end(kept, before);
    const state: State = { threads: kept, before: kind, next: [], nextWide: new Map(), ends };
    take(memory, STATE_BYTES + 4 * kept.count + 2 * key.length);
    memory.holders.add(forget);
    states.set(key, state);
    return state;
  }

  /** Where one code point leads; remembered. */
  function build(state: State, rune: number): State {
    const found = simulation.step(state.threads, state.before, rune, following);
    const next = found ? FOUND : stateOf(following, kindOf(rune));
    if (rune < 128) state.next[rune] = next;
    else {
      take(memory, WIDE_BYTES);
      state.nextWide.set(rune, next);
    }
    return next;
  }

  function start(): State {
    return (first ??= simulation.begin(current) ? FOUND : stateOf(current, EDGE));
  }

  /** The rest of a text, remembering nothing. */
  function simulate(state: State, text: string, from: number): boolean {
    let before = state.before;
    let threads = state.threads;
    let spare = current;
    for (let index = from; index < text.length;) {
      const rune = text.codePointAt(index)!; // below length
      if (simulation.step(threads, before, rune, spare)) return true;
      before = kindOf(rune);
      [threads, spare] = [spare, spare === current ? following : current];
      if (threads.count === 0 && isAnchored) return false;
      index += rune > 0xffff ? 2 : 1;
    }
    return simulation.end(threads, before);
  }

  return (text) => {
    let state = start();
    credit = Math.min(MAX_CREDIT, credit + (text.length + 15) / CHARACTERS_PER_STATE);
    for (let index = 0; index < text.length;) {
      if (state === FOUND) return true;
      if (state === LOST) return false;
      const rune = text.codePointAt(index)!; // below length
      let next = rune < 128 ? state.next[rune] : state.nextWide.get(rune);
      if (next === undefined) {
        if (credit < 1) return simulate(state, text, index);
        credit--;
        next = build(state, rune);
      }
      state = next;
      index += rune > 0xffff ? 2 : 1;
    }
    return state.ends;
  };
}

/** How many states a matcher may make before it has read anything, and how many it may save up for. */
const FIRST_CREDIT = 8;
const MAX_CREDIT = 256;
/** Characters read that earn one more state. */
const CHARACTERS_PER_STATE = 16;
/** A state with its tables, and an entry of a map, in bytes, estimated upward. */
const STATE_BYTES = 1_536;
const WIDE_BYTES = 64;

function keyOf(threads: Threads, before: number): string {
  const pcs = threads.pcs.subarray(0, threads.count);
  // `apply` takes any array-like; its type knows arrays only. A program has at most 1,000 instructions.
  return before + String.fromCharCode.apply(null, pcs as unknown as number[]);
}

/** Whether no match can begin behind the first character, as for `^…`. */
function startsOnlyAtEdge(simulation: Simulation, program: Program): boolean {
  const none = createThreads(program);
  const after = createThreads(program);
  // A newline leaves more ways open than any other character.
  return !simulation.step(none, EDGE, 10, after) && after.count === 0;
}
