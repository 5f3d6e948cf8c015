import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { verifies } from "../../../../test/verifies.ts";
import { image } from "../../test/json.ts";
import type { ArgumentSchema } from "../policy/ir.ts";
import { compileArguments } from "./schema.ts";
import { EVERY_PART } from "../../test/parts.ts";

/** What is wrong with arguments, and whether the check was finished. */
function fault(schema: ArgumentSchema, args: object, closed = true): string | null {
  const budget = { left: 100_000 };
  const found = compileArguments(schema, EVERY_PART, { closed })(image(args), budget);
  expect(budget.left).toBeGreaterThanOrEqual(0);
  return found;
}

const text: ArgumentSchema = { type: "string" };

describe("closing through combined schemas", () => {
  verifies("schema.closed", "counts what every branch that held has evaluated", () => {
    const schema: ArgumentSchema = {
      type: "object",
      allOf: [{ properties: { amount: { type: "number" } } }, { $ref: "#/$defs/note" }],
      oneOf: [
        { properties: { kind: { const: "iban" }, iban: text }, required: ["kind", "iban"] },
        { properties: { kind: { const: "card" }, pan: text }, required: ["kind", "pan"] },
      ],
      $defs: { note: { properties: { note: text } } },
    };
    expect(fault(schema, { amount: 1, note: "x", kind: "iban", iban: "DE" })).toBeNull();
    expect(fault(schema, { kind: "iban", iban: "DE", pan: "4" })).toBe(
      "arguments.pan is not a known key",
    );
    expect(fault(schema, { kind: "card", pan: "4", cvv: "1" })).toBe(
      "arguments.cvv is not a known key",
    );
    expect(fault(schema, { kind: "card" })).toBe(
      "arguments fits none of the forms the schema permits",
    );
  });

  it("names the place of a stray key deep inside", () => {
    const schema: ArgumentSchema = {
      properties: {
        via: {
          type: "array",
          items: { anyOf: [text, { type: "object", properties: { host: text } }] },
        },
      },
    };
    expect(fault(schema, { via: ["a", { host: "b" }] })).toBeNull();
    expect(fault(schema, { via: ["a", { host: "b", port: 1 }] })).toBe(
      "arguments.via[1].port is not a known key",
    );
  });

  it("lets `then` add to what `properties` says of a nested object", () => {
    const schema: ArgumentSchema = {
      type: "object",
      properties: {
        target: { type: "object", properties: { env: text, name: text } },
      },
      if: { properties: { target: { properties: { env: { const: "prod" } } } } },
      then: { properties: { target: { properties: { ticket: text }, required: ["ticket"] } } },
    };
    expect(fault(schema, { target: { env: "test", name: "x" } })).toBeNull();
    expect(fault(schema, { target: { env: "prod", name: "x" } })).toBe(
      "arguments.target.ticket is required",
    );
    expect(fault(schema, { target: { env: "prod", name: "x", ticket: "T1" } })).toBeNull();
    expect(fault(schema, { target: { env: "test", ticket: "T1" } })).toBe(
      "arguments.target.ticket is not a known key",
    );
    expect(fault(schema, { target: { env: "prod", ticket: "T1", more: 1 } })).toBe(
      "arguments.target.more is not a known key",
    );
  });

  it("is opened on purpose, at one location and no other", () => {
    const open: ArgumentSchema = {
      type: "object",
      properties: { extra: { type: "object", additionalProperties: { type: "number" } } },
      additionalProperties: true,
    };
    expect(fault(open, { any: { deep: [1] }, extra: { a: 1 } })).toBeNull();
    expect(fault(open, { extra: { a: "1" } })).toBe("arguments.extra.a must be a number");
    const unevaluated: ArgumentSchema = {
      allOf: [{ properties: { a: text } }],
      unevaluatedProperties: { type: "object", properties: { b: text } },
    };
    expect(fault(unevaluated, { a: "x", c: { b: "y" } })).toBeNull();
    expect(fault(unevaluated, { c: { d: 1 } })).toBe("arguments.c.d is not a known key");
    expect(fault(unevaluated, { c: 1 })).toBe("arguments.c must be an object");
  });

  it("holds for patterns of keys, dependents and names", () => {
    const schema: ArgumentSchema = {
      type: "object",
      properties: { a: text },
      propertyNames: { maxLength: 3 },
      dependentRequired: { a: ["b"] },
      dependentSchemas: { a: { properties: { b: text } } },
    };
    expect(fault(schema, { a: "x", b: "y" })).toBeNull();
    expect(fault(schema, { a: "x" })).toBe("arguments.b is required beside a");
    expect(fault(schema, { b: "y" })).toBe("arguments.b is not a known key");
    expect(fault(schema, { long: 1 })).toBe("arguments.long is not a permitted key");
  });

  it("follows references into themselves, down to the last leaf", () => {
    const tree: ArgumentSchema = {
      type: "object",
      properties: { name: text, children: { type: "array", items: { $ref: "#" } } },
      required: ["name"],
    };
    const leaf = { name: "c" };
    expect(
      fault(tree, { name: "a", children: [{ name: "b", children: [leaf] }, leaf] }),
    ).toBeNull();
    expect(fault(tree, { name: "a", children: [{ name: "b", children: [{}] }] })).toBe(
      "arguments.children[0].children[0].name is required",
    );
    expect(fault(tree, { name: "a", children: [{ name: "b", size: 1 }] })).toBe(
      "arguments.children[0].size is not a known key",
    );
  });

  it("refuses keys that look like prototypes", () => {
    const schema: ArgumentSchema = {
      allOf: [{ properties: { a: {} } }],
      $ref: "#/$defs/b",
      $defs: { b: {} },
    };
    for (const key of ["__proto__", "constructor", "toString", "hasOwnProperty"]) {
      const sent = JSON.parse(`{ "a": 1, "${key}": 1 }`) as object; // an object by its text
      expect(fault(schema, sent)).toBe(`arguments.${key} is not a known key`);
    }
  });

  it("leaves a location open of whose kind no branch says anything", () => {
    expect(fault({ properties: { x: { anyOf: [text, {}] } } }, { x: { a: 1 } })).toBeNull();
    expect(
      fault({ properties: { x: { $ref: "#/$defs/any" } }, $defs: { any: true } }, { x: { a: 1 } }),
    ).toBeNull();
  });
});

