import { readFile } from "node:fs/promises";
import { everyReviewer, testGuard, type TestGuard } from "@interlatch/core/testing";
import { compilePolicy } from "@interlatch/policy";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { refund } from "./desk.ts";

const paid: number[] = [];
const pay = async (_order: number, amount: number): Promise<void> => {
  paid.push(amount);
};
beforeEach(() => {
  paid.length = 0;
});

/** The desk's own code: an effect for each tool is enough, and no policy is read. */
describe("the desk", () => {
  it("tells the model what it paid", async () => {
    const guard = await testGuard({ refund: "allow" });
    const desk = { guard, ticket: guard.ticket(), pay };
    const told = await refund(desk, { id: "c1", arguments: { order: 17, amount: 50 } });
    expect(told).toBe("Refunded 50 for order 17.");
    expect(paid).toEqual([50]);
  });

  it("tells the model that it may not", async () => {
    const guard = await testGuard({ refund: "deny" });
    const desk = { guard, ticket: guard.ticket(), pay };
    const told = await refund(desk, { id: "c1", arguments: { order: 17, amount: 50 } });
    expect(told).toContain("forbids");
    expect(paid).toEqual([]);
  });
});

/** The desk under the policy that ships. Nothing is signed for it, and the clock stands still. */
describe("the desk under its policy", () => {
  let policy: Parameters<typeof testGuard>[0];
  let calls = 0;

  beforeAll(async () => {
    const path = "policy.yaml";
    const text = await readFile(new URL(path, import.meta.url), "utf8");
    const made = await compilePolicy({ files: [{ path, text }] });
    if (!made.ok) throw new Error(made.errors.map(({ message }) => message).join("\n"));
    policy = made.policy;
  });

  function asks(guard: TestGuard, amount: number): Promise<string> {
    const ticket = guard.ticket({ agent: { id: "desk-bot", roles: ["clerk"] } });
    return refund({ guard, ticket, pay }, { id: `c${++calls}`, arguments: { order: 17, amount } });
  }

  it("pays what a person approved, and nothing above the limit", async () => {
    const guard = await testGuard(policy, {
      onReview: (request) => everyReviewer(request, "approve"),
    });
    await asks(guard, 500);
    await asks(guard, 5000);
    expect(paid).toEqual([500]);
    expect(guard.decisions.map(({ decision }) => decision.rule)).toEqual([
      "large_refunds",
      "refund_limit",
    ]);
  });

  it("pays twenty times an hour, and again an hour later", async () => {
    const guard = await testGuard(policy);
    for (let times = 0; times < 21; times++) await asks(guard, 50);
    expect(paid).toHaveLength(20);
    expect(guard.decisions.at(-1)?.decision.code).toBe("rate_limited");
    guard.time.advance(3_600_000);
    await asks(guard, 50);
    expect(paid).toHaveLength(21);
  });
});
