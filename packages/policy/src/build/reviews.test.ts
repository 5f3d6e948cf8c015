import type { ReviewDemand } from "@interlatch/core";
import { describe, expect, it } from "vitest";
import { verifies } from "../../../../test/verifies.ts";
import { compilePolicy } from "../compile.ts";

function policyWith(rule: string): string {
  return `interlatch: 1\nid: x\ntools: { t: { operation: write } }\nrules:\n  - { name: r, tool: t, ${rule} }\n`;
}

async function demandOf(review: string): Promise<ReviewDemand | undefined> {
  const text = policyWith(`action: review, review: ${review}`);
  const result = await compilePolicy({ files: [{ path: "p.yaml", text }] });
  if (!result.ok) expect.fail(result.errors.map(({ message }) => message).join("\n"));
  return result.policy.rules[0]?.review;
}

async function errorsOf(rule: string): Promise<readonly string[]> {
  const text = policyWith(rule);
  const result = await compilePolicy({ files: [{ path: "p.yaml", text }] });
  return result.ok ? [] : result.errors.map(({ code, message }) => `${code}: ${message}`);
}

describe("what a rule says of its review", () => {
  verifies("review.language", "names who is asked, how many of them and how long", async () => {
    const whole = "{ by: [dpo, legal], quorum: 2, expires: 2h, priority: high }";
    expect(await demandOf(whole)).toEqual({
      by: ["dpo", "legal"],
      quorum: 2,
      expiresMs: 7_200_000,
      priority: "high",
    });
  });

  verifies(
    "review.language",
    "is by: [reviewer], quorum 1 and 15m where it says nothing",
    async () => {
      expect(await demandOf("{}")).toEqual({ by: ["reviewer"], quorum: 1, expiresMs: 900_000 });
    },
  );

  it.each([
    ["{ by: user }", "user"],
    ["{ by: dpo }", ["dpo"]],
    ["{ by: [dpo, dpo] }", ["dpo"]],
  ])("reads %s", async (written, by) => {
    expect((await demandOf(written))?.by).toEqual(by);
  });

  it.each([
    ["30s", 30_000],
    ["1m", 60_000],
    ["30d", 2_592_000_000],
  ])("reads the time %s", async (written, expiresMs) => {
    expect((await demandOf(`{ expires: ${written} }`))?.expiresMs).toBe(expiresMs);
  });

  verifies("review.language", "is refused where nobody could ever answer it so", async () => {
    const wrong: readonly (readonly [string, string])[] = [
      ["action: review, review: { by: user, quorum: 2 }", "conflicting_keys"],
      ["action: review, review: { by: [user, dpo] }", "bad_literal"],
      ["action: review, review: { by: [] }", "bad_value"],
      ["action: review, review: { quorum: 0 }", "bad_value"],
      ["action: review, review: { expires: 31d }", "bad_time"],
      ["action: review, review: { expires: 0m }", "bad_time"],
      ["action: review, review: { expires: soon }", "bad_time"],
      ["action: review, review: { priority: urgent }", "bad_value"],
      ["action: review, review: { who: dpo }", "unknown_key"],
      ["action: review, review: { escalate: [boss] }", "not_supported_yet"],
    ];
    for (const [rule, code] of wrong) {
      const errors = await errorsOf(rule);
      expect([rule, errors.map((error) => error.slice(0, error.indexOf(":")))]).toEqual([
        rule,
        [code],
      ]);
    }
  });

  it("is refused where the rule asks nobody", async () => {
    expect(await errorsOf("action: deny, review: { by: [dpo] }")).toEqual([
      "conflicting_keys: `review` says who is asked, and this rule asks nobody.",
    ]);
    const limited =
      "action: allow, rate_limit: 1 call/day, on_exceed: review, review: { by: [dpo] }";
    expect(await errorsOf(limited)).toEqual([]);
  });
});
