import { describe, expect, it } from "vitest";
import { verifies } from "../../../../test/verifies.ts";
import { image } from "../../test/json.ts";
import type { ArgumentSchema, PatternTable } from "../policy/ir.ts";
import { createPatterns } from "./pattern.ts";
import { compileArguments } from "./schema.ts";
import { EVERY_PART, partsWith } from "../../test/parts.ts";

const BUDGET = 100_000;

/** Checks once and says what is left of the budget of a decision, and how long it took in milliseconds. */
function cost(
  schema: ArgumentSchema,
  args: object,
): { left: number; fault: string | null; ms: number } {
  const check = compileArguments(schema, EVERY_PART);
  const budget = { left: BUDGET };
  const frozen = image(args);
  const start = performance.now();
  const fault = check(frozen, budget);
  return { left: budget.left, fault, ms: performance.now() - start };
}

/** Each of many named schemas asks the next one twice: 2^depth looks at one value. */
function doubling(depth: number, keyword: "allOf" | "anyOf" | "oneOf"): ArgumentSchema {
  const $defs: Record<string, ArgumentSchema> = { [`d${depth}`]: { type: "string" } };
  for (let index = 0; index < depth; index++) {
    const next = { $ref: `#/$defs/d${index + 1}` };
    $defs[`d${index}`] = { [keyword]: [next, next] };
  }
  return { properties: { x: { $ref: "#/$defs/d0" } }, $defs };
}

describe("a check of arguments", () => {
  verifies("schema.bounded", "ends within the budget, however the schema is nested", () => {
    const many = Array.from({ length: 10_000 }, (_, index) => ({ a: [index, "x"] }));
    const hostile: readonly [string, ArgumentSchema, object][] = [
      ["branches that double", doubling(30, "allOf"), { x: "a" }],
      ["branches that double and fail", doubling(30, "anyOf"), { x: 1 }],
      ["one of branches that double", doubling(30, "oneOf"), { x: 1 }],
      [
        "ten thousand branches for each of ten thousand items",
        {
          properties: {
            x: {
              items: {
                anyOf: [
                  ...Array.from({ length: 9_999 }, (_, n) => ({ required: [`k${n}`] })),
                  { properties: { a: {} } },
                ],
              },
            },
          },
        },
        { x: many },
      ],
      [
        "negations of negations",
        {
          properties: {
            x: {
              items: {
                not: {
                  not: {
                    not: {
                      anyOf: Array.from({ length: 1_000 }, () => ({ type: "string" as const })),
                    },
                  },
                },
              },
            },
          },
        },
        { x: many },
      ],
      [
        "a tree that looks twice at each level",
        {
          properties: { x: { $ref: "#/$defs/t" } },
          $defs: {
            t: {
              anyOf: [
                { items: { $ref: "#/$defs/t" }, minItems: 2 },
                { items: { $ref: "#/$defs/t" }, minItems: 3 },
              ],
            },
          },
        },
        { x: nest(60) },
      ],
    ];
    for (const [title, schema, args] of hostile) {
      const { left, ms } = cost(schema, args);
      expect(left, title).toBeLessThan(0);
      // An ordinary machine takes a tenth of it.
      expect(ms, title).toBeLessThan(1_000);
    }
  });

  it("of ordinary large arguments costs a part of the budget", () => {
    const x = Array.from({ length: 20_000 }, (_, index) => (index % 2 === 0 ? "a" : { host: "b" }));
    const union: ArgumentSchema = {
      properties: {
        x: {
          items: {
            anyOf: [
              { type: "string" },
              { type: "object", properties: { host: { type: "string" } } },
            ],
          },
        },
      },
    };
    const { left, fault } = cost(union, { x });
    expect(fault).toBeNull();
    expect(left).toBeGreaterThan(BUDGET / 2);
    const plain: ArgumentSchema = {
      properties: { x: { items: { type: ["string", "object"], properties: { host: {} } } } },
    };
    expect(cost(plain, { x }).left).toBe(BUDGET);
  });

  it("finds an item that stands twice among a hundred thousand at once", () => {
    const unique: ArgumentSchema = { properties: { x: { uniqueItems: true } } };
    const x: unknown[] = Array.from({ length: 90_000 }, (_, index) => index);
    const fits = cost(unique, { x });
    expect(fits.fault).toBeNull();
    expect(fits.ms).toBeLessThan(1_000);
    expect(cost(unique, { x: [...x, 7] }).fault).toBe("arguments.x must not hold an item twice");
    const structures = Array.from({ length: 20_000 }, (_, index) => ({ a: index, b: [index] }));
    expect(cost(unique, { x: structures }).fault).toBeNull();
    expect(
      cost(unique, {
        x: [
          { a: 1, b: 2 },
          { b: 2, a: 1 },
        ],
      }).fault,
    ).not.toBeNull();
    expect(cost(unique, { x: [1, true, "1", null, [1], { 1: 1 }] }).fault).toBeNull();
  });

  it("compares with ten thousand listed structures in one look", () => {
    const members = Array.from({ length: 10_000 }, (_, index) => [...Array(50).fill(1), index]);
    const listed: ArgumentSchema = { properties: { x: { items: { enum: members } } } };
    const x = Array.from({ length: 1_000 }, (_, index) => members[index]);
    const { fault, ms } = cost(listed, { x });
    expect(fault).toBeNull();
    expect(ms).toBeLessThan(1_000);
  });

  it("ends no call stack, however deep schemas and data are", () => {
    const $defs: Record<string, ArgumentSchema> = {};
    for (let index = 0; index < 31; index++) {
      $defs[`d${index}`] = { allOf: [{ anyOf: [{ $ref: `#/$defs/d${index + 1}` }] }] };
    }
    $defs["d31"] = { items: { $ref: "#/$defs/d0" } };
    const deep: ArgumentSchema = { properties: { x: { $ref: "#/$defs/d0" } }, $defs };
    expect(cost(deep, { x: nest(62) }).left).toBeLessThan(0);
    expect(cost(deep, { x: nest(2) }).fault).toBeNull();
  });

  it("looks at a fault deep inside once", () => {
    let schema: ArgumentSchema = { type: "string" };
    let value: unknown = 1;
    for (let depth = 0; depth < 31; depth++) {
      schema = { type: "object", properties: { a: schema } };
      value = { a: value };
    }
    const { fault, ms } = cost(schema, value as object); // built of objects
    expect(fault).toMatch(/must be a text$/);
    expect(ms).toBeLessThan(100);
  });
});

