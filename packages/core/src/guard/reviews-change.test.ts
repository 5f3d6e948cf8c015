import { describe, expect, it } from "vitest";
import { argument, compare, ERRS, perMinute, policyOf } from "../../../../test/policies.ts";
import { verifies } from "../../../../test/verifies.ts";
import { ANN, asking, BOB, demand, Scene } from "../../test/reviews.ts";
import { memoryApprovals } from "../approvals/memory.ts";
import { rewriteNote } from "../decision/rewrite-note.ts";
import { memoryLimits } from "../limits/memory.ts";
import type { Policy } from "../policy/ir.ts";
import { callDigest } from "../snapshot/digest.ts";

/** At most ten are allowed, up to a hundred are reviewed, more are denied; batches over fifty are cut. */
const sizes: Policy = policyOf({
  tools: { tool: { default: "allow", batch: { argument: "n" }, arguments: schema() } },
  rules: [
    { name: "big", action: "review", when: compare(argument("n"), ">", 10), maxBatchSize: 50 },
    { name: "stop", action: "deny", when: compare(argument("to"), "==", "eve") },
  ],
});

function schema() {
  return {
    type: "object",
    properties: { n: { type: "integer", minimum: 0 }, to: { type: "string" } },
    required: ["n", "to"],
  } as const;
}

