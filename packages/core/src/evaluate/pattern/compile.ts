import type { RE2JS } from "@bufbuild/re2";
import { InterlatchError } from "../../errors/errors.ts";
import { EXPRESSION_LIMITS } from "../../policy/expression.ts";
import { textCost } from "../cost.ts";
import type { CompiledPattern } from "../pattern.ts";
import { exactly, literalCount, mayContain, type Literals } from "./literals.ts";
import { createMatcher, type MatcherMemory } from "./matcher.ts";
import { lowerProgram, type Program, type SharedSets } from "./program.ts";
import { estimateInstructions, isClassesOnly } from "./source.ts";

/** Steps that cost one unit: about half a microsecond where the automaton gives up and everything is simulated. */
const STEPS_PER_UNIT = 48;
/** Units of one search whatever the text. */
const SEARCH_BASE = 8;
/** Steps for each code point whatever the instructions. */
const STEP_BASE = 8;
/** Numbers in the ranges of character classes that take as long to compile as one instruction. */
const RANGES_PER_INSTRUCTION = 8;

/** A compiled pattern, and what it takes of the allowance of its policy. */
export interface SizedPattern extends CompiledPattern {
  /** Instructions, large character classes counted by their size. */
  readonly size: number;
}

/**
 * Compiles one pattern: RE2 parses, simplifies and compiles it, our matcher runs the program.
 *
 * RE2's own matcher keeps ten thousand states a pattern, five times over, and then takes a set for each
 * instruction and character: one pattern of a hostile bundle would hold up a process for a second at a time.
 *
 * @throws InterlatchError `ERR_BUNDLE_POLICY`
 */
export function compilePattern(
  RE2: typeof RE2JS,
  pattern: string,
  sets: SharedSets,
  memory: MatcherMemory,
): SizedPattern {
  checkSource(pattern);
  const re2 = parse(RE2, pattern).re2();
  const instructions = re2.prog.numInst();
  if (instructions > EXPRESSION_LIMITS.patternInstructions) throw tooLarge(pattern);
  // Where a pattern is one literal text, finding that text is the whole match.
  const isLiteral = re2.prefixComplete && re2.prefix !== "";
  const literals: Literals | null = isLiteral ? exactly(re2.prefix) : re2.prefilter;
  const program = lowerProgram(re2.prog, sets);
  const steps = stepsOf(program);
  const scans = literals === null ? 0 : literalCount(literals);
  // Most patterns of a large policy are never asked about in one process.
  let matcher: ((text: string) => boolean) | null = null;

  function mayMatch(text: string): boolean {
    return literals === null || mayContain(literals, text);
  }
  function search(text: string): boolean {
    return isLiteral || (matcher ??= createMatcher(program, memory))(text);
  }
  return {
    instructions,
    size: sizeOf(program),
    subjectLimit: isClassesOnly(pattern) ? Infinity : EXPRESSION_LIMITS.subjectLength,
    test: (text) => mayMatch(text) && search(text),
    mayMatch,
    search,
    scanCost: (text) => scans * textCost(2 * text.length),
    searchCost: (text) =>
      isLiteral ? 0 : SEARCH_BASE + Math.ceil((steps * text.length) / STEPS_PER_UNIT),
  };
}

/** Steps for each code point: the instructions, and the look-ups in sets of many ranges. */
function stepsOf({ size, sets }: Program): number {
  const lookUps = sets.map(({ ranges }) => Math.ceil(Math.log2(Math.max(2, ranges.length))));
  return lookUps.reduce((sum, each) => sum + each, size + STEP_BASE);
}

function sizeOf({ size, sets }: Program): number {
  const numbers = sets.reduce((sum, { ranges }) => sum + ranges.length, 0);
  return size + Math.ceil(numbers / RANGES_PER_INSTRUCTION);
}

/** Beyond this no pattern can come out below the limit; up to this RE2 answers in milliseconds. */
const MAX_ESTIMATE = 8 * EXPRESSION_LIMITS.patternInstructions;

/** Refuses what would take RE2 long to refuse itself. */
function checkSource(pattern: string): void {
  if (pattern.length > EXPRESSION_LIMITS.patternLength) {
    const limit = EXPRESSION_LIMITS.patternLength;
    throw refusal(`A pattern has ${pattern.length} characters; at most ${limit} are allowed.`);
  }
  if (estimateInstructions(pattern) > MAX_ESTIMATE) throw tooLarge(pattern);
}

function parse(RE2: typeof RE2JS, pattern: string): RE2JS {
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

/** The error of a policy whose patterns are each small enough, but too many together. */
export function patternsTooLarge(): InterlatchError {
  return refusal("The patterns of the policy are too large together.");
}

function refusal(message: string, cause?: unknown): InterlatchError {
  return new InterlatchError("ERR_BUNDLE_POLICY", message, { cause });
}
