import { describe, expect, it } from "vitest";
import {
  BEGIN,
  exactly,
  letters,
  many,
  range,
  sequence,
  tableOf,
  times,
} from "../../test/patterns.ts";
import { verifies } from "../../../../test/verifies.ts";
import { isInterlatchError } from "../errors/errors.ts";
import { ENGINE, PATTERN_OPERATIONS } from "./ir.ts";
import { validatePolicy } from "./validate.ts";

type Loose = Readonly<Record<string, unknown>>;

const { rune, split, assert, match, fail } = PATTERN_OPERATIONS;
const GOOD = tableOf({
  "^[a-z]*x": sequence(BEGIN, many(range("az")), exactly("x")),
  "foo|[ab]": { of: letters("ab"), literals: { any: ["foo", { all: ["a", "b"] }] } },
});

function policy(patterns: unknown, rules: readonly unknown[] = []): Loose {
  const at = { file: "p.yaml", line: 1 };
  const tool = { operation: "read", reversible: true, default: "deny", at };
  return {
    engine: ENGINE,
    id: "p",
    mode: "enforce",
    agents: null,
    tools: { t: tool },
    facts: {},
    rules,
    ...(patterns === undefined ? {} : { patterns }),
  };
}

function rule(pattern: string): Loose {
  const of = { kind: "variable", name: "tool" };
  const when = { kind: "matches", of, pattern };
  return { name: "r", tools: ["t"], action: "allow", when, at: { file: "p.yaml", line: 1 } };
}

function refusal(value: unknown): string {
  try {
    validatePolicy(value);
  } catch (error) {
    return isInterlatchError(error, "ERR_BUNDLE_POLICY")
      ? error.message
      : `other: ${String(error)}`;
  }
  return "accepted";
}

/** A table of one program, with these fields in place of its own. */
function program(changes: Loose, sets: unknown = [[97, 97]]): Loose {
  const good = { pattern: "a", start: 0, code: [rune, 1, 0, match, 0, 0] };
  return { sets, programs: [{ ...good, ...changes }] };
}

function code(...numbers: readonly unknown[]): Loose {
  return program({ code: [...numbers, match, 0, 0] });
}

