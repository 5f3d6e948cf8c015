import { describe, expect, it } from "vitest";
import { argument, compare, HOLDS, perMinute, policyOf } from "../../../../test/policies.ts";
import { verifies } from "../../../../test/verifies.ts";
import { isDenial } from "../fallback/denial.ts";
import type { Policy } from "../policy/ir.ts";
import { callDigest } from "../snapshot/digest.ts";
import { fakeClock, testGuard, type TestGuard } from "../testing/index.ts";
import type { ReviewAnswer, ReviewRequest } from "./guard.ts";
import type { OnReview } from "./review.ts";

const APPROVE: ReviewAnswer = { answer: "approve", reviewer: "ann" };
const REJECT: ReviewAnswer = { answer: "reject", reviewer: "ann" };

/** The export rule: review over ten, at most five. */
const exportRule: Policy = policyOf({
  tools: { tool: { default: "allow", batch: { argument: "size" } } },
  rules: [
    { name: "big", action: "review", when: compare(argument("size"), ">", 10), maxBatchSize: 5 },
  ],
});
const always = policyOf({ rules: [{ name: "ask", action: "review" }] });

async function guardWith(
  policy: Policy,
  answer: OnReview,
): Promise<{ guard: TestGuard; asked: ReviewRequest[] }> {
  const asked: ReviewRequest[] = [];
  const guard = await testGuard(policy, {
    onReview: (request) => {
      asked.push(request);
      return answer(request);
    },
  });
  return { guard, asked };
}

async function codeOf(guard: TestGuard, args: object = {}, ran: unknown[] = []): Promise<string> {
  const call = { ticket: guard.ticket(), id: "c1", tool: "tool", arguments: args };
  const result = await guard.run(call, (got: unknown) => {
    ran.push(got);
    return "ran";
  });
  return isDenial(result) ? result.decision.code : result;
}

describe("an approval", () => {
  verifies(
    "core.review.approve",
    "runs the call once, with the arguments that were shown",
    async () => {
      const { guard, asked } = await guardWith(exportRule, () => APPROVE);
      const ran: unknown[] = [];
      expect(await codeOf(guard, { size: 5000 }, ran)).toBe("ran");
      expect(ran).toEqual([{ size: 5 }]);
      expect(asked).toHaveLength(1);
      expect(asked[0]).toMatchObject({
        call: { id: "c1", tool: "tool" },
        arguments: { size: 5 },
        asked: { size: 5000 },
        agent: { id: "agent" },
        session: "session",
      });
      expect(asked[0]?.digest).toBe(callDigest("tool", { size: 5 }));
      expect(asked[0]?.decision).toMatchObject({
        effect: "review",
        code: "review_required",
        rule: "big",
      });
      expect(guard.decisions.at(-1)?.decision).toMatchObject({ effect: "allow", code: "approved" });
      expect(guard.audit.records.find(({ type }) => type === "call")).toMatchObject({
        approval: { reviewers: ["ann"] },
      });
    },
  );

  verifies("promise.5", "is good once: the same call again asks again", async () => {
    const { guard, asked } = await guardWith(always, () => (asked.length === 1 ? APPROVE : REJECT));
    expect(await codeOf(guard, { n: 1 })).toBe("ran");
    expect(await codeOf(guard, { n: 1 })).toBe("approval_rejected");
    expect(asked).toHaveLength(2);
  });

  verifies("core.review.once", "does not cover a second call of the same batch", async () => {
    let answers = 0;
    const { guard } = await guardWith(always, async () => (++answers === 1 ? APPROVE : REJECT));
    const batch = {};
    const ticket = guard.ticket();
    const run = (id: string): unknown =>
      guard.run({ ticket, id, tool: "tool", arguments: { n: 1 }, batch }, () => "ran");
    const [one, two] = await Promise.all([run("a"), run("b")]);
    expect(one).toBe("ran");
    expect(isDenial(two)).toBe(true);
  });

  it("cannot be widened by writing on what was shown", async () => {
    const { guard } = await guardWith(always, (request) => {
      for (const target of [request, request.arguments, request.decision.arguments]) {
        expect(Reflect.set(target, "n", 5000)).toBe(false);
      }
      return APPROVE;
    });
    const ran: unknown[] = [];
    expect(await codeOf(guard, { n: 1 }, ran)).toBe("ran");
    expect(ran).toEqual([{ n: 1 }]);
  });
});

