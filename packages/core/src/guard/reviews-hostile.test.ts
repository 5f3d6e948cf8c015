import { describe, expect, it } from "vitest";
import { verifies } from "../../../../test/verifies.ts";
import { ANN, asking, Scene } from "../../test/reviews.ts";
import type { Approval } from "../approvals/approval.ts";
import { approvalKey } from "../approvals/approval.ts";
import { memoryApprovals } from "../approvals/memory.ts";
import type { ApprovalStore } from "../approvals/store.ts";
import { callDigest } from "../snapshot/digest.ts";

describe("an answer from outside", () => {
  verifies("review.hostile.answer", "is refused where it is not what is asked for", async () => {
    const scene = await Scene.of(asking());
    const { id, digest } = await scene.open();
    const good = { id, digest, reviewer: ANN, answer: "approve" };
    const wrong: readonly unknown[] = [
      undefined,
      null,
      "approve",
      [],
      {},
      [good],
      { ...good, answer: "Approve" },
      { ...good, answer: true },
      { ...good, answer: ["approve"] },
      { ...good, reviewer: "ann" },
      { ...good, reviewer: { id: "" } },
      { ...good, reviewer: { id: ["ann"], groups: ["reviewer"] } },
      { ...good, reviewer: { id: "ann", groups: "reviewer" } },
      { ...good, reviewer: { id: "ann", groups: [["reviewer"]] } },
      { ...good, reviewer: { ...ANN, roles: ["reviewer"] } },
      { ...good, reason: 7 },
      { ...good, reason: "x".repeat(5_000) },
      { ...good, tool: "other" },
      { ...good, version: 1 },
      { ...good, id: 7 },
      Object.create(good),
      JSON.parse(`{"__proto__": ${JSON.stringify(good)}}`),
      Object.assign(() => undefined, good),
    ];
    for (const answer of wrong) {
      // Requests are parsed from JSON by hosts in plain JavaScript.
      const result = await scene.guard.approvals.decide(answer as never);
      expect([answer, result.ok ? "ok" : result.code]).toEqual([answer, "invalid_answer"]);
    }
    const nobody = { ...good, id: "__proto__" } as never;
    expect(await scene.guard.approvals.decide(nobody)).toMatchObject({ code: "not_found" });
    expect(await scene.run()).toBe("review_pending");
  });

  verifies("review.hostile.answer", "is read once, so that it is one thing", async () => {
    const scene = await Scene.of(asking());
    const { id, digest } = await scene.open({ identity: { user: { id: "zoe" } } });
    let reads = 0;
    const reviewer = {
      get id() {
        return reads++ === 0 ? "zoe" : "ann";
      },
      groups: ["reviewer"],
    };
    const answer = { id, digest, reviewer, answer: "approve" } as const;
    expect(await scene.guard.approvals.decide(answer)).toMatchObject({
      code: "reviewer_not_allowed",
    });
    expect(reads).toBe(1);
    const throwing = {
      ...answer,
      get reason(): string {
        throw new Error("no");
      },
    };
    expect(await scene.guard.approvals.decide(throwing)).toMatchObject({ code: "invalid_answer" });
  });

  verifies("review.hostile.answer", "is not made by a polluted prototype", async () => {
    const scene = await Scene.of(asking());
    const { id, digest } = await scene.open();
    const lent = { reviewer: ANN, answer: "approve", groups: ["reviewer"], ok: true, approval: {} };
    for (const [name, value] of Object.entries(lent)) {
      Object.defineProperty(Object.prototype, name, { value, configurable: true });
    }
    try {
      const without = { id, digest } as never;
      expect((await scene.guard.approvals.decide(without)).ok).toBe(false);
      const eve = { id, digest, reviewer: { id: "eve" }, answer: "approve" } as const;
      expect((await scene.guard.approvals.decide(eve)).ok).toBe(false);
      expect(await scene.run()).toBe("review_pending");
      expect(scene.guard.audit.lines().at(-2)).toContain(`"approval":{"id":"${id}"`);
    } finally {
      for (const name of Object.keys(lent)) Reflect.deleteProperty(Object.prototype, name);
    }
  });

  it("that is taken back without a name is refused", async () => {
    const scene = await Scene.of(asking());
    const { id } = await scene.open();
    for (const request of [
      null,
      {},
      { id },
      { id, by: "" },
      { id, by: "ann", state: "approved" },
    ]) {
      const result = await scene.guard.approvals.cancel(request as never);
      expect(result).toMatchObject({ ok: false, code: "invalid_answer" });
    }
  });

  verifies(
    "review.binding",
    "is for what the model asked first, not for what it asks now",
    async () => {
      const scene = await Scene.of(asking());
      const args = { to: ["bob"] };
      const approval = await scene.open({ args });
      args.to.push("eve");
      await scene.answer(approval);
      expect(await scene.run({ args })).toBe("review_pending");
      expect(await scene.run({ args: { to: ["bob"] } })).toBe("ran");
      expect(scene.ran).toEqual([{ to: ["bob"] }]);
    },
  );
});

/** A store that answers as the memory one, but for what is replaced. */
function lying(change: (store: ApprovalStore) => object): ApprovalStore {
  const store = memoryApprovals();
  const honest: ApprovalStore = {
    open: store.open.bind(store),
    get: store.get.bind(store),
    latest: store.latest.bind(store),
    replace: store.replace.bind(store),
    list: store.list.bind(store),
  };
  // What it gives is what a store must not.
  return { ...honest, ...change(honest) } as ApprovalStore;
}

