import { describe, expect, it } from "vitest";
import { argument, policyOf } from "../../../../test/policies.ts";
import { verifies } from "../../../../test/verifies.ts";
import type { ArgumentSchema, ValueTemplate } from "../policy/ir.ts";
import { testGuard } from "../testing/index.ts";
import { isDenial, type Denial } from "./denial.ts";

/** What a denied call gets whose fallback is a value. */
async function denied(output: ArgumentSchema, value: ValueTemplate, args: object): Promise<Denial> {
  const policy = policyOf({
    tools: { quote: { output, fallback: { kind: "value", value } } },
    rules: [{ action: "deny", tools: ["quote"], reason: "closed" }],
  });
  const guard = await testGuard(policy);
  const result = guard.run(
    { ticket: guard.ticket(), id: "c1", tool: "quote", arguments: args },
    () => "ran",
  );
  if (!isDenial(result)) throw new Error("not denied");
  return result;
}

const price: ArgumentSchema = {
  type: "object",
  properties: { price: { type: "number", minimum: 0 } },
  required: ["price"],
};
const asked: ValueTemplate = {
  kind: "object",
  entries: [["price", { kind: "expression", expression: argument("price") }]],
};

describe("a value in place of a result", () => {
  verifies("schema.output", "gives way to the message where it does not fit", async () => {
    expect(await denied(price, asked, { price: 3 })).toMatchObject({
      kind: "value",
      value: { price: 3 },
    });
    for (const args of [{ price: "3" }, { price: -1 }, { price: null }, {}]) {
      expect((await denied(price, asked, args)).kind, JSON.stringify(args)).toBe("message");
    }
    // What the build lets pass is judged again: a bundle may come from another compiler.
    const literal: ValueTemplate = { kind: "literal", value: { price: "free" } };
    expect((await denied(price, literal, {})).kind).toBe("message");
  });

  it("may hold more than the schema of the result names", async () => {
    const more: ValueTemplate = { kind: "literal", value: { price: 0, note: "none" } };
    expect(await denied(price, more, {})).toMatchObject({ kind: "value", value: { note: "none" } });
  });

  it("gives way as well where it takes too long to check", async () => {
    const branch: ArgumentSchema = {
      anyOf: Array.from({ length: 10_000 }, () => ({ type: "string" as const })),
    };
    const slow: ArgumentSchema = { type: "array", items: { not: branch } };
    const value: ValueTemplate = {
      kind: "literal",
      value: Array.from({ length: 5_000 }, (_, index) => index),
    };
    expect((await denied(slow, value, {})).kind).toBe("message");
  });
});
