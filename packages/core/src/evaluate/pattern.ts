import { InterlatchError } from "../errors/errors.ts";
import type { PatternTable } from "../policy/ir.ts";
import { readPattern } from "./pattern/compiled.ts";
import { createMemory } from "./pattern/matcher.ts";
import { type RuneSet, runeSet } from "./pattern/program.ts";

/** A compiled pattern. Matching takes time linear in text × instructions and bounded memory, whatever the two are. */
export interface CompiledPattern {
  /** Instructions of its program. */
  readonly instructions: number;
  /** The longest text that may be asked about, in UTF-16 units. A longer one is the caller's error. */
  readonly subjectLimit: number;
  /** Whether the pattern is found anywhere in the text. */
  test(text: string): boolean;
  /** Whether the text holds the literals the pattern cannot do without; `false` means no match. Cheap. */
  mayMatch(text: string): boolean;
  /** The rest of {@link CompiledPattern.test}, for a text that may match. */
  search(text: string): boolean;
  /** Cost units of {@link CompiledPattern.mayMatch}. */
  scanCost(text: string): number;
  /** Cost units of {@link CompiledPattern.search}: about instructions × UTF-16 units / 48. */
  searchCost(text: string): number;
}

/** Finds the patterns of a policy by their text; one pattern is made ready once. */
export interface PatternCompiler {
  /**
   * The pattern of this text, ready to be asked.
   *
   * @throws InterlatchError `ERR_BUNDLE_POLICY` when the policy holds no program for it
   */
  compile(pattern: string): CompiledPattern;
}

/**
 * Gives the patterns of one policy. No pattern is parsed here: what RE2 made of each at build is signed with the
 * policy, so that a decision depends on no version of RE2.
 *
 * @param table - from a validated policy; `undefined` where it holds no pattern
 *
 * @example
 * ```ts
 * import type { Policy } from "@interlatch/core";
 * import { createPatterns } from "@interlatch/core/build";
 * declare const policy: Policy; // of which a condition asks `arguments.name.matches("^[a-z]+$")`
 * createPatterns(policy.patterns).compile("^[a-z]+$").test("abc"); // true
 * ```
 */
export function createPatterns(table: PatternTable | undefined): PatternCompiler {
  const { sets: ranges = [], programs = [] } = table ?? {};
  const sources = new Map(programs.map((program) => [program.pattern, program]));
  const ready = new Map<string, CompiledPattern>();
  const sets: (RuneSet | undefined)[] = [];
  // All patterns of a policy share sets and one allowance of memory, so that many take hardly more than one.
  const memory = createMemory();
  function setAt(index: number): RuneSet {
    return (sets[index] ??= runeSet(ranges[index] ?? []));
  }
  return {
    compile(pattern) {
      const known = ready.get(pattern);
      if (known !== undefined) return known;
      const source = sources.get(pattern);
      if (source === undefined) {
        const which = JSON.stringify(pattern.slice(0, 96));
        throw new InterlatchError(
          "ERR_BUNDLE_POLICY",
          `The policy holds no program for the pattern ${which}.`,
        );
      }
      const made = readPattern(source, setAt, memory);
      ready.set(pattern, made);
      return made;
    },
  };
}