describe("a key that somebody adds", () => {
  verifies("schema.tests-open", "makes no `if`, `not` or `contains` come out otherwise", () => {
    const conditional: ArgumentSchema = {
      type: "object",
      properties: {
        target: { type: "object", properties: { env: text, name: text } },
        ticket: text,
      },
      if: { properties: { target: { type: "object", properties: { env: { const: "prod" } } } } },
      then: { required: ["ticket"] },
    };
    expect(fault(conditional, { target: { env: "prod" } })).toBe("arguments.ticket is required");
    expect(fault(conditional, { target: { env: "prod", name: "x" } })).toBe(
      "arguments.ticket is required",
    );
    const excluded: ArgumentSchema = {
      type: "object",
      properties: { to: { additionalProperties: true } },
      not: { properties: { to: { type: "object", properties: { host: { const: "evil.test" } } } } },
    };
    expect(fault(excluded, { to: { host: "evil.test" } })).not.toBeNull();
    expect(fault(excluded, { to: { host: "evil.test", more: 1 } })).not.toBeNull();
    const counted: ArgumentSchema = {
      properties: {
        list: {
          items: { type: "object", properties: { kind: text, id: text } },
          contains: { type: "object", properties: { kind: { const: "admin" } } },
          maxContains: 1,
        },
      },
    };
    expect(fault(counted, { list: [{ kind: "admin" }, { kind: "admin", id: "x" }] })).toBe(
      "arguments.list must have at most 1 items of the kind the schema counts",
    );
  });
});

/** Schemas of objects with a few keys, combined in all ways that do not negate. */
const schemas = fc.letrec<{ schema: ArgumentSchema }>((tie) => ({
  schema: fc.oneof(
    { maxDepth: 4, depthIdentifier: "schema" },
    fc.constantFrom<ArgumentSchema>({}, text, { type: "object" }, { required: ["a"] }),
    fc.record({
      type: fc.constant("object" as const),
      properties: fc.dictionary(fc.constantFrom("a", "b", "c"), tie("schema"), { maxKeys: 3 }),
    }),
    fc.record({
      properties: fc.dictionary(fc.constantFrom("a", "b"), tie("schema"), { maxKeys: 2 }),
    }),
    fc.record({ allOf: fc.array(tie("schema"), { minLength: 1, maxLength: 3 }) }),
    fc.record({ anyOf: fc.array(tie("schema"), { minLength: 1, maxLength: 3 }) }),
    fc.record({ if: tie("schema"), then: tie("schema"), else: tie("schema") }),
    fc.record({ additionalProperties: tie("schema") }),
  ),
})).schema;

const values = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, depthIdentifier: "value" },
    fc.constantFrom("x", 1, null),
    fc.dictionary(fc.constantFrom("a", "b", "c", "d"), tie("value"), { maxKeys: 4 }),
  ),
})).value;

describe("closing, whatever the schema", () => {
  it("only ever refuses more: what fits closed fits open", () => {
    fc.assert(
      fc.property(schemas, values, (schema, x) => {
        const whole: ArgumentSchema = { type: "object", properties: { x: schema } };
        fc.pre(fault(whole, { x }) === null);
        expect(fault(whole, { x }, false)).toBeNull();
      }),
      { numRuns: 2_000 },
    );
  });

  it("is what `unevaluatedProperties: false` is at a single location", () => {
    fc.assert(
      fc.property(
        schemas,
        fc.dictionary(fc.constantFrom("a", "b", "c", "d"), fc.constant("x")),
        (schema, args) => {
          const combined: ArgumentSchema = { type: "object", allOf: [schema] };
          const written: ArgumentSchema = { ...combined, unevaluatedProperties: false };
          expect(fault(combined, args) === null).toBe(fault(written, args, false) === null);
        },
      ),
      { numRuns: 2_000 },
    );
  });
});
