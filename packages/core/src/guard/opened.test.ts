import { describe, expect } from "vitest";
import { verifies } from "../../../../test/verifies.ts";
import { memoryApprovals } from "../approvals/memory.ts";
import { isDenial } from "../fallback/denial.ts";
import { testGuard, type TestGuard } from "../testing/index.ts";
import type { CallInput } from "./guard.ts";

const ANN = { id: "ann", groups: ["reviewer"] };

function callOf(guard: TestGuard, more: Partial<CallInput> = {}): CallInput {
  return { ticket: guard.ticket(), id: "c1", tool: "pay", arguments: { n: 1 }, ...more };
}

/** What comes of a run that may not ask anybody anew. */
async function codeOf(guard: TestGuard, call: CallInput): Promise<string> {
  const result = await guard.run(call, () => "ran", { reviews: "opened" });
  return isDenial(result) ? result.decision.code : result;
}

async function approve(guard: TestGuard, call: CallInput): Promise<void> {
  const approval = await guard.approvalOf(call);
  expect(approval).not.toBeNull();
  const { id, digest } = approval!;
  const taken = await guard.approvals.decide({ id, digest, reviewer: ANN, answer: "approve" });
  expect(taken.ok).toBe(true);
}

describe("a call that may not ask anew", () => {
  verifies("review.opened", "runs under an approval that was opened, and opens none", async () => {
    const guard = await testGuard({ pay: "review" }, { stores: { approvals: memoryApprovals() } });
    const call = callOf(guard);
    expect(await codeOf(guard, call)).toBe("review_unavailable");
    const [refused] = await guard.open([call], { reviews: "opened" });
    expect(refused?.denial?.decision.code).toBe("review_unavailable");
    expect(await guard.approvals.list()).toEqual([]);

    await guard.open([call], { reviews: true });
    expect(await codeOf(guard, call)).toBe("review_pending");
    const [found] = await guard.open([call], { reviews: "opened" });
    expect(found?.approval?.state).toBe("pending");
    await approve(guard, call);
    expect(await codeOf(guard, call)).toBe("ran");
    expect(await codeOf(guard, call)).toBe("approval_used");
    expect(await guard.approvals.list()).toHaveLength(1);
  });

  verifies("review.opened", "finds it in another process as well", async () => {
    const approvals = memoryApprovals();
    const [one, two] = await Promise.all(
      [1, 2].map(() => testGuard({ pay: "review" }, { stores: { approvals } })),
    );
    await one!.open([callOf(one!)], { reviews: true });
    await approve(one!, callOf(one!));
    expect(await codeOf(two!, callOf(two!))).toBe("ran");
    expect(await codeOf(one!, callOf(one!))).toBe("approval_used");
  });
});

describe("the approval of a call", () => {
  verifies("review.find", "is found by exactly that call, in whatever state", async () => {
    const guard = await testGuard({ pay: "review", mail: "review" });
    const call = callOf(guard);
    expect(await guard.approvalOf(call)).toBeNull();
    await guard.open([call], { reviews: true });
    expect(await guard.approvalOf(call)).toMatchObject({ state: "pending", call: { id: "c1" } });
    const others: readonly Partial<CallInput>[] = [
      { id: "c2" },
      { tool: "mail" },
      { arguments: { n: 2 } },
      { ticket: guard.ticket({ session: "other" }) },
      { ticket: guard.ticket({ tenant: "other" }) },
      { ticket: undefined },
      { arguments: () => 1 },
    ];
    for (const other of others) {
      expect(await guard.approvalOf(callOf(guard, other))).toBeNull();
    }
    guard.time.advance(15 * 60_000);
    expect(await guard.approvalOf(call)).toMatchObject({ state: "expired" });
    expect(guard.audit.records.filter(({ type }) => type === "call")).toEqual([]);
  });
});