/** As somebody would write it who can write to the database and not answer. */
function approved(one: Approval, more: Partial<Approval> = {}): Approval {
  return { ...one, state: "approved", ...more };
}

describe("a store that lies", () => {
  const lies: readonly (readonly [string, (store: ApprovalStore) => object, string])[] = [
    ["opens nothing", () => ({ open: () => undefined }), "store_unavailable"],
    ["opens an empty answer", () => ({ open: () => ({}) }), "store_unavailable"],
    [
      "opens without an approval",
      () => ({ open: () => ({ kind: "opened" }) }),
      "store_unavailable",
    ],
    [
      "throws",
      () => ({
        latest: () => {
          throw new Error("down");
        },
      }),
      "store_unavailable",
    ],
    ["rejects", () => ({ open: () => Promise.reject(new Error("down")) }), "store_unavailable"],
    ["gives a text", () => ({ latest: () => "approved" }), "store_unavailable"],
    [
      "calls a question approved that nobody has answered",
      (store) => ({
        open: async (draft: Approval, most: number) => {
          await store.open(draft, most);
          return { kind: "joined", approval: approved(draft) };
        },
      }),
      "approval_superseded",
    ],
    [
      "gives the approval of another call under this one's key",
      (store) => ({
        open: (draft: Approval, most: number) =>
          store.open({ ...draft, call: { id: "other", tool: "tool" } }, most),
      }),
      "store_unavailable",
    ],
    [
      "gives the approval of another call",
      (store) => ({
        open: async (draft: Approval) => {
          const other = { ...draft, call: { id: "other", tool: "tool" } };
          return { kind: "joined", approval: approved({ ...other, key: approvalKey(other) }) };
        },
        get: store.get,
      }),
      "approval_mismatch",
    ],
    [
      "puts other arguments in it",
      (store) => ({
        open: async (draft: Approval, most: number) => {
          await store.open(draft, most);
          return { kind: "opened", approval: { ...draft, arguments: { n: 99 } } };
        },
      }),
      "store_unavailable",
    ],
    [
      "adds to its fields",
      () => ({
        open: (draft: Approval) => ({ kind: "opened", approval: { ...draft, force: true } }),
      }),
      "store_unavailable",
    ],
    [
      "asks nobody",
      () => ({
        open: (draft: Approval) => ({
          kind: "joined",
          approval: approved({ ...draft, demands: [] }),
        }),
      }),
      "store_unavailable",
    ],
  ];

  for (const [how, change, code] of lies) {
    verifies("review.hostile.store", `lets nothing run where it ${how}`, async () => {
      const scene = await Scene.of(asking(), { stores: { approvals: lying(change) } });
      expect(await scene.run()).toBe(code);
      expect(scene.ran).toEqual([]);
      expect(scene.guard.status().openCalls).toBe(0);
    });
  }

  verifies("review.hostile.store", "lets nothing run where it gives half a yes", async () => {
    for (const half of [undefined, null, 1, "true", {}, { ok: true }]) {
      const approvals = lying(() => ({ replace: () => half }));
      const scene = await Scene.of(asking(), { stores: { approvals } });
      const approval = await scene.open();
      expect(await scene.answered(approval)).toBe("store_unavailable");
      expect(await scene.run()).toBe("review_pending");
    }
  });

  verifies(
    "review.hostile.store",
    "lets nothing run where it forgets who voted for what",
    async () => {
      const scene = await Scene.of(asking({ quorum: 2 }), {
        stores: {
          approvals: lying((store) => ({
            latest: async (key: string) => {
              const last = await store.latest(key);
              const vote = last?.votes[0];
              if (last === null || vote === undefined) return last;
              const again = { ...vote, reviewer: { ...vote.reviewer, id: "ANN" } };
              const foreign = { ...vote, digest: callDigest("tool", { n: 2 }) };
              return approved(last, { votes: [vote, again, foreign] });
            },
          })),
        },
      });
      await scene.answer(await scene.open());
      expect(await scene.run()).toBe("approval_superseded");
      expect(scene.ran).toEqual([]);
    },
  );

  verifies("review.once", "that loses a write lets nobody run twice", async () => {
    const store = memoryApprovals();
    const stale: { approval?: Approval | null } = {};
    const approvals = lying(() => ({
      open: store.open.bind(store),
      get: store.get.bind(store),
      replace: store.replace.bind(store),
      list: store.list.bind(store),
      // Gives what it knew first for ever, as a replica that lags behind.
      latest: (key: string) => {
        const last = store.latest(key) as Approval | null;
        return last?.state === "approved" ? (stale.approval = last) : (stale.approval ?? last);
      },
    }));
    const scene = await Scene.of(asking(), { stores: { approvals } });
    await scene.answer(await scene.open());
    expect(await scene.run()).toBe("ran");
    expect(await scene.run()).toBe("approval_used");
    expect(scene.ran).toHaveLength(1);
  });

  it("fails its own listing, and no answer throws", async () => {
    const broken = lying(() => ({
      list: () => "all",
      get: () => {
        throw new Error("down");
      },
    }));
    const scene = await Scene.of(asking(), { stores: { approvals: broken } });
    await expect(scene.guard.approvals.list()).rejects.toMatchObject({ code: "ERR_STORE" });
    await expect(scene.guard.approvals.get("x")).rejects.toMatchObject({ code: "ERR_STORE" });
    expect(await scene.answered({ id: "x", digest: "x" })).toBe("store_unavailable");
    const cancelled = await scene.guard.approvals.cancel({ id: "x", by: "ann" });
    expect(cancelled).toMatchObject({ ok: false, code: "store_unavailable" });
  });
});
