import { describe, expect, it, vi } from "vitest";
import { verifies } from "../../../../test/verifies.ts";
import { argument, compare, policyOf } from "../../../../test/policies.ts";
import { ANN, asking, BOB, demand, Scene } from "../../test/reviews.ts";
import { memoryApprovals } from "../approvals/memory.ts";
import { fakeClock } from "../testing/index.ts";
import { isDenial } from "../fallback/denial.ts";
import type { ReviewNotice } from "./events.ts";

const MINUTE = 60_000;

describe("an approval that is waited for elsewhere", () => {
  verifies("review.pending", "runs nothing until it is answered", async () => {
    const scene = await Scene.of(asking());
    expect(await scene.run()).toBe("review_pending");
    expect(await scene.run()).toBe("review_pending");
    expect((await scene.guard.approvals.list()).map(({ state }) => state)).toEqual(["pending"]);
    expect(scene.ran).toEqual([]);
  });

  verifies("review.resume", "is found by the same call, and lets it run", async () => {
    const scene = await Scene.of(asking());
    expect(await scene.run()).toBe("review_pending");
    const [pending] = await scene.guard.approvals.list();
    expect(await scene.answered(pending ?? expect.fail())).toBe("ok");
    expect(await scene.run()).toBe("ran");
    expect(scene.ran).toEqual([{ n: 1 }]);
  });

  verifies("review.resume", "is found in another process that has the same store", async () => {
    const stores = { approvals: memoryApprovals() };
    const [first, second, third] = [
      await Scene.of(asking(), { stores }),
      await Scene.of(asking(), { stores }),
      await Scene.of(asking(), { stores }),
    ];
    const approval = await first.open();
    expect(await second.answered(approval)).toBe("ok");
    expect(await third.run()).toBe("ran");
    expect(await first.run()).toBe("review_pending");
    expect(await first.guard.approvals.get(approval.id)).toMatchObject({ state: "consumed" });
  });

  it("is denied pending again and again without being called a repeated one", async () => {
    const scene = await Scene.of(asking());
    for (let n = 0; n < 6; n++) expect(await scene.run()).toBe("review_pending");
  });

  it("names itself in the denial", async () => {
    const scene = await Scene.of(asking());
    const made: unknown = await scene.guard.run(scene.input(), () => "ran", { reviews: true });
    const [pending] = await scene.guard.approvals.list();
    expect(isDenial(made) && made.approval).toBe(pending?.id);
  });

  verifies(
    "review.pending",
    "is unavailable where nothing says that anybody could answer",
    async () => {
      const scene = await Scene.of(asking());
      expect(await scene.run({}, {})).toBe("review_unavailable");
      expect(await scene.guard.approvals.list()).toEqual([]);
    },
  );
});

