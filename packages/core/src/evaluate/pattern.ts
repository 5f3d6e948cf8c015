import { compilePattern, patternsTooLarge } from "./pattern/compile.ts";
import { createFolds } from "./pattern/folds.ts";
import { createMemory } from "./pattern/matcher.ts";
import type { SharedSets } from "./pattern/program.ts";

/** A compiled pattern. Matching takes time linear in text × instructions and bounded memory, whatever the two are. */
export interface CompiledPattern {
  /** RE2 instructions after expansion. */
  readonly instructions: number;
  /** The longest text that may be asked about, in UTF-16 units. A longer one is the caller's error. */
  readonly subjectLimit: number;
  /** Whether RE2 finds the pattern anywhere in the text. */
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

/** Compiles the literal patterns of a policy; equal patterns are compiled once. */
export interface PatternCompiler {
  /**
   * Compiles a pattern in RE2 syntax.
   *
   * @throws InterlatchError `ERR_BUNDLE_POLICY` when the pattern is no RE2, is longer than 512 characters or
   * expands to more than 1,000 instructions, or when all patterns together are too large to load in a moment;
   * the message is fit for the author
   */
  compile(pattern: string): CompiledPattern;
}

/**
 * Instructions that the patterns of one policy may have together, large character classes counted by their
 * size: some 30,000 ordinary patterns, or half a second of compiling.
 */
const TOTAL_SIZE = 500_000;

/**
 * Loads RE2 and gives a compiler for the patterns of one policy. RE2 is imported here and nowhere else, so that
 * a host whose policies hold no pattern never loads it.
 *
 * @example
 * ```ts
 * const patterns = await loadPatternCompiler();
 * patterns.compile("^[a-z]+$").test("abc"); // true
 * ```
 */
export async function loadPatternCompiler(): Promise<PatternCompiler> {
  const { RE2JS } = await import("@bufbuild/re2");
  const compiled = new Map<string, CompiledPattern>();
  // All patterns of a policy share sets and one allowance of memory, so that many take hardly more than one.
  const memory = createMemory();
  const sets: SharedSets = { known: new Map(), foldsOf: createFolds(RE2JS) };
  let left = TOTAL_SIZE;
  return {
    compile(pattern) {
      const known = compiled.get(pattern);
      if (known !== undefined) return known;
      const made = compilePattern(RE2JS, pattern, sets, memory);
      left -= made.size;
      if (left < 0) throw patternsTooLarge();
      compiled.set(pattern, made);
      return made;
    },
  };
}
