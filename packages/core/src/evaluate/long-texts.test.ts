import { describe, expect } from "vitest";
import { verifies } from "../../../../test/verifies.ts";
import { compare, evaluate, list, literal, path } from "../../test/expressions.ts";
import { image } from "../../test/json.ts";
import { EVERY_PART } from "../../test/parts.ts";
import { EXPRESSION_LIMITS } from "../policy/expression.ts";
import type { ArgumentSchema } from "../policy/ir.ts";
import { compileArguments } from "./schema.ts";

const LONG = "a".repeat(20_000);
const OTHERS = ["x", "y", "z"].map((end) => LONG + end);

/** The fault of `arguments.x`, and the cost units of finding it. */
function check(
  x: ArgumentSchema,
  value: unknown,
): { readonly fault: string | null; readonly cost: number } {
  const budget = { left: EXPRESSION_LIMITS.costPerDecision };
  const fault = compileArguments({ properties: { x } }, EVERY_PART)(image({ x: value }), budget);
  return { fault, cost: EXPRESSION_LIMITS.costPerDecision - budget.left };
}

describe("texts of thousands of characters that differ in the last one", () => {
  verifies("worst.long-texts", "are found in a list of literals, and only those", () => {
    const members = list(...OTHERS.map(literal), literal("short"));
    const isIn = (text: string) =>
      evaluate(compare(path("arguments.t"), "in", members), { t: text });
    expect([...OTHERS, "short"].map(isIn)).toEqual([true, true, true, true]);
    expect([`${LONG}w`, LONG, "shor"].map(isIn)).toEqual([false, false, false]);
  });

  verifies("worst.long-texts", "are found among permitted values, for their length in cost", () => {
    const permitted = { enum: [...OTHERS, "short", 7] };
    for (const value of permitted.enum) expect(check(permitted, value).fault).toBeNull();
    const refused = check(permitted, `${LONG}w`);
    expect(refused.fault).not.toBeNull();
    expect(refused.cost).toBeGreaterThan((OTHERS.length * LONG.length) / 128);
    expect(check(permitted, "w").cost).toBe(0);
  });

  verifies(
    "worst.long-texts",
    "are told apart where items must differ, and equal ones are not",
    () => {
      const differ = { uniqueItems: true };
      const all = check(differ, [...OTHERS, `${LONG}w`, "short"]);
      expect(all.fault).toBeNull();
      expect(all.cost).toBeGreaterThan((6 * LONG.length) / 128);
      expect(check(differ, [...OTHERS, `${LONG}y`]).fault).toMatch(/twice/);
    },
  );
});