describe("an answer", () => {
  verifies("review.binding", "counts for the digest that it names", async () => {
    const scene = await Scene.of(asking());
    const approval = await scene.open({ args: { n: 1 } });
    const other = await scene.open({ id: "c2", args: { n: 2 } });
    expect(await scene.answered({ id: approval.id, digest: other.digest })).toBe(
      "approval_mismatch",
    );
    expect(await scene.answered(approval)).toBe("ok");
    expect(await scene.run({ args: { n: 2 } })).toBe("review_pending");
    expect(await scene.run({ args: { n: 1 } })).toBe("ran");
  });

  verifies("review.session", "in one session, tenant or call is none in another", async () => {
    const scene = await Scene.of(asking());
    await scene.answer(await scene.open());
    const others = [
      { id: "c2" },
      { identity: { session: "other" } },
      { identity: { tenant: "t" } },
      { identity: { tenant: '"session"', session: "session" } },
    ];
    for (const other of others) expect(await scene.run(other)).toBe("review_pending");
    expect(await scene.run()).toBe("ran");
  });

  verifies("review.group", "counts for the groups of the reviewer alone", async () => {
    const scene = await Scene.of(asking({ by: ["dpo", "legal"] }));
    const approval = await scene.open();
    const wrong = [[], ["reviewer"], ["DPO"], ["dpo "], ["dp"], ["dpo,legal"]];
    for (const groups of wrong) {
      expect(await scene.answered(approval, { id: "eve", groups })).toBe("reviewer_not_allowed");
    }
    expect(await scene.answered(approval, { id: "eve" })).toBe("reviewer_not_allowed");
    expect(await scene.answered(approval, { id: "lea", groups: ["legal"] })).toBe("ok");
  });

  verifies("review.requester", "of the agent or its user is none for a group", async () => {
    const scene = await Scene.of(asking());
    const approval = await scene.open({
      identity: { user: { id: "Zoé" }, agent: { id: "bot", roles: ["r"] } },
    });
    for (const id of ["Zoé", "zoé", "ZOE\u0301", " Zoé ", "bot", "BOT", "ｂｏｔ"]) {
      const reviewer = { id, groups: ["reviewer"] };
      expect([id, await scene.answered(approval, reviewer)]).toEqual([id, "reviewer_not_allowed"]);
    }
    expect(await scene.answered(approval)).toBe("ok");
  });

  verifies("review.user", "is the user's own where the rule asks the user", async () => {
    const scene = await Scene.of(asking({ by: "user" }));
    const parts = { identity: { user: { id: "zoe" } } };
    const approval = await scene.open(parts);
    for (const id of ["ann", "Zoe", "zoe ", "agent", "user"]) {
      const reviewer = { id, groups: ["reviewer", "user"] };
      expect(await scene.answered(approval, reviewer)).toBe("reviewer_not_allowed");
    }
    expect(await scene.answered(approval, { id: "zoe" })).toBe("ok");
    expect(await scene.run(parts)).toBe("ran");
  });

  verifies("review.user", "cannot be had where the ticket names no user", async () => {
    const scene = await Scene.of(asking({ by: "user" }));
    expect(await scene.openedAs()).toBe("review_unavailable");
    expect(await scene.guard.approvals.list()).toEqual([]);
  });

  verifies("review.quorum", "is one of as many different people as the rule wants", async () => {
    const scene = await Scene.of(asking({ quorum: 3 }));
    const approval = await scene.open();
    expect(await scene.answered(approval)).toBe("ok");
    for (const id of ["ann", "Ann", "ANN ", "ａｎｎ"]) {
      expect(await scene.answered(approval, { ...ANN, id })).toBe("already_voted");
    }
    expect(await scene.answered(approval, BOB)).toBe("ok");
    expect(await scene.run()).toBe("review_pending");
    expect(await scene.answered(approval, { ...ANN, id: "cem" })).toBe("ok");
    expect(await scene.answered(approval, { ...ANN, id: "dan" })).toBe("not_pending");
    expect(await scene.run()).toBe("ran");
  });

  verifies("review.demands", "must meet each rule that asks", async () => {
    const more = [{ name: "more", action: "review", review: demand({ by: ["dpo"] }) } as const];
    const scene = await Scene.of(asking({ by: ["finance"], quorum: 2 }, more));
    const approval = await scene.open();
    expect(approval.demands).toHaveLength(2);
    const both = { id: "both", groups: ["dpo", "finance"] };
    expect(await scene.answered(approval, both)).toBe("ok");
    expect(await scene.run()).toBe("review_pending");
    expect(await scene.answered(approval, { id: "fay", groups: ["finance"] })).toBe("ok");
    expect(await scene.run()).toBe("ran");
  });

  verifies("review.demands", "is waited for as long as the shortest rule says", async () => {
    const more = [
      { name: "b", action: "review", review: demand({ expiresMs: MINUTE, priority: "critical" }) },
      { name: "c", action: "review", review: demand({ priority: "low" }) },
    ] as const;
    const approval = await (await Scene.of(asking({ expiresMs: 2 * MINUTE }, more))).open();
    expect(Date.parse(approval.expiresAt) - Date.parse(approval.createdAt)).toBe(MINUTE);
    expect(approval.priority).toBe("critical");
  });

  it("is as urgent as the risk where no rule says", async () => {
    const priorities = await Promise.all(
      (["read", "write", "delete"] as const).map(async (operation) => {
        const tools = { tool: { operation, data: "secret" as const } };
        const rules = [{ name: "ask", action: "review" as const }];
        return (await (await Scene.of(policyOf({ tools, rules }))).open()).priority;
      }),
    );
    expect(priorities).toEqual(["medium", "high", "high"]);
  });

  verifies("review.rejected", "that rejects ends it, and nobody is asked again", async () => {
    const scene = await Scene.of(asking({ quorum: 2 }));
    const approval = await scene.open();
    await scene.answer(approval);
    expect(await scene.answered(approval, BOB, { answer: "reject", reason: "no" })).toBe("ok");
    expect(await scene.answered(approval, { ...ANN, id: "cem" })).toBe("not_pending");
    expect(await scene.run()).toBe("approval_rejected");
    expect(await scene.run({ id: "c2" })).toBe("approval_rejected");
    expect(await scene.openedAs({ id: "c3" })).toBe("approval_rejected");
    expect(await scene.run({ id: "c3", identity: { session: "other" } })).toBe("review_pending");
    expect(await scene.guard.approvals.list({ session: "session" })).toHaveLength(1);
  });
});

