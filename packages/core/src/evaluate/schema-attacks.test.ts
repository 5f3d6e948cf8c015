import { describe, expect, it } from "vitest";
import { verifies } from "../../../../test/verifies.ts";
import { image } from "../../test/json.ts";
import { EVERY_PART } from "../../test/parts.ts";
import type { ArgumentSchema, ArgumentSchemaObject } from "../policy/ir.ts";
import { compileArguments } from "./schema.ts";

/** Checks with the budget of a decision; what is left of it may be less than nothing. */
function check(schema: ArgumentSchema, args: object): { fault: string | null; left: number } {
  const budget = { left: 100_000 };
  const fault = compileArguments(schema, EVERY_PART)(image(args), budget);
  return { fault, left: budget.left };
}

function times<Item>(count: number, item: Item): readonly Item[] {
  return Array.from({ length: count }, () => item);
}

/** An argument that thousands of references describe, each by the same schema. */
function referredTo(count: number, described: ArgumentSchemaObject): ArgumentSchema {
  const allOf = times(count, { $ref: "#/$defs/d" });
  return { type: "object", properties: { x: { allOf } }, $defs: { d: described } };
}

describe("a schema that says yes or no to everything", () => {
  const list = times(50_000, null);
  for (const [title, schema, x] of [
    ["for each item of a long list", referredTo(5_000, { items: true }), list],
    ["for each of the first items", referredTo(3_000, { prefixItems: times(3_000, true) }), list],
    ["in thousands of branches", referredTo(9_000, { anyOf: [...times(9_000, false), true] }), 1],
    ["in thousands of parts", referredTo(9_000, { allOf: times(9_000, true) }), 1],
    [
      "in thousands of branches, one of",
      referredTo(9_000, { oneOf: [...times(9_000, false), true] }),
      1,
    ],
  ] as const) {
    verifies("schema.bounded", `is charged for where it stands ${title}`, () => {
      expect(check(schema, { x }).left).toBeLessThan(0);
    });
  }

  it("costs next to nothing where it stands once", () => {
    const schema: ArgumentSchema = {
      type: "object",
      properties: { x: { anyOf: [false, { items: true }] } },
    };
    expect(check(schema, { x: list }).left).toBeGreaterThan(80_000);
  });
});

describe("an object that nothing but an `if` describes", () => {
  const target: ArgumentSchema = { type: "object", properties: { env: { const: "prod" } } };
  const asked: ArgumentSchema = {
    type: "object",
    if: { properties: { target, list: { items: target } } },
  };

  verifies("schema.closed", "is closed where the `if` holds", () => {
    expect(check(asked, { target: { env: "prod" } }).fault).toBeNull();
    expect(check(asked, { target: { env: "prod", shell: "rm" } }).fault).toBe(
      "arguments.target.shell is not a known key",
    );
    expect(check(asked, { list: [{ env: "prod", shell: "rm" }] }).fault).toBe(
      "arguments.list[0].shell is not a known key",
    );
  });

  verifies("schema.closed", "is no known key where the `if` does not hold", () => {
    expect(check(asked, { target: { env: "test" } }).fault).toBe(
      "arguments.target is not a known key",
    );
  });

  it("takes part in what others describe of it", () => {
    const schema: ArgumentSchema = {
      type: "object",
      properties: { target: { type: "object", properties: { name: { type: "string" } } } },
      if: { properties: { target } },
      then: { properties: { target: { properties: { ticket: { type: "string" } } } } },
    };
    expect(check(schema, { target: { env: "prod", name: "a", ticket: "t" } }).fault).toBeNull();
    expect(check(schema, { target: { env: "prod", other: 1 } }).fault).toBe(
      "arguments.target.other is not a known key",
    );
  });
});