describe("a reviewer's change", () => {
  verifies("review.modify", "is what runs, and what was asked does not", async () => {
    const scene = await Scene.of(asking());
    const approval = await scene.open({ args: { n: 1 } });
    const changed = await scene.answer(approval, ANN, { answer: "modify", arguments: { n: 7 } });
    expect(changed).toMatchObject({
      ok: true,
      approval: {
        state: "approved",
        arguments: { n: 7 },
        asked: { n: 1 },
        digest: callDigest("tool", { n: 7 }),
        askedDigest: approval.askedDigest,
        modified: { by: "ann" },
      },
    });
    expect(await scene.run({ args: { n: 1 } })).toBe("ran");
    expect(scene.ran).toEqual([{ n: 7 }]);
  });

  verifies("review.modify", "wipes the votes before it", async () => {
    const scene = await Scene.of(asking({ quorum: 2 }));
    const approval = await scene.open();
    await scene.answer(approval);
    const changed = await scene.answer(approval, BOB, { answer: "modify", arguments: { n: 7 } });
    const now = changed.ok ? changed.approval : expect.fail(changed.why);
    expect(now.votes.map(({ reviewer, answer }) => [reviewer.id, answer])).toEqual([
      ["bob", "modify"],
    ]);
    expect(await scene.run()).toBe("review_pending");
    expect(await scene.answered(approval, { ...ANN, id: "cem" })).toBe("approval_mismatch");
    expect(await scene.answered(now, BOB)).toBe("already_voted");
    expect(await scene.answered(now, ANN)).toBe("ok");
    expect(await scene.run()).toBe("ran");
    expect(scene.ran).toEqual([{ n: 7 }]);
    expect(now.history.map(({ event }) => event)).toEqual(["requested", "voted", "modified"]);
  });

  verifies("review.modify", "must fit schema and rules, and stay as it is", async () => {
    const scene = await Scene.of(sizes);
    const asked = { args: { n: 20, to: "bob" } };
    const approval = await scene.open(asked);
    const change = (args: object) =>
      scene.answered(approval, ANN, { answer: "modify", arguments: { ...args } });
    expect(await change({ n: "x", to: "bob" })).toBe("invalid_arguments");
    expect(await change({ n: 20, to: "bob", more: 1 })).toBe("invalid_arguments");
    expect(await change({ n: 20, to: "eve" })).toBe("rule_denied");
    expect(await change({ n: 60, to: "bob" })).toBe("approval_mismatch");
    expect(await change({ n: 20, to: "bob" })).toBe("invalid_answer");
    expect((await scene.guard.approvals.get(approval.id))?.version).toBe(1);
    expect(await change({ n: 5, to: "amy" })).toBe("ok");
    expect(await scene.run(asked)).toBe("ran");
    expect(scene.ran).toEqual([{ n: 5, to: "amy" }]);
  });

  verifies("review.modify", "that another process took is judged before it runs", async () => {
    const stores = { approvals: memoryApprovals() };
    const [asking_, answering] = [
      await Scene.of(sizes, { stores }),
      await Scene.of(sizes, { stores }),
    ];
    for (const [n, to, code] of [
      [20, "eve", "rule_denied"],
      [60, "bob", "approval_mismatch"],
      [-1, "bob", "invalid_arguments"],
    ] as const) {
      const parts = { id: code, args: { n: 20, to: "bob" }, identity: { session: code } };
      const approval = await asking_.open(parts);
      // It has never seen the call, so it cannot judge it.
      const taken = await answering.answered(approval, ANN, {
        answer: "modify",
        arguments: { n, to },
      });
      expect(taken).toBe("ok");
      expect(await asking_.run(parts)).toBe(code);
    }
    expect(asking_.ran).toEqual([]);
  });

  verifies("review.modify.tool", "never names another tool", async () => {
    const scene = await Scene.of(asking());
    const approval = await scene.open();
    const renamed = { answer: "modify", arguments: { n: 7 }, tool: "other" } as const;
    expect(await scene.answered(approval, ANN, renamed)).toBe("invalid_answer");
    for (const args of [undefined, null, [], "x"]) {
      const answer = { answer: "modify", arguments: args } as never;
      expect(await scene.answered(approval, ANN, answer)).toBe("invalid_answer");
    }
    const beside = { answer: "approve", arguments: { n: 7 } } as const;
    expect(await scene.answered(approval, ANN, beside)).toBe("invalid_answer");
  });

  verifies("review.modify.told", "is told to the model, the tool and the record", async () => {
    const scene = await Scene.of(sizes);
    const parts = { args: { n: 70, to: "bob" } };
    const approval = await scene.open(parts);
    expect(approval.arguments).toEqual({ n: 50, to: "bob" });
    await scene.answer(approval, ANN, { answer: "modify", arguments: { n: 50, to: "amy" } });
    let told: unknown;
    await scene.guard.run(scene.input(parts), (_: unknown, { decision }) => (told = decision), {
      reviews: true,
    });
    const rewrites = [
      { kind: "max_batch_size", path: "arguments.n", from: 70, to: 50 },
      { kind: "reviewed", path: "arguments.to" },
    ] as const;
    expect(told).toMatchObject({ code: "approved", rewrites, arguments: { n: 50, to: "amy" } });
    expect(rewriteNote(rewrites)).toBe(
      "The policy changed this call before it ran: arguments.n was reduced from 70 to 50. A reviewer changed this call before it ran: arguments.to.",
    );
    const record = scene.guard.audit.records.find(({ type }) => type === "call");
    expect(record).toMatchObject({ rewrites });
    expect(JSON.stringify(record)).not.toContain("amy");
  });

  verifies("review.redacted", "shows nothing of what is hidden, and leaves it hidden", async () => {
    const hiding = policyOf({
      rules: [
        {
          name: "ask",
          action: "review",
          redact: { paths: [["card"], ["items", "*", "pin"]], as: "mark" },
        },
      ],
    });
    const scene = await Scene.of(hiding);
    const parts = {
      args: {
        card: "4111",
        note: "a",
        items: [
          { pin: "12", n: 1 },
          { pin: "34", n: 2 },
        ],
      },
    };
    const approval = await scene.open(parts);
    expect(JSON.stringify(approval)).not.toMatch(/4111|"12"|"34"/);
    const hidden = "[redacted]";
    const edited = {
      card: hidden,
      note: "b",
      items: [
        { pin: hidden, n: 1 },
        { pin: hidden, n: 3 },
      ],
    };
    expect(await scene.answered(approval, ANN, { answer: "modify", arguments: edited })).toBe("ok");
    expect(await scene.run(parts)).toBe("ran");
    expect(scene.ran).toEqual([edited]);
    expect(JSON.stringify(await scene.guard.approvals.list())).not.toMatch(/4111|"12"|"34"/);
  });

  it("leaves a date the reviewer has not touched a date", async () => {
    const scene = await Scene.of(asking());
    const when = new Date("2026-01-02T03:04:05.000Z");
    const approval = await scene.open({ args: { when, n: 1 } });
    const args = { ...approval.arguments, n: 2 };
    await scene.answer(approval, ANN, { answer: "modify", arguments: args });
    expect(await scene.run({ args: { when, n: 1 } })).toBe("ran");
    expect(scene.ran).toEqual([{ when, n: 2 }]);
  });

  it("is asked for again where the call ran and its id comes again", async () => {
    const scene = await Scene.of(asking());
    await scene.answer(await scene.open(), ANN, { answer: "modify", arguments: { n: 7 } });
    expect(await scene.run()).toBe("ran");
    expect((await scene.open()).arguments).toEqual({ n: 1 });
  });
});