describe("an approved call", () => {
  verifies("review.once", "runs once, however many hosts take it up at once", async () => {
    const stores = { approvals: memoryApprovals() };
    const scenes = await Promise.all(
      Array.from({ length: 12 }, () => Scene.of(asking(), { stores })),
    );
    const [first] = scenes;
    await first?.answer(await first.open());
    const codes = await Promise.all(scenes.map((scene) => scene.run({}, { reviews: "opened" })));
    expect(codes.filter((code) => code === "ran")).toHaveLength(1);
    expect(new Set(codes)).toEqual(new Set(["ran", "approval_used"]));
  });

  verifies("review.replay", "needs a new approval when its id comes again", async () => {
    const scene = await Scene.of(asking());
    await scene.answer(await scene.open());
    expect(await scene.run()).toBe("ran");
    expect(await scene.run({}, { reviews: "opened" })).toBe("approval_used");
    expect(await scene.run()).toBe("review_pending");
    expect(await scene.guard.approvals.list({ states: ["pending"] })).toHaveLength(1);
  });

  verifies("review.expiry", "comes too late after the end, as does an answer", async () => {
    const scene = await Scene.of(asking());
    const late = await scene.open();
    const unused = await scene.open({ id: "c2", args: { n: 2 } });
    await scene.answer(unused);
    scene.guard.time.advance(15 * MINUTE);
    expect(await scene.answered(late)).toBe("approval_expired");
    scene.guard.time.advance(-60 * MINUTE);
    expect(await scene.answered(late)).toBe("not_pending");
    expect(await scene.run()).toBe("approval_expired");
    expect(await scene.run({ id: "c2", args: { n: 2 } })).toBe("approval_expired");
    expect((await scene.guard.approvals.list()).map(({ state }) => state)).toEqual([
      "expired",
      "expired",
    ]);
  });

  verifies("review.expiry", "gets no time back from a clock that was set back", async () => {
    const scene = await Scene.of(asking());
    const approval = await scene.open();
    await scene.answer(approval);
    scene.guard.time.advance(15 * MINUTE);
    await scene.guard.approvals.decide({ id: "x", digest: "x", reviewer: ANN, answer: "reject" });
    await scene.openedAs({ id: "c9", args: { n: 9 } });
    scene.guard.time.advance(-15 * MINUTE);
    expect(await scene.run()).toBe("approval_expired");
  });

  verifies("review.cancel", "that was taken back is denied", async () => {
    const scene = await Scene.of(asking());
    const approval = await scene.open();
    await scene.answer(approval);
    const taken = await scene.guard.approvals.cancel({ id: approval.id, by: "ann", reason: "no" });
    expect(taken).toMatchObject({ ok: true, approval: { state: "cancelled" } });
    expect(await scene.run()).toBe("review_unavailable");
    expect(scene.guard.decisions.at(-1)?.decision.reason).toContain("taken back");
    expect(await scene.guard.approvals.cancel({ id: approval.id, by: "ann" })).toMatchObject({
      ok: false,
      code: "not_pending",
    });
  });

  verifies("review.record", "is recorded with its approval and who answered", async () => {
    const scene = await Scene.of(asking({ quorum: 2 }));
    const approval = await scene.open();
    await scene.answer(approval);
    await scene.run();
    await scene.answer(approval, BOB);
    await scene.run();
    const calls = scene.guard.audit.records.filter(({ type }) => type === "call");
    const { id } = approval;
    expect(calls).toMatchObject([
      { code: "review_pending", approval: { id, reviewers: ["ann"] } },
      { code: "approved", effect: "allow", approval: { id, reviewers: ["ann", "bob"] } },
    ]);
    expect(scene.guard.decisions.at(-1)?.decision.reason).toBe("approved by ann, bob");
  });

  verifies("review.events", "is told of when it is asked and when it is answered", async () => {
    const scene = await Scene.of(asking());
    const heard: [string, ReviewNotice][] = [];
    scene.guard.on("approval.requested", (notice) => heard.push(["requested", notice]));
    scene.guard.on("approval.decided", (notice) => heard.push(["decided", notice]));
    const approval = await scene.open({ args: { secret: "s3cret" } });
    await scene.open({ args: { secret: "s3cret" } });
    await scene.answer(approval);
    expect(heard.map(([name, { state, reviewers }]) => [name, state, reviewers])).toEqual([
      ["requested", "pending", []],
      ["decided", "approved", ["ann"]],
    ]);
    expect(JSON.stringify(heard)).not.toContain("s3cret");
  });

  it("keeps a history to which entries are only added", async () => {
    const scene = await Scene.of(asking());
    const approval = await scene.open();
    await scene.answer(approval, ANN, { reason: "fine" });
    await scene.run();
    const { history = [] } = (await scene.guard.approvals.get(approval.id)) ?? {};
    expect(history.map(({ event, by }) => [event, by])).toEqual([
      ["requested", null],
      ["voted", "ann"],
      ["approved", null],
      ["consumed", null],
    ]);
  });
});

