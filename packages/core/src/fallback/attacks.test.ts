import { describe, expect } from "vitest";
import { argument, policyOf, says } from "../../../../test/policies.ts";
import { verifies } from "../../../../test/verifies.ts";
import { isInterlatchError } from "../errors/errors.ts";
import type { Fallback, ValueTemplate } from "../policy/ir.ts";
import { testGuard } from "../testing/index.ts";
import { isDenial, type Denial } from "./denial.ts";

async function denialOf(value: ValueTemplate, args: unknown): Promise<Denial> {
  const fallback: Fallback = { kind: "value", value };
  const rules = [{ action: "deny", fallback } as const];
  const guard = await testGuard(policyOf({ rules, fallback: says("sorry") }));
  const result = guard.run(
    { ticket: guard.ticket(), id: "c1", tool: "tool", arguments: args },
    () => "ran",
  );
  if (!isDenial(result)) throw new Error("not denied");
  return result;
}

describe("the message of a denial", () => {
  verifies("core.attack.fallback", "is not as long as the name that a model made up", async () => {
    const message = Array.from({ length: 1_000 }, () => ({ name: "tool" }) as const);
    const fallback: Fallback = { kind: "message", message };
    const guard = await testGuard(policyOf({ rules: [{ action: "deny" }], fallback }));
    const call = { ticket: guard.ticket(), id: "c1", tool: "x".repeat(1_000_000), arguments: {} };
    const denial = guard.run(call, () => "ran");
    expect(isDenial(denial) && denial.message).toBe(`${"x".repeat(128)}…`.repeat(1_000));
  });
});

describe("the value of a fallback", () => {
  verifies(
    "core.attack.fallback",
    "with a pattern that is none refuses the bundle, not the denial",
    async () => {
      const matches = { kind: "matches", of: argument("x"), pattern: "(?P<bad" } as const;
      const value: Fallback = { kind: "value", value: { kind: "expression", expression: matches } };
      const rules = [{ action: "deny" } as const];
      const tools = { tool: { fallback: value } };
      for (const policy of [policyOf({ rules, fallback: value }), policyOf({ rules, tools })]) {
        const failure: unknown = await testGuard(policy).catch((error: unknown) => error);
        expect(isInterlatchError(failure, "ERR_BUNDLE_POLICY")).toBe(true);
      }
    },
  );

  verifies(
    "core.attack.fallback",
    "that grows without bound gives way to the message",
    async () => {
      const x = argument("x");
      const text: ValueTemplate = { kind: "text", parts: Array.from({ length: 1_000 }, () => x) };
      const megabyte = { x: "a".repeat(1_000_000) };
      expect(await denialOf(text, megabyte)).toMatchObject({ kind: "message", message: "sorry" });
      const few: ValueTemplate = { kind: "text", parts: Array.from({ length: 15 }, () => x) };
      const texts: ValueTemplate = {
        kind: "list",
        items: Array.from({ length: 1_000 }, () => few),
      };
      expect(await denialOf(texts, { x: "a".repeat(60_000) })).toMatchObject({ kind: "message" });
      // The list within itself, once for each item: 400 million values that nobody has written out yet.
      const squared: ValueTemplate = {
        kind: "expression",
        expression: { kind: "comprehension", macro: "map", as: "i", over: x, body: x },
      };
      const many = { x: Array.from({ length: 20_000 }, () => 1) };
      expect(await denialOf(squared, many)).toMatchObject({ kind: "message" });
      const written: ValueTemplate = {
        kind: "text",
        parts: Array.from({ length: 1_000 }, () => x),
      };
      expect(await denialOf(written, many)).toMatchObject({ kind: "message" });
    },
  );

  verifies("core.attack.fallback", "within the bounds is what it was", async () => {
    const text: ValueTemplate = { kind: "text", parts: ["got ", argument("x"), "."] };
    expect(await denialOf(text, { x: [1, { a: null }] })).toMatchObject({
      kind: "value",
      value: 'got [1,{"a":null}].',
    });
  });
});
