import { describe, expect, it } from "vitest";
import { image } from "../../test/json.ts";
import type { ArgumentSchema } from "../policy/ir.ts";
import { compileArguments } from "./schema.ts";
import { EVERY_PART } from "../../test/parts.ts";

const exportData: ArgumentSchema = {
  type: "object",
  properties: {
    table: { enum: ["orders", "customers"] },
    size: { type: "integer", minimum: 0, maximum: 5000 },
    to: { type: "array", items: { type: "string" }, minItems: 1, maxItems: 2 },
    window: {
      type: "object",
      properties: {
        from: { type: "string", maxLength: 10 },
        days: { type: "number", exclusiveMinimum: 0 },
      },
      required: ["from"],
    },
  },
  required: ["table", "size"],
};

function fault(schema: ArgumentSchema, args: object): string | null {
  return compileArguments(schema, EVERY_PART)(image(args), { left: 100_000 });
}

/** What is wrong with one argument, `x`, under a schema. */
function faultOf(schema: ArgumentSchema, x: unknown): string | null {
  return fault({ type: "object", properties: { x: schema } }, { x });
}

describe("the arguments of a described tool", () => {
  it("fit, whole and in part", () => {
    const window = { from: "2026-01-01", days: 0.5 };
    expect(fault(exportData, { table: "orders", size: 5000, to: ["x"], window })).toBeNull();
    expect(fault(exportData, { table: "customers", size: 0 })).toBeNull();
    expect(fault(exportData, { table: "orders", size: -0 })).toBeNull();
    expect(fault(exportData, { table: "orders", size: 100.0 })).toBeNull();
  });

  it.each([
    [{ table: "orders", size: 1, limit: 9 }, "arguments.limit is not a known key"],
    [{ table: "orders", Size: 1 }, "arguments.size is required"],
    [{ table: "orders" }, "arguments.size is required"],
    [
      { table: "orders", size: 1, window: { from: "x", until: "y" } },
      "arguments.window.until is not a known key",
    ],
    [{ table: "orders", size: 1, window: {} }, "arguments.window.from is required"],
    [{ table: "orders", size: 5001 }, "arguments.size must be at most 5000"],
    [{ table: "orders", size: -1 }, "arguments.size must be at least 0"],
    [
      { table: "orders", size: 1, window: { from: "x", days: 0 } },
      "arguments.window.days must be more than 0",
    ],
    [{ table: "orders", size: 1.5 }, "arguments.size must be an integer"],
    [{ table: "orders", size: "100" }, "arguments.size must be an integer"],
    [{ table: "orders", size: { value: 100 } }, "arguments.size must be an integer"],
    [{ table: "orders", size: null }, "arguments.size must be an integer"],
    [{ table: "orders", size: 1, to: "x" }, "arguments.to must be a list"],
    [{ table: "orders", size: 1, to: ["x", "y", "z"] }, "arguments.to must have at most 2 items"],
    [{ table: "orders", size: 1, to: [] }, "arguments.to must have at least 1 items"],
    [{ table: "orders", size: 1, to: ["x", 5] }, "arguments.to[1] must be a text"],
    [{ table: "Orders", size: 1 }, "arguments.table must be one of the values the schema lists"],
    [
      { table: "orders", size: 1, window: { from: "2026-01-01T" } },
      "arguments.window.from must have at most 10 characters",
    ],
    [{ table: "orders", size: 1, window: [] }, "arguments.window must be an object"],
  ])("%j: %s", (args, expected) => {
    expect(fault(exportData, args)).toBe(expected);
  });

  it("are refused keys that look like prototypes, and lack what only a prototype has", () => {
    for (const key of ["__proto__", "constructor", "toString"]) {
      const sent = JSON.parse(`{"table": "orders", "size": 1, "${key}": 1}`) as object; // an object by its text
      expect(fault(exportData, sent)).toBe(`arguments.${key} is not a known key`);
    }
    const odd: ArgumentSchema = { type: "object", properties: {}, required: ["toString"] };
    expect(compileArguments(odd, EVERY_PART)({}, { left: 100_000 })).toBe(
      "arguments.toString is required",
    );
  });

  it("are never quoted in the answer, and odd keys are quoted safely and cut", () => {
    const secret = "hunter2";
    expect(fault(exportData, { table: secret, size: 1 })).not.toContain(secret);
    expect(fault(exportData, { table: "orders", size: 1, "a\nb\u001b[31m": 1 })).toBe(
      'arguments["a\\nb\\u001b[31m"] is not a known key',
    );
    expect(
      fault(exportData, { table: "orders", size: 1, ["k".repeat(10_000)]: 1 })?.length,
    ).toBeLessThan(120);
  });
});

describe("closing", () => {
  it("holds wherever a schema speaks of objects", () => {
    for (const schema of [
      { type: "object" },
      { properties: {} },
      { maxProperties: 5 },
      { type: ["object", "null"] },
    ] as const) {
      expect(faultOf(schema, {}), JSON.stringify(schema)).toBeNull();
      expect(faultOf(schema, { a: 1 }), JSON.stringify(schema)).toBe(
        "arguments.x.a is not a known key",
      );
    }
    expect(faultOf({ items: { properties: { a: {} } } }, [{ a: 1 }, { a: 1, b: 2 }])).toBe(
      "arguments.x[1].b is not a known key",
    );
  });

  it("leaves a location open that says nothing of its kind", () => {
    for (const value of [{ a: { b: 1 } }, [1, { c: 2 }], "x", null]) {
      expect(faultOf({}, value)).toBeNull();
      expect(faultOf({ description: "anything" }, value)).toBeNull();
    }
    expect(faultOf({ type: "array" }, [{ a: 1 }])).toBeNull();
    expect(fault({}, { anything: 1 })).toBeNull();
  });

  it("is not needed where the whole value is pinned", () => {
    const pinned: ArgumentSchema = { enum: [{ kind: "all" }, "none"] };
    expect(faultOf(pinned, { kind: "all" })).toBeNull();
    expect(faultOf(pinned, { kind: "all", more: 1 })).not.toBeNull();
    expect(faultOf({ const: { a: [1] }, type: "object" }, { a: [1] })).toBeNull();
  });
});