describe("a session", () => {
  verifies("review.budget", "asks three questions about a tool and no more", async () => {
    const scene = await Scene.of(asking());
    const parts = (n: number) => ({ id: `c${n}`, args: { n } });
    const opened = [0, 1, 2].map((n) => scene.open(parts(n)));
    const [first] = await Promise.all(opened);
    expect(await scene.run(parts(3))).toBe("review_budget");
    await scene.answer(first ?? expect.fail());
    // An approved one takes no room; a rejected one does.
    const fourth = await scene.open(parts(3));
    await scene.answer(fourth, ANN, { answer: "reject" });
    expect(await scene.run(parts(4))).toBe("review_budget");
    expect(await scene.run({ ...parts(4), identity: { session: "other" } })).toBe("review_pending");
  });

  verifies("review.budget", "asks no more when many calls come at once", async () => {
    const scene = await Scene.of(asking());
    const codes = await Promise.all(
      Array.from({ length: 20 }, (_, n) => scene.run({ id: `c${n}`, args: { n } })),
    );
    expect(codes.filter((code) => code === "review_pending")).toHaveLength(3);
    expect(codes.filter((code) => code === "review_budget")).toHaveLength(17);
  });

  verifies("review.batch", "is asked about a whole batch before any of it runs", async () => {
    const policy = policyOf({
      tools: { tool: {} },
      rules: [
        { name: "big", action: "review", when: compare(argument("n"), ">", 10) },
        { name: "huge", action: "deny", when: compare(argument("n"), ">", 100) },
        { name: "small", action: "allow", when: compare(argument("n"), "<=", 10) },
      ],
    });
    const scene = await Scene.of(policy);
    const calls = [1, 11, 101].map((n) => scene.input({ id: `c${n}`, args: { n } }));
    const opened = await scene.guard.open(calls, { reviews: true });
    expect(
      opened.map(({ decision, approval, denial }) => [
        decision.effect,
        approval?.state,
        denial?.decision.code,
      ]),
    ).toEqual([
      ["allow", undefined, undefined],
      ["review", "pending", undefined],
      ["deny", undefined, "rule_denied"],
    ]);
    const again = await scene.guard.open(calls.slice(0, 2), { reviews: true });
    expect(again[1]?.approval?.id).toBe(opened[1]?.approval?.id);
  });
});