describe("a table of patterns", () => {
  it("is copied, frozen and without prototypes", () => {
    const { patterns } = validatePolicy(policy(GOOD));
    expect(patterns).toEqual(GOOD);
    expect(Object.isFrozen(patterns?.programs[0]?.code)).toBe(true);
    expect(Object.isFrozen(patterns?.sets[0])).toBe(true);
    expect("constructor" in (patterns?.programs[0] ?? {})).toBe(false);
  });

  it.each<[string, unknown, RegExp]>([
    ["that is a list", [], /patterns: expected an object/],
    ["without programs", { sets: [], programs: [] }, /programs: expected 1 to/],
    ["with an unknown field", { ...GOOD, version: 1 }, /unknown field "version"/],
    ["with an unknown field in a program", program({ flags: "i" }), /unknown field "flags"/],
    ["whose pattern is a number", program({ pattern: 1 }), /pattern: expected text/],
    ["whose pattern is too long", program({ pattern: "a".repeat(513) }), /longer than 512/],
    [
      "with two programs for a pattern",
      { ...GOOD, programs: [...GOOD.programs, GOOD.programs[0]] },
      /programs\[2\]: a second program for/,
    ],
  ])("%s is refused", (_, table, words) => {
    expect(refusal(policy(table))).toMatch(words);
  });

  it.each<[string, Loose, RegExp]>([
    ["no code", program({ code: [] }), /code: expected 3 to 3000 numbers, found 0/],
    ["half an instruction", program({ code: [match, 0, 0, match] }), /three numbers an/],
    ["1,001 instructions", program({ code: longCode(1_001) }), /expected 3 to 3000/],
    ["a start behind its end", program({ start: 2 }), /start: there is no instruction 2/],
    ["a start before its begin", program({ start: -1 }), /start: expected an integer/],
    ["an unknown operation", code(5, 0, 0), /code\[0\]: is no instruction/],
    ["a fraction", code(rune, 0.5, 0), /code\[1\]: expected an integer/],
    ["a text", code("0", 1, 0), /code\[0\]: expected an integer/],
    ["a hole", program({ code: Object.assign([], { 0: match, 2: 0, length: 3 }) }), /code\[1\]/],
    ["not a number", code(rune, Number.NaN, 0), /code\[1\]: expected an integer/],
    ["a negative target", code(split, -1, 0), /code\[1\]: expected an integer/],
    ["a target behind its end", code(rune, 2, 0), /code\[0\]: is no instruction/],
    ["a second target behind its end", code(split, 0, 2), /is no instruction/],
    ["a set that is not there", code(rune, 1, 1), /is no instruction/],
    ["an assertion of nothing", code(assert, 1, 0), /is no instruction/],
    ["an assertion nobody knows", code(assert, 1, 64), /is no instruction/],
    ["a match that goes on", code(match, 1, 0), /is no instruction/],
    ["a match with an operand", code(match, 0, 1), /is no instruction/],
    ["a failure that goes on", code(fail, 1, 0), /is no instruction/],
    ["a flag that is false", program({ anyLength: false }), /anyLength: expected true/],
    ["a literal flag alone", program({ isLiteral: true }), /isLiteral: expected one literal/],
    [
      "a literal flag over alternatives",
      program({ isLiteral: true, literals: { any: ["a"] } }),
      /expected one literal/,
    ],
  ])("of a program with %s is refused", (_, table, words) => {
    expect(refusal(policy(table))).toMatch(words);
  });

  it.each<[string, unknown, RegExp]>([
    ["that is empty", [[]], /sets\[0\]: expected 2 to/],
    ["of half a range", [[1, 2, 3]], /a first and a last member/],
    ["that descends", [[2, 1]], /sets\[0\]\[1\]: expected ascending/],
    ["whose ranges overlap", [[1, 5, 5, 9]], /sets\[0\]\[2\]: expected ascending/],
    ["whose ranges are out of order", [[7, 8, 1, 2]], /sets\[0\]\[2\]: expected ascending/],
    ["beyond Unicode", [[0, 0x11_0000]], /sets\[0\]\[1\]: expected an integer from 0 to 1114111/],
    ["below zero", [[-1, 5]], /sets\[0\]\[0\]: expected an integer/],
    ["that is a text", ["az"], /sets\[0\]: expected a list/],
  ])("of a set %s is refused", (_, sets, words) => {
    expect(refusal(policy(program({}, sets)))).toMatch(words);
  });

  it.each<[string, unknown, RegExp]>([
    ["an empty text", "", /literals: is empty/],
    ["an empty list", { all: [] }, /all: expected 1 to 1000/],
    ["both all and any", { all: ["a"], any: ["b"] }, /unknown field "all"/],
    ["neither", {}, /all: is missing/],
    ["a list", ["a"], /expected an object, found a list/],
    ["a number", 1, /expected text, found 1/],
    ["a text longer than any match", "a".repeat(2_001), /longer than 2000/],
    ["a nest deeper than 16", nested(17), /nested deeper than 16/],
    ["a nest without end", nested(100_000), /nested deeper than 16/],
    ["more than 1,000 texts", { all: [many1000(), { any: ["b"] }] }, /more than 1000 texts/],
  ])("with %s for literals is refused", (_, literals, words) => {
    expect(refusal(policy(program({ literals })))).toMatch(words);
  });

  it("is accepted at each bound", () => {
    const whole = { pattern: "a".repeat(512), code: longCode(1_000), start: 999 };
    expect(refusal(policy(program({ ...whole, literals: nested(16), anyLength: true })))).toBe(
      "accepted",
    );
    expect(refusal(policy(program({ literals: many1000() }, [[0, 0x10_ffff]])))).toBe("accepted");
    expect(refusal(policy(program({ literals: "a", isLiteral: true })))).toBe("accepted");
    expect(refusal(policy(program({}, [[1, 1, 2, 2]])))).toBe("accepted");
  });

  verifies("language.pattern-table", "is refused when it is too large as a whole", () => {
    const programs = Array.from({ length: 501 }, (_, index) => ({
      pattern: String(index),
      start: 0,
      code: longCode(1_000),
    }));
    expect(refusal(policy({ sets: [], programs: programs.slice(1) }))).toBe("accepted");
    expect(refusal(policy({ sets: [], programs }))).toMatch(/patterns: .*too large together/);
    const wide = Array.from({ length: 2_000 }, (_, index) => 2 * index);
    const sets = Array.from({ length: 2_001 }, () => wide);
    expect(refusal(policy(program({}, sets)))).toMatch(/too large together/);
  });
});

describe("a pattern of a condition", () => {
  verifies("language.pattern-table", "is one that the table holds", () => {
    expect(refusal(policy(GOOD, [rule("foo|[ab]")]))).toBe("accepted");
    expect(refusal(policy(GOOD, [rule("foo")]))).toMatch(
      /rules\[0\]\.when\.pattern: the policy holds no program for the pattern "foo"/,
    );
    expect(refusal(policy(undefined, [rule("foo")]))).toMatch(/no program/);
    expect(refusal(policy(GOOD, [rule("constructor")]))).toMatch(/no program/);
  });

  it("is not found in the table of another policy", () => {
    validatePolicy(policy(GOOD, [rule("foo|[ab]")]));
    expect(refusal(policy(tableOf({ other: times(2, exactly("o")) }), [rule("foo|[ab]")]))).toMatch(
      /no program/,
    );
  });
});

function longCode(instructions: number): readonly number[] {
  return Array.from({ length: 3 * instructions }, (_, index) => (index % 3 === 0 ? match : 0));
}

function nested(depth: number): unknown {
  let literals: unknown = "a";
  for (let level = 1; level < depth; level++) literals = { all: [literals] };
  return literals;
}

function many1000(): unknown {
  return { any: Array.from({ length: 1_000 }, (_, index) => `a${index}`) };
}