function nest(depth: number): unknown {
  let value: unknown = [1, 2, 3];
  for (let index = 0; index < depth; index++) value = [value, 1, 2];
  return value;
}

/** Finds an `a` anywhere, in texts of a bounded length. */
const TABLE: PatternTable = {
  sets: [[97, 97]],
  programs: [{ pattern: "a", start: 0, code: [0, 1, 0, 3, 0, 0], literals: "a" }],
};

describe("a text that is too long for its pattern", () => {
  verifies("schema.unanswerable", "is refused wherever the pattern stands", () => {
    const patterns = createPatterns(TABLE);
    const long = "b".repeat(100_000);
    expect(patterns.compile("a").subjectLimit).toBeLessThan(long.length);
    const refused = "arguments holds a text that is too long for a pattern of its schema";
    const schemas: readonly ArgumentSchema[] = [
      { pattern: "a" },
      { not: { pattern: "a" } },
      { anyOf: [{ pattern: "a" }, {}] },
      { if: { pattern: "a" }, then: false },
    ];
    for (const x of schemas) {
      const check = compileArguments({ properties: { x } }, partsWith(patterns));
      expect(check(image({ x: long }), { left: BUDGET })).toBe(refused);
    }
    const byKey = compileArguments(
      { patternProperties: { a: {} }, additionalProperties: true },
      partsWith(patterns),
    );
    expect(byKey(image({ [long]: 1 }), { left: BUDGET })).toBe(refused);
    expect(byKey(image({ b: 1 }), { left: BUDGET })).toBeNull();
  });

  it("is no matter for one that is short enough", () => {
    const check = compileArguments(
      { properties: { x: { pattern: "a" } } },
      partsWith(createPatterns(TABLE)),
    );
    expect(check(image({ x: "bab" }), { left: BUDGET })).toBeNull();
    expect(check(image({ x: "bbb" }), { left: BUDGET })).toBe(
      "arguments.x must match the pattern of the schema",
    );
  });

  it("cannot be asked of a pattern that the policy does not carry", () => {
    expect(() =>
      compileArguments({ properties: { x: { pattern: "z" } } }, partsWith(createPatterns(TABLE))),
    ).toThrow();
    expect(() => compileArguments({ properties: { x: { pattern: "z" } } }, EVERY_PART)).toThrow(
      "was not loaded",
    );
  });
});
