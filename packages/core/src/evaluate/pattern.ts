import type { RE2JS } from "@bufbuild/re2";
import { InterlatchError } from "../errors/errors.ts";
import { EXPRESSION_LIMITS } from "../policy/expression.ts";
import { textCost } from "./cost.ts";
import { createMatcher, createMemory, type MatcherMemory } from "./pattern/matcher.ts";
import { exactly, literalCount, mayContain, type Literals } from "./pattern/literals.ts";
import { lowerProgram, type Program, type SharedSets } from "./pattern/program.ts";
import { estimateInstructions, isClassesOnly } from "./pattern/source.ts";

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
  /** Cost units of {@link CompiledPattern.mayMatch}. */
  scanCost(text: string): number;
  /** Cost units of {@link CompiledPattern.test}: about instructions × UTF-16 units / 64. */
  matchCost(text: string): number;
}

/** Compiles the literal patterns of a policy; equal patterns are compiled once. */
export interface PatternCompiler {
  /**
   * Compiles a pattern in RE2 syntax.
   *
   * @throws InterlatchError `ERR_BUNDLE_POLICY` when the pattern is no RE2, is longer than 512 characters or
   * expands to more than 1,000 instructions; the message is fit for the author
   */
  compile(pattern: string): CompiledPattern;
}

/** Steps that cost one unit: about half a microsecond where the automaton gives up and everything is simulated. */
const STEPS_PER_UNIT = 64;
/** Units of one match whatever the text. */
const MATCH_BASE = 8;

/**
 * Loads RE2 and gives a compiler of patterns. RE2 is imported here and nowhere else, so that a host whose
 * policies hold no pattern never loads it.
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
  const sets: SharedSets = { known: new Map(), foldsOf: (rune) => foldsOf(RE2JS, rune) };
  return {
    compile(pattern) {
      const known = compiled.get(pattern);
      if (known !== undefined) return known;
      const made = compilePattern(RE2JS, pattern, sets, memory);
      compiled.set(pattern, made);
      return made;
    },
  };
}

function compilePattern(
  RE2: typeof RE2JS,
  pattern: string,
  sets: SharedSets,
  memory: MatcherMemory,
): CompiledPattern {
  checkSource(pattern);
  const re2 = parse(RE2, pattern).re2();
  const instructions = re2.prog.numInst();
  if (instructions > EXPRESSION_LIMITS.patternInstructions) throw tooLarge(pattern);
  // Where a pattern is one literal text, finding that text is the whole match.
  const isLiteral = re2.prefixComplete && re2.prefix !== "";
  const literals: Literals | null = isLiteral ? exactly(re2.prefix) : re2.prefilter;
  const program = lowerProgram(re2.prog, sets);
  // Most patterns of a large policy are never asked about in one process.
  let matcher: ((text: string) => boolean) | null = null;
  const matches = (text: string): boolean => (matcher ??= createMatcher(program, memory))(text);
  const weight = weightOf(program);
  const scans = literals === null ? 0 : literalCount(literals);
  return {
    instructions,
    subjectLimit: isClassesOnly(pattern) ? Infinity : EXPRESSION_LIMITS.subjectLength,
    test: (text) => (literals === null || mayContain(literals, text)) && (isLiteral || matches(text)),
    mayMatch: (text) => literals === null || mayContain(literals, text),
    scanCost: (text) => scans * textCost(text.length),
    matchCost: (text) =>
      isLiteral ? 0 : MATCH_BASE + Math.ceil((weight * text.length) / STEPS_PER_UNIT),
  };
}

/** What reading one code point takes whatever the instructions. */
const STEP_BASE = 16;

/** Steps for each code point: the instructions, and the look-ups in sets of many ranges. */
function weightOf({ size, sets }: Program): number {
  return sets.reduce((sum, { ranges }) => sum + Math.ceil(Math.log2(ranges.length)), size + STEP_BASE);
}

/**
 * The code points RE2 takes for one when case is ignored (`k`, `K` and the Kelvin sign), as ranges. RE2 only
 * writes them out inside a class, so the class gets a second member, which is dropped again.
 */
function foldsOf(RE2: typeof RE2JS, rune: number): readonly number[] {
  const hex = rune.toString(16);
  const { inst } = new RE2(`(?i)[\\x{${hex}}\\x{10FFFF}]`).re2().prog;
  const ranges = inst.find(({ runes }) => runes.length > 1)?.runes ?? [rune, rune];
  return ranges.slice(0, -2);
}

/** Refuses what would take RE2 long to refuse itself. */
function checkSource(pattern: string): void {
  if (pattern.length > EXPRESSION_LIMITS.patternLength) {
    const limit = EXPRESSION_LIMITS.patternLength;
    throw refusal(`A pattern has ${pattern.length} characters; at most ${limit} are allowed.`);
  }
  if (estimateInstructions(pattern) > MAX_ESTIMATE) throw tooLarge(pattern);
}

/** Beyond this no pattern can come out below the limit; up to this RE2 answers in milliseconds. */
const MAX_ESTIMATE = 8 * EXPRESSION_LIMITS.patternInstructions;

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
  return refusal(`The pattern ${JSON.stringify(pattern)} expands to more than ${limit} instructions.`);
}

function refusal(message: string, cause?: unknown): InterlatchError {
  return new InterlatchError("ERR_BUNDLE_POLICY", message, { cause });
}
