import { EXPRESSION_LIMITS } from "./expression.ts";
import {
  PATTERN_OPERATIONS,
  type PatternLiterals,
  type PatternProgram,
  type PatternTable,
} from "./ir.ts";
import { literalCount } from "./literal-count.ts";
import {
  type Check,
  type Place,
  closed,
  found,
  nested,
  optional,
  quote,
  refuse,
  within,
} from "./shape.ts";
import { integer, listOf, text } from "./shape-values.ts";

/** Bounds on the patterns of one policy. */
const PATTERN_LIMITS = {
  /** Instructions of all programs, and numbers of all sets, of which eight count as an instruction. */
  size: 500_000,
  /** Nesting of literals, and how many one pattern may look for. */
  literalDepth: 16,
  literals: 1_000,
  /** UTF-16 units of one literal: two for each instruction. */
  literalLength: 2 * EXPRESSION_LIMITS.patternInstructions,
} as const;

const LAST_RUNE = 0x10_ffff;
/** All bits that an assertion can ask for. */
const ALL_ASKS = 63;

/**
 * Checks the table of patterns, before anything that asks for one. Whatever passes can be run: the matcher stays
 * within its arrays, and reads each character in a number of steps that its price covers, loops that consume nothing
 * included, since it visits no instruction twice for one character.
 */
export function patternTable(value: unknown, at: Place): PatternTable {
  const table = tableFields(value, at);
  const { sets, programs } = table;
  let size = 0;
  for (const set of sets) size += Math.ceil(set.length / 8);
  for (let index = 0; index < programs.length; index += 1) {
    const program = programs[index];
    if (program === undefined) continue;
    const here = within(within(at, "programs"), index);
    checkProgram(program, sets.length, here);
    size += program.code.length / 3;
    if (size > PATTERN_LIMITS.size) refuse(at, "the patterns are too large together");
    if (at.about.patterns.has(program.pattern)) {
      refuse(here, `a second program for ${quote(program.pattern)}`);
    }
    at.about.patterns.add(program.pattern);
  }
  return table;
}

/** A pattern as a condition or a schema names it: one that the policy holds a program for. */
export function knownPattern(value: unknown, at: Place): string {
  const pattern = patternText(value, at);
  return at.about.patterns.has(pattern)
    ? pattern
    : refuse(at, `the policy holds no program for the pattern ${quote(pattern)}; build it again`);
}

const patternText = text(EXPRESSION_LIMITS.patternLength);

/** A check for a list of integers from 0 to `last`. Without a place for each: a table has half a million of them. */
function integers(min: number, max: number, last: number): Check<readonly number[]> {
  const item = integer(0, last);
  return (value, at) => {
    if (!Array.isArray(value)) return refuse(at, `expected a list, found ${found(value)}`);
    const count = value.length;
    if (count < min || count > max) {
      return refuse(at, `expected ${min} to ${max} numbers, found ${count}`);
    }
    const copy: number[] = [];
    for (let index = 0; index < count; index += 1) {
      const number: unknown = value[index];
      const isFit = typeof number === "number" && number >= 0 && number <= last;
      copy.push(isFit && Number.isInteger(number) ? number : item(number, within(at, index)));
    }
    return Object.freeze(copy);
  };
}

const rangeList = integers(2, LAST_RUNE, LAST_RUNE);

/** First and last member of each range. A search by halves finds its way in ascending ranges only. */
function runeSet(value: unknown, at: Place): readonly number[] {
  const ranges = rangeList(value, at);
  if (ranges.length % 2 !== 0) refuse(at, "expected a first and a last member of each range");
  let last = -1;
  for (let index = 0; index < ranges.length; index += 1) {
    const member = ranges[index] ?? 0;
    // A range may have one member; two ranges share none.
    if (member < last || (member === last && index % 2 === 0)) {
      refuse(within(at, index), "expected ascending ranges");
    }
    last = member;
  }
  return ranges;
}

const literalText = text(PATTERN_LIMITS.literalLength);

function literal(value: unknown, at: Place): string {
  const checked = literalText(value, at);
  return checked === "" ? refuse(at, "is empty, which every text holds") : checked;
}

const anyLiterals: Check<PatternLiterals> = nested<PatternLiterals>(
  PATTERN_LIMITS.literalDepth,
  (inner) => {
    const parts = listOf(inner, 1, PATTERN_LIMITS.literals);
    const all = closed<{ readonly all: readonly PatternLiterals[] }>({ all: parts });
    const any = closed<{ readonly any: readonly PatternLiterals[] }>({ any: parts });
    return (value, at) => {
      if (typeof value !== "object" || value === null) return literal(value, at);
      return Object.hasOwn(value, "any") ? any(value, at) : all(value, at);
    };
  },
);

/** A flag that is left out where it does not hold, so that one table has one form. */
function yes(value: unknown, at: Place): true {
  return value === true || refuse(at, `expected true or nothing, found ${found(value)}`);
}

const tableFields = closed<PatternTable>({
  sets: listOf(runeSet, 0, PATTERN_LIMITS.size),
  programs: listOf(
    closed<PatternProgram>({
      pattern: patternText,
      start: integer(0, EXPRESSION_LIMITS.patternInstructions - 1),
      code: integers(3, 3 * EXPRESSION_LIMITS.patternInstructions, PATTERN_LIMITS.size),
      literals: optional(anyLiterals),
      isLiteral: optional(yes),
      anyLength: optional(yes),
    }),
    1,
    PATTERN_LIMITS.size,
  ),
});

/** What fields alone do not show: every way leads to an instruction, every operand is one of its operation. */
function checkProgram(program: PatternProgram, sets: number, at: Place): void {
  const { start, code, literals, isLiteral } = program;
  const size = code.length / 3;
  if (!Number.isInteger(size)) refuse(within(at, "code"), "expected three numbers an instruction");
  if (start >= size) refuse(within(at, "start"), `there is no instruction ${start}`);
  if (isLiteral && typeof literals !== "string") {
    refuse(within(at, "isLiteral"), "expected one literal");
  }
  if (literals !== undefined && literalCount(literals) > PATTERN_LIMITS.literals) {
    refuse(within(at, "literals"), `has more than ${PATTERN_LIMITS.literals} texts`);
  }
  for (let index = 0; index < code.length; index += 3) {
    const [operation, out, operand] = [code[index]!, code[index + 1]!, code[index + 2]!]; // three numbers each
    if (!isInstruction(operation, out, operand, size, sets)) {
      refuse(within(within(at, "code"), index), "is no instruction of this program");
    }
  }
}

const { rune, split, assert, match, fail } = PATTERN_OPERATIONS;

function isInstruction(
  operation: number,
  out: number,
  operand: number,
  size: number,
  sets: number,
): boolean {
  switch (operation) {
    case rune:
      return out < size && operand < sets;
    case split:
      return out < size && operand < size;
    case assert:
      return out < size && operand >= 1 && operand <= ALL_ASKS;
    case match:
    case fail:
      return out === 0 && operand === 0;
    default:
      return false;
  }
}