describe("any other answer", () => {
  verifies("core.review.reject", "that rejects stops the call", async () => {
    const ran: unknown[] = [];
    const { guard } = await guardWith(always, () => REJECT);
    expect(await codeOf(guard, {}, ran)).toBe("approval_rejected");
    expect(ran).toEqual([]);
  });

  const garbage: readonly unknown[] = [
    undefined,
    null,
    true,
    "approve",
    {},
    [],
    { answer: "approve" },
    { answer: "approve", reviewer: "" },
    { answer: "approve", reviewer: 7 },
    { answer: "Approve", reviewer: "ann" },
    { answer: true, reviewer: "ann" },
    { answer: ["approve"], reviewer: "ann" },
    { approve: true, reviewer: "ann" },
    Object.assign(() => undefined, APPROVE),
  ];
  verifies("core.review.garbage", "of another shape is a denial", async () => {
    for (const answer of garbage) {
      // Hosts in plain JavaScript give what they give.
      const { guard } = await guardWith(always, () => answer as ReviewAnswer);
      expect(await codeOf(guard)).toBe("review_unavailable");
    }
  });

  verifies("core.review.garbage", "that throws or rejects is a denial", async () => {
    const failing: readonly OnReview[] = [
      () => {
        throw new Error("down");
      },
      () => Promise.reject(new Error("down")),
      () => Promise.reject(undefined),
      // A thenable that settles twice, and one whose `then` throws.
      () => ({ then: (_: unknown, no: () => void) => no() }) as unknown as ReviewAnswer,
      () =>
        ({
          get answer(): string {
            throw new Error("down");
          },
        }) as unknown as ReviewAnswer,
    ];
    for (const answer of failing) {
      const { guard } = await guardWith(always, answer);
      expect(await codeOf(guard)).toBe("review_unavailable");
      expect(guard.status().openCalls).toBe(0);
    }
  });

  verifies("core.review.nobody", "is not waited for where nobody can be asked", async () => {
    const guard = await testGuard(always);
    const call = { ticket: guard.ticket(), id: "c1", tool: "tool", arguments: {} };
    const result = guard.run(call, () => "ran");
    expect(isDenial(await result)).toBe(true);
    expect(guard.decisions[0]?.decision.code).toBe("review_unavailable");
    expect(guard.open([{ ...call, id: "c2" }])[0]?.denial?.decision.code).toBe(
      "review_unavailable",
    );
  });

  verifies(
    "core.review.session",
    "is not asked for without a session that the host named",
    async () => {
      const { guard, asked } = await guardWith(always, () => APPROVE);
      const ticket = guard.for({ agent: { id: "a" } });
      const call = { ticket, id: "c1", tool: "tool", arguments: {} };
      const result = await guard.run(call, () => "ran");
      expect(isDenial(result) && result.decision.code).toBe("session_required");
      expect(asked).toEqual([]);
    },
  );
});

describe("after the answer", () => {
  const denyAll = policyOf({ rules: [{ name: "stop", action: "deny" }] });

  verifies("core.review.again", "a deny of the policy in force wins", async () => {
    const { guard } = await guardWith(always, async () => {
      await guard.use(denyAll);
      return APPROVE;
    });
    const ran: unknown[] = [];
    expect(await codeOf(guard, {}, ran)).toBe("rule_denied");
    expect(ran).toEqual([]);
  });

  verifies(
    "core.review.again",
    "a policy that does not know the tool any more denies",
    async () => {
      const { guard } = await guardWith(always, async () => {
        await guard.use({ other: "allow" });
        return APPROVE;
      });
      expect(await codeOf(guard)).toBe("unknown_tool");
    },
  );

  verifies(
    "core.review.again",
    "a policy that would change the arguments otherwise denies",
    async () => {
      const smaller = policyOf({
        tools: { tool: { default: "allow", batch: { argument: "size" } } },
        rules: [{ name: "big", action: "review", when: HOLDS, maxBatchSize: 2 }],
      });
      const { guard } = await guardWith(exportRule, async () => {
        await guard.use(smaller);
        return APPROVE;
      });
      expect(await codeOf(guard, { size: 50 })).toBe("approval_mismatch");
    },
  );

  it("a policy that would now allow the call lets the approved one run", async () => {
    const { guard } = await guardWith(always, async () => {
      await guard.use({ tool: "allow" });
      return APPROVE;
    });
    expect(await codeOf(guard)).toBe("ran");
    expect(guard.decisions[0]?.decision.bundle?.version).toBe(2);
  });

  it("a bundle that ended meanwhile denies", async () => {
    const time = fakeClock("9999-12-31T23:58:00Z");
    const onReview: OnReview = () => {
      time.set("9999-12-31T23:59:59Z");
      return APPROVE;
    };
    const guard = await testGuard(always, { time, onReview });
    expect(await codeOf(guard)).toBe("bundle_expired");
  });

  it("a guard that was closed meanwhile denies", async () => {
    const { guard } = await guardWith(always, async () => {
      await guard.close();
      return APPROVE;
    });
    expect(await codeOf(guard)).toBe("no_bundle");
  });
});

describe("a limit on a reviewed call", () => {
  const limited = policyOf({ rules: [{ name: "ask", action: "review", rateLimit: perMinute(1) }] });

  verifies(
    "core.review.limits",
    "is taken after the answer: a rejected call costs nothing",
    async () => {
      let answer: ReviewAnswer = REJECT;
      const { guard } = await guardWith(limited, () => answer);
      expect(await codeOf(guard, { n: 1 })).toBe("approval_rejected");
      answer = APPROVE;
      expect(await codeOf(guard, { n: 2 })).toBe("ran");
      expect(await codeOf(guard, { n: 3 })).toBe("rate_limited");
    },
  );

  it("that asks when it is reached asks once, and the approved call goes past it", async () => {
    const soft = policyOf({
      rules: [{ name: "soft", action: "allow", rateLimit: perMinute(1, { onExceed: "review" }) }],
    });
    const { guard, asked } = await guardWith(soft, () => APPROVE);
    expect(await codeOf(guard, { n: 1 })).toBe("ran");
    expect(asked).toHaveLength(0);
    expect(await codeOf(guard, { n: 2 })).toBe("ran");
    expect(asked.map(({ decision }) => decision.code)).toEqual(["rate_limited"]);
    expect(await codeOf(guard, { n: 3 })).toBe("ran");
    expect(asked).toHaveLength(2);
  });

  it("that asks is rejected like any review", async () => {
    const soft = policyOf({
      rules: [{ name: "soft", action: "allow", rateLimit: perMinute(1, { onExceed: "review" }) }],
    });
    const { guard } = await guardWith(soft, () => REJECT);
    expect(await codeOf(guard, { n: 1 })).toBe("ran");
    expect(await codeOf(guard, { n: 2 })).toBe("approval_rejected");
  });
});