describe("a policy that changes while people are asked", () => {
  verifies("review.again", "denies what it has come to deny", async () => {
    const scene = await Scene.of(asking());
    await scene.answer(await scene.open());
    await scene.guard.use(policyOf({ rules: [{ action: "deny" }] }));
    expect(await scene.run()).toBe("rule_denied");
  });

  verifies("review.superseded", "asks those whom it has come to ask", async () => {
    const scene = await Scene.of(asking());
    const first = await scene.open();
    await scene.answer(first);
    await scene.guard.use(asking({ by: ["reviewer", "dpo"], quorum: 2 }));
    expect(await scene.run()).toBe("review_pending");
    expect(await scene.guard.approvals.get(first.id)).toMatchObject({ state: "superseded" });
    const second = await scene.open();
    expect(second).toMatchObject({ state: "pending", votes: [], demands: [{ quorum: 2 }] });
    await scene.answer(second);
    await scene.answer(second, { id: "dan", groups: ["dpo"] });
    expect(await scene.run()).toBe("ran");
  });

  verifies("review.superseded", "asks about what a reviewer made of the call", async () => {
    const scene = await Scene.of(asking());
    const first = await scene.open();
    await scene.answer(first, ANN, { answer: "modify", arguments: { n: 7 } });
    await scene.guard.use(asking({ by: ["dpo"] }));
    expect(await scene.run()).toBe("review_pending");
    const second = await scene.open();
    expect(second).toMatchObject({ arguments: { n: 7 }, asked: { n: 1 }, modified: { by: "ann" } });
    await scene.answer(second, { id: "dan", groups: ["dpo"] });
    expect(await scene.run()).toBe("ran");
    expect(scene.ran).toEqual([{ n: 7 }]);
  });

  verifies("review.superseded", "lets votes stand that are enough for it", async () => {
    const scene = await Scene.of(asking());
    await scene.answer(await scene.open(), { id: "dan", groups: ["reviewer", "dpo"] });
    await scene.guard.use(asking({ by: ["dpo"] }));
    expect(await scene.run()).toBe("ran");
  });

  verifies("review.superseded", "is denied where it asks for more each time", async () => {
    let quorum = 1;
    const scene = await Scene.of(asking(), {
      onReview: async ({ demands }) => {
        await scene.guard.use(asking({ quorum: ++quorum }));
        const asked = Array.from({ length: demands[0]?.quorum ?? 0 }, (_, n) => `r${n}`);
        return asked.map((reviewer) => ({ answer: "approve", reviewer }));
      },
    });
    expect(await scene.run({}, {})).toBe("approval_superseded");
    expect(scene.ran).toEqual([]);
  });

  verifies("review.pending", "waits for the answer also where it has come to allow", async () => {
    const scene = await Scene.of(asking());
    const approval = await scene.open();
    await scene.guard.use({ tool: "allow" });
    expect(await scene.run()).toBe("review_pending");
    await scene.answer(approval, ANN, { answer: "modify", arguments: { n: 7 } });
    expect(await scene.run()).toBe("ran");
    expect(scene.ran).toEqual([{ n: 7 }]);
    expect(await scene.run()).toBe("ran");
    expect(scene.ran).toEqual([{ n: 7 }, { n: 1 }]);
  });
});

