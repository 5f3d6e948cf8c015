import { EXPRESSION_LIMITS } from "../../policy/expression.ts";
import type { PatternProgram } from "../../policy/ir.ts";
import { literalCount } from "../../policy/literal-count.ts";
import { textCost } from "../cost.ts";
import type { CompiledPattern } from "../pattern.ts";
import { mayContain } from "./literals.ts";
import { createMatcher, type MatcherMemory } from "./matcher.ts";
import { type Program, readProgram, type RuneSet } from "./program.ts";

/** Steps that cost one unit: about half a microsecond where the automaton gives up and everything is simulated. */
const STEPS_PER_UNIT = 48;
/** Units of one search whatever the text. */
const SEARCH_BASE = 8;
/** Steps for each code point whatever the instructions. */
const STEP_BASE = 8;

/**
 * Makes one program of a table ready to be asked.
 *
 * RE2's own matcher keeps ten thousand states a pattern, five times over, and then takes a set for each
 * instruction and character: one pattern of a hostile bundle would hold up a process for a second at a time.
 * Ours has a fixed allowance of memory and a price for every text, paid before it is read.
 */
export function readPattern(
  source: PatternProgram,
  setAt: (index: number) => RuneSet,
  memory: MatcherMemory,
): CompiledPattern {
  const { literals, isLiteral = false } = source;
  const program = readProgram(source, setAt);
  const steps = stepsOf(program);
  const scans = literals === undefined ? 0 : literalCount(literals);
  // Most patterns of a large policy are never asked about in one process.
  let matcher: ((text: string) => boolean) | null = null;

  function mayMatch(text: string): boolean {
    return literals === undefined || mayContain(literals, text);
  }
  function search(text: string): boolean {
    return isLiteral || (matcher ??= createMatcher(program, memory))(text);
  }
  return {
    instructions: program.size,
    subjectLimit: source.anyLength ? Infinity : EXPRESSION_LIMITS.subjectLength,
    test: (text) => mayMatch(text) && search(text),
    mayMatch,
    search,
    // An empty text is looked at once for each literal as well.
    scanCost: (text) => (scans >>> 2) + scans * textCost(2 * text.length),
    searchCost: (text) =>
      isLiteral ? 0 : SEARCH_BASE + Math.ceil((steps * text.length) / STEPS_PER_UNIT),
  };
}

/** Steps for each code point: the instructions, and the look-ups in sets of many ranges. */
function stepsOf({ size, sets }: Program): number {
  const lookUps = sets.map(({ ranges }) => Math.ceil(Math.log2(Math.max(2, ranges.length))));
  return lookUps.reduce((sum, each) => sum + each, size + STEP_BASE);
}