describe("keywords", () => {
  it("an integer is a whole number that JSON texts hold exactly", () => {
    expect(faultOf({ type: "integer" }, Number.MAX_SAFE_INTEGER)).toBeNull();
    expect(faultOf({ type: "integer" }, 2 ** 53)).toBe("arguments.x must be an integer");
    expect(faultOf({ type: "integer" }, -(2 ** 53))).not.toBeNull();
    expect(faultOf({ type: "number" }, 2 ** 60)).toBeNull();
    expect(faultOf({ type: ["integer", "null"] }, null)).toBeNull();
    expect(faultOf({ type: ["integer", "null"] }, "1")).toBe(
      "arguments.x must be an integer or null",
    );
  });

  it("lengths count code points", () => {
    expect(faultOf({ maxLength: 2 }, "\u{1F600}\u{1F600}")).toBeNull();
    expect(faultOf({ maxLength: 2 }, "\u{1F600}\u{1F600}a")).not.toBeNull();
    expect(faultOf({ minLength: 3 }, "\u{1F600}\u{1F600}")).not.toBeNull();
    expect(faultOf({ minLength: 2 }, "\u{1F600}\u{1F600}")).toBeNull();
    expect(faultOf({ minLength: 1 }, "")).toBe("arguments.x must have at least 1 characters");
  });

  it("bounds hold at the bound or just beside it", () => {
    expect(faultOf({ minimum: 1, maximum: 2 }, 1)).toBeNull();
    expect(faultOf({ minimum: 1, maximum: 2 }, 2)).toBeNull();
    expect(faultOf({ exclusiveMinimum: 1, exclusiveMaximum: 2 }, 1)).not.toBeNull();
    expect(faultOf({ exclusiveMinimum: 1, exclusiveMaximum: 2 }, 2)).toBe(
      "arguments.x must be less than 2",
    );
    expect(faultOf({ exclusiveMinimum: 1, exclusiveMaximum: 2 }, 1.5)).toBeNull();
  });

  it("a multiple is one by the decimals people write", () => {
    expect(faultOf({ multipleOf: 0.1 }, 0.3)).toBeNull();
    expect(faultOf({ multipleOf: 0.01 }, 19.99)).toBeNull();
    expect(faultOf({ multipleOf: 0.01 }, 19.995)).toBe("arguments.x must be a multiple of 0.01");
    expect(faultOf({ multipleOf: 5 }, 15)).toBeNull();
    expect(faultOf({ multipleOf: 5 }, -15)).toBeNull();
    expect(faultOf({ multipleOf: 5 }, 7.5)).not.toBeNull();
    expect(faultOf({ multipleOf: 2.5 }, 1e21)).toBeNull();
    expect(faultOf({ multipleOf: 1e-7 }, 1)).toBeNull();
  });

  it("enum and const compare deeply and without conversion", () => {
    expect(faultOf({ enum: [1, "1", null, [1, 2], { a: 1 }] }, [1, 2])).toBeNull();
    expect(faultOf({ enum: [1, { a: 1 }] }, { a: 1 })).toBeNull();
    expect(faultOf({ enum: [1] }, "1")).not.toBeNull();
    expect(faultOf({ enum: [0] }, -0)).toBeNull();
    expect(faultOf({ enum: [] }, 1)).not.toBeNull();
    expect(faultOf({ const: null }, null)).toBeNull();
    expect(faultOf({ const: false }, 0)).toBe("arguments.x must be the value the schema names");
    expect(faultOf({ const: 1, enum: [2] }, 1)).not.toBeNull();
  });

  it("look at their own kind alone", () => {
    expect(faultOf({ minimum: 5 }, "abc")).toBeNull();
    expect(faultOf({ maxLength: 1 }, [1, 2, 3])).toBeNull();
    expect(faultOf({ minItems: 2 }, { a: 1 })).toBeNull();
    expect(faultOf({ properties: { a: { type: "string" } } }, "text")).toBeNull();
  });

  it("count keys", () => {
    const counted: ArgumentSchema = {
      properties: { a: {}, b: {}, c: {} },
      minProperties: 1,
      maxProperties: 2,
    };
    expect(faultOf(counted, {})).toBe("arguments.x must have at least 1 keys");
    expect(faultOf(counted, { a: 1, b: 2 })).toBeNull();
    expect(faultOf(counted, { a: 1, b: 2, c: 3 })).toBe("arguments.x must have at most 2 keys");
  });

  it("take every kind by name", () => {
    const samples = {
      null: null,
      boolean: true,
      number: 1.5,
      integer: 1,
      string: "x",
      array: [],
      object: {},
    };
    for (const [type, value] of Object.entries(samples)) {
      const schema = { type } as ArgumentSchema; // the names of the kinds
      expect(faultOf(schema, value), type).toBeNull();
      const others = Object.entries(samples).filter(
        ([other]) => other !== type && !(type === "number" && other === "integer"),
      );
      for (const [other, wrong] of others)
        expect(faultOf(schema, wrong), `${type} ${other}`).not.toBeNull();
    }
  });
});