describe("a call that waits", () => {
  verifies("review.wait", "runs as soon as it is approved", async () => {
    const scene = await Scene.of(asking(), { reviewTimeout: 60_000 });
    const running = scene.run({}, {});
    const [pending] = await vi.waitFor(async () => {
      const list = await scene.guard.approvals.list();
      expect(list).toHaveLength(1);
      return list;
    });
    await scene.answer(pending ?? expect.fail());
    expect(await running).toBe("ran");
  });

  verifies(
    "review.wait",
    "waits no longer than the host says, and the question stays",
    async () => {
      const scene = await Scene.of(asking());
      expect(await scene.run({}, { reviewTimeout: 1 })).toBe("review_pending");
      const [pending] = await scene.guard.approvals.list();
      await scene.answer(pending ?? expect.fail());
      expect(await scene.run({}, { reviewTimeout: 1 })).toBe("ran");
    },
  );

  verifies("review.wait", "is given up by a signal, or when the guard closes", async () => {
    const scene = await Scene.of(asking(), { reviewTimeout: 60_000 });
    expect(await scene.run({}, { signal: AbortSignal.abort() })).toBe("review_pending");
    const later = new AbortController();
    const given = scene.run({}, { signal: later.signal });
    const closed = scene.run({ id: "c2" }, {});
    await vi.waitFor(async () => expect(await scene.guard.approvals.list()).toHaveLength(2));
    later.abort();
    expect(await given).toBe("review_pending");
    await scene.guard.close();
    expect(await closed).toBe("no_bundle");
  });

  verifies(
    "review.wait",
    "looks at a store that does not tell of changes once a second",
    async () => {
      const { watch: _, ...bound } = boundTo(memoryApprovals());
      const [waiting, elsewhere] = [
        await Scene.of(asking(), { stores: { approvals: bound }, reviewTimeout: 60_000 }),
        await Scene.of(asking(), { stores: { approvals: bound } }),
      ];
      const running = waiting.run({}, {});
      const [pending] = await vi.waitFor(async () => {
        const list = await elsewhere.guard.approvals.list();
        expect(list).toHaveLength(1);
        return list;
      });
      await elsewhere.answer(pending ?? expect.fail());
      expect(await running).toBe("ran");
    },
  );

  verifies("review.wait", "ends with its review", async () => {
    const time = { ...fakeClock(), now: Date.now };
    const scene = await Scene.of(asking({ expiresMs: 5 }), { time, reviewTimeout: 60_000 });
    expect(await scene.run({}, {})).toBe("approval_expired");
    const hanging = { time, onReview: () => new Promise<never>(() => undefined) };
    const asked = await Scene.of(asking({ expiresMs: 5 }), hanging);
    expect(await asked.run({}, {})).toBe("approval_expired");
  });
});

/** Its methods as own properties, so that one can be left out. */
function boundTo(store: ReturnType<typeof memoryApprovals>) {
  return {
    open: store.open.bind(store),
    get: store.get.bind(store),
    latest: store.latest.bind(store),
    replace: store.replace.bind(store),
    list: store.list.bind(store),
    watch: store.watch?.bind(store),
  };
}
