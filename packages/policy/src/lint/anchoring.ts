import { PATTERN_OPERATIONS, type PatternProgram, type PatternTable } from "@interlatch/core";
import type { Finding } from "../diagnostics/reporter.ts";
import { shown } from "../diagnostics/words.ts";

/** The ends of a text at which a pattern is held. */
export type Anchoring = "both" | "start" | "end" | "none";

/** The bits of an assertion that ask for the begin and for the end of the whole text. */
const TEXT_BEGIN = 4;
const TEXT_END = 8;

/**
 * At which ends of a text every match of a pattern must lie. The program is asked and not the text of the pattern: in
 * `^a|b$` each half is held at one end alone, and `(?m)^a$` at none, since it asks for lines.
 */
export function anchoringOf(program: PatternProgram): Anchoring {
  const afterRune = instructionsOf(program).flatMap(({ operation, next }) =>
    operation === PATTERN_OPERATIONS.rune ? [next] : [],
  );
  const isConsumed = reaches(program, [program.start], TEXT_BEGIN, [
    PATTERN_OPERATIONS.rune,
    PATTERN_OPERATIONS.match,
  ]);
  const isEnded = reaches(program, [program.start, ...afterRune], TEXT_END, [
    PATTERN_OPERATIONS.match,
  ]);
  if (isConsumed) return isEnded ? "none" : "end";
  return isEnded ? "start" : "both";
}

/** The programs of a table by their patterns: ten thousand tools may each have one. */
const programs = new WeakMap<PatternTable, ReadonlyMap<string, PatternProgram>>();

function programsOf(table: PatternTable): ReadonlyMap<string, PatternProgram> {
  let known = programs.get(table);
  if (known === undefined) {
    known = new Map(table.programs.map((program) => [program.pattern, program]));
    programs.set(table, known);
  }
  return known;
}

/** What is to be said of a pattern by which a text gets through and that is not held at both ends. */
export function unanchoredFinding(
  pattern: string,
  table: PatternTable | undefined,
): Omit<Finding, "at"> | undefined {
  const program = table === undefined ? undefined : programsOf(table).get(pattern);
  const anchoring = program === undefined ? "both" : anchoringOf(program);
  if (anchoring === "both") return undefined;
  return {
    code: "unanchored_pattern",
    message: `A text that only ${WHERE[anchoring]} \`${shown(pattern)}\` passes here: the pattern ${HOW[anchoring]}.`,
    hint: `Hold it at both ends: \`${shown(anchored(pattern))}\`.`,
  };
}

const WHERE = { none: "holds", start: "begins with", end: "ends with" } as const;
const HOW = {
  none: "is searched anywhere",
  start: "is held at the beginning alone",
  end: "is held at the end alone",
} as const;

function anchored(pattern: string): string {
  const inner = pattern.replace(/^\^/, "").replace(/(?<!\\)\$$/, "");
  return inner.includes("|") ? `^(?:${inner})$` : `^${inner}$`;
}

interface Instruction {
  readonly operation: number;
  readonly next: number;
  readonly operand: number;
}

function instructionsOf({ code }: PatternProgram): readonly Instruction[] {
  const instructions: Instruction[] = [];
  for (let at = 0; at + 2 < code.length; at += 3) {
    const [operation = 0, next = 0, operand = 0] = code.slice(at, at + 3);
    instructions.push({ operation, next, operand });
  }
  return instructions;
}

/** Whether one of some operations is reached without a sign being read and without an assertion being passed. */
function reaches(
  program: PatternProgram,
  from: readonly number[],
  assertion: number,
  wanted: readonly number[],
): boolean {
  const instructions = instructionsOf(program);
  const open = [...from];
  const seen = new Set<number>();
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    const instruction = instructions[at];
    if (instruction === undefined || seen.has(at)) continue;
    seen.add(at);
    const { operation, next, operand } = instruction;
    if (wanted.includes(operation)) return true;
    if (operation === PATTERN_OPERATIONS.split) open.push(next, operand);
    else if (operation === PATTERN_OPERATIONS.assert && (operand & assertion) === 0)
      open.push(next);
  }
  return false;
}
