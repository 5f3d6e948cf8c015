import {
  EXPRESSION_LIMITS,
  InterlatchError,
  type PatternLiterals,
  type PatternProgram,
} from "@interlatch/core";
import { createFolds } from "./folds.ts";
import { isText, lowerLiterals } from "./literals.ts";
import { lowerProgram } from "./lower.ts";
import type { Re2 } from "./re2.ts";
import { estimateInstructions, isClassesOnly } from "./source.ts";

/** A pattern that was compiled: its program, whose sets are still its own. */
export interface CompiledSource {
  readonly program: PatternProgram;
  readonly sets: readonly (readonly number[])[];
}

/**
 * Instructions that the patterns of one policy may have together, large character classes counted by their
 * size: some 30,000 ordinary patterns, or half a second of compiling.
 */
const TOTAL_SIZE = 500_000;

/** Numbers in the ranges of character classes that take as long to compile as one instruction. */
const RANGES_PER_INSTRUCTION = 8;

/** Beyond this no pattern can come out below the limit; up to this RE2 answers in milliseconds. */
const MAX_ESTIMATE = 8 * EXPRESSION_LIMITS.patternInstructions;

/** Compiles the patterns of one policy; equal patterns are compiled once. */
export class PatternSources {
  readonly #re2: Re2;
  readonly #foldsOf: (rune: number) => readonly number[];
  readonly #compiled = new Map<string, CompiledSource>();
  #left = TOTAL_SIZE;

  constructor(re2: Re2) {
    this.#re2 = re2;
    this.#foldsOf = createFolds(re2);
  }

  /** All that were compiled, sorted by pattern. */
  get all(): readonly CompiledSource[] {
    const patterns = [...this.#compiled.values()];
    return patterns.sort((a, b) => (a.program.pattern < b.program.pattern ? -1 : 1));
  }

  /**
   * Compiles one pattern: RE2 parses, simplifies and compiles it, what comes out is written in our own form.
   *
   * @throws InterlatchError `ERR_BUNDLE_POLICY` when the pattern is no RE2, is longer than 512 characters or expands
   * to more than 1,000 instructions, or when all patterns together are too large to load in a moment; the message
   * is fit for the author
   */
  compile(pattern: string): CompiledSource {
    const known = this.#compiled.get(pattern);
    if (known !== undefined) return known;
    checkSource(pattern);
    const re2 = parse(this.#re2, pattern).re2();
    if (re2.prog.numInst() > EXPRESSION_LIMITS.patternInstructions) throw tooLarge(pattern);
    const { start, code, sets } = lowerProgram(re2.prog, this.#foldsOf);
    const numbers = sets.reduce((sum, ranges) => sum + ranges.length, 0);
    this.#left -= re2.prog.numInst() + Math.ceil(numbers / RANGES_PER_INSTRUCTION);
    if (this.#left < 0) {
      throw refusal("The patterns of the policy are too large together.");
    }
    // Where a pattern is one literal text, finding that text is the whole match.
    const isLiteral = re2.prefixComplete && isText(re2.prefix);
    const prefilter = re2.prefilter === null ? undefined : lowerLiterals(re2.prefilter);
    const literals: PatternLiterals | undefined = isLiteral ? re2.prefix : prefilter;
    const program: PatternProgram = {
      pattern,
      start,
      code,
      ...(literals === undefined ? {} : { literals }),
      ...(isLiteral ? { isLiteral } : {}),
      ...(isClassesOnly(pattern) ? { anyLength: true } : {}),
    };
    const compiled = { program, sets };
    this.#compiled.set(pattern, compiled);
    return compiled;
  }
}

/** Refuses what would take RE2 long to refuse itself. */
function checkSource(pattern: string): void {
  if (pattern.length > EXPRESSION_LIMITS.patternLength) {
    const limit = EXPRESSION_LIMITS.patternLength;
    throw refusal(`A pattern has ${pattern.length} characters; at most ${limit} are allowed.`);
  }
  if (estimateInstructions(pattern) > MAX_ESTIMATE) throw tooLarge(pattern);
}

function parse(RE2: Re2, pattern: string): InstanceType<Re2> {
  try {
    return new RE2(pattern);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw refusal(`The pattern ${JSON.stringify(pattern)} is not RE2: ${why}`, cause);
  }
}

function tooLarge(pattern: string): InterlatchError {
  const limit = EXPRESSION_LIMITS.patternInstructions;
  return refusal(
    `The pattern ${JSON.stringify(pattern)} expands to more than ${limit} instructions.`,
  );
}

function refusal(message: string, cause?: unknown): InterlatchError {
  return new InterlatchError("ERR_BUNDLE_POLICY", message, { cause });
}