describe("a call that the policy changes before people are asked", () => {
  verifies("review.demands", "is asked about by the rules for what it became, too", async () => {
    const policy = policyOf({
      tools: { tool: { default: "allow", batch: { argument: "n" } } },
      rules: [
        { name: "big", action: "review", when: compare(argument("n"), ">", 50), maxBatchSize: 50 },
        {
          name: "cut",
          action: "review",
          when: compare(argument("n"), "==", 50),
          review: demand({ by: ["dpo"] }),
        },
      ],
    });
    const scene = await Scene.of(policy);
    const approval = await scene.open({ args: { n: 70 } });
    expect(approval.demands.map(({ by }) => by)).toEqual([["reviewer"], ["dpo"]]);
    await scene.answer(approval);
    expect(await scene.run({ args: { n: 70 } })).toBe("review_pending");
    await scene.answer(approval, { id: "dan", groups: ["dpo"] });
    expect(await scene.run({ args: { n: 70 } })).toBe("ran");
    expect(scene.ran).toEqual([{ n: 50 }]);
  });

  verifies("review.demands", "counts a rule that cannot be judged as one that asks", async () => {
    const policy = policyOf({
      tools: { tool: { default: "allow" } },
      rules: [
        { name: "ask", action: "review" },
        { name: "err", action: "review", when: ERRS, review: demand({ by: ["dpo"] }) },
      ],
    });
    const approval = await (await Scene.of(policy)).open();
    expect(approval.demands.map(({ by }) => by)).toEqual([["reviewer"], ["dpo"]]);
  });
});

describe("limits and records of an approved call", () => {
  const rateLimit = perMinute(1);

  verifies("review.taken-back", "leave the approval where a limit is reached", async () => {
    const scene = await Scene.of(
      policyOf({ rules: [{ name: "ask", action: "review", rateLimit }] }),
    );
    await scene.answer(await scene.open({ id: "a", args: { n: 0 } }));
    const approval = await scene.open();
    await scene.answer(approval);
    expect(await scene.run({ id: "a", args: { n: 0 } })).toBe("ran");
    expect(await scene.run()).toBe("rate_limited");
    expect(await scene.guard.approvals.get(approval.id)).toMatchObject({ state: "approved" });
    scene.guard.time.advance(60_000);
    expect(await scene.run()).toBe("ran");
    expect(await scene.run({}, { reviews: "opened" })).toBe("approval_used");
  });

  verifies("review.taken-back", "leave approval and limit where the audit fails", async () => {
    let fails = true;
    const limits = memoryLimits();
    const scene = await Scene.of(
      policyOf({ rules: [{ name: "ask", action: "review", rateLimit }] }),
      {
        stores: { limits },
        audit: {
          durable: false,
          append: ({ type }) => {
            if (fails && type === "call") throw new Error("disk full");
          },
          flush: () => Promise.resolve(),
          close: () => Promise.resolve(),
        },
      },
    );
    await scene.answer(await scene.open());
    expect(await scene.run()).toBe("audit_unavailable");
    fails = false;
    expect(await scene.run()).toBe("ran");
    expect(scene.ran).toHaveLength(1);
  });

  verifies("review.limits", "let it past the limit that asked, once", async () => {
    const soft = perMinute(1, { onExceed: "review" });
    const scene = await Scene.of(
      policyOf({
        rules: [
          {
            name: "soft",
            action: "allow",
            rateLimit: soft,
            review: demand({ by: ["finance"] }),
          },
        ],
      }),
    );
    expect(await scene.run({ id: "a", args: { n: 0 } })).toBe("ran");
    expect(await scene.run()).toBe("review_pending");
    const [pending] = await scene.guard.approvals.list();
    expect(pending).toMatchObject({
      limits: ["soft"],
      why: { code: "rate_limited", rule: "soft" },
      demands: [{ by: ["finance"] }],
    });
    await scene.answer(pending ?? expect.fail(), { id: "fay", groups: ["finance"] });
    expect(await scene.run()).toBe("ran");
    expect(await scene.run({ id: "b", args: { n: 2 } })).toBe("review_pending");
  });

  verifies("review.limits", "ask once more where nobody was asked about the limit", async () => {
    const soft = perMinute(1, { onExceed: "review" });
    const scene = await Scene.of(
      policyOf({ rules: [{ name: "ask", action: "review", rateLimit: soft }] }),
    );
    await scene.answer(await scene.open({ id: "a", args: { n: 0 } }));
    const approval = await scene.open();
    await scene.answer(approval, ANN, { answer: "modify", arguments: { n: 7 } });
    expect(await scene.run({ id: "a", args: { n: 0 } })).toBe("ran");
    expect(await scene.run()).toBe("review_pending");
    expect(await scene.guard.approvals.get(approval.id)).toMatchObject({ state: "superseded" });
    const again = await scene.open();
    expect(again).toMatchObject({ limits: ["ask"], arguments: { n: 7 }, votes: [] });
    await scene.answer(again);
    expect(await scene.run()).toBe("ran");
    expect(scene.ran).toEqual([{ n: 0 }, { n: 7 }]);
  });
});
