import assert from "node:assert/strict";
import {
  isDenial,
  type AuditSink,
  type Decision,
  type LimitResult,
  type LimitStore,
  type OnReview,
  type ReviewAnswer,
} from "@interlatch/core";
import { attempt, built, guardOf, mustRun, signing, type Evasion } from "./evasion.ts";
import { guardOver } from "../signed.ts";

const ASK = `
tools: { t: { operation: write, resources: none } }
rules: [{ name: ask, tool: t, action: review }]
`;
const LIMITED = `
tools: { t: { operation: write, resources: none }, free: { operation: read, resources: none, default: allow } }
rules: [{ name: ok, tool: t, action: allow, rate_limit: 10 calls/minute }]
`;

/** A sink that does with records what it is told. */
function sink(append: AuditSink["append"]): AuditSink {
  const done = (): Promise<void> => Promise.resolve();
  return { durable: true, append, flush: done, close: done };
}

/** A store that answers what it is told. */
function store(reserve: () => unknown): { readonly limits: LimitStore } {
  // What a store really answers is not always what its type says.
  const answer = reserve as () => LimitResult | Promise<LimitResult>;
  return { limits: { reserve: answer, peek: () => ({ ok: true }) } };
}

/** Attacks by what surrounds a decision: reviewers, stores, sinks, listeners, copies. */
export const answerEvasions: readonly Evasion[] = [
  {
    id: "evasion.T06",
    title:
      "changing the arguments from inside a review, a listener or a tool changes nothing that runs",
    run: async () => {
      const live = { amount: 5, to: ["ann"] };
      const spoil = (target: object): void => {
        Reflect.set(target, "amount", 5000);
        Reflect.set(target, "to", ["eve"]);
        Reflect.set(target, "extra", true);
      };
      const { guard } = await guardOf(ASK, {
        onReview: (request) => {
          for (const target of [live, request.arguments, request.asked, request.decision.arguments])
            spoil(target);
          Reflect.set(request, "arguments", { amount: 5000 });
          Reflect.set(request.decision, "arguments", { amount: 5000 });
          live.to.push("eve");
          return { answer: "approve", reviewer: "ann" };
        },
      });
      guard.on("decision", ({ decision }) => {
        spoil(decision.arguments);
        Reflect.set(decision, "arguments", { amount: 5000 });
      });
      const { code, got } = await attempt(guard, "t", live);
      assert.equal(code, "ran");
      assert.deepEqual(got, [{ amount: 5, to: ["ann"] }]);
    },
  },
  {
    id: "evasion.T10",
    title: "a copied ticket carries no identity, and a copied denial is none",
    run: async () => {
      const { guard } = await guardOf(LIMITED);
      const ticket = guard.for({ agent: { id: "shop" }, session: "s" });
      for (const copy of [
        { ...ticket },
        structuredClone({ ...ticket }),
        Object.create(ticket as object),
      ]) {
        assert.equal(
          guard.decide({ ticket: copy, id: "c", tool: "t", arguments: {} }).code,
          "identity_required",
        );
      }
      const denial = guard.run({ ticket, id: "c", tool: "nobody", arguments: {} }, () => "ran");
      assert.equal(isDenial(denial), true);
      assert.equal(isDenial({ ...(denial as object) }), false);
      assert.equal(isDenial(JSON.parse(JSON.stringify(denial))), false);
    },
  },
  {
    id: "evasion.T12",
    title: "an answer of a reviewer in other words than approve is a denial",
    run: async () => {
      const answers: readonly unknown[] = [
        undefined,
        null,
        true,
        "approve",
        "approved",
        "user-approval",
        "not-applicable",
        { type: "approved" },
        { answer: "approved", reviewer: "ann" },
        { answer: "APPROVE", reviewer: "ann" },
        { answer: "approve ", reviewer: "ann" },
        { answer: ["approve"], reviewer: "ann" },
        { answer: "approve" },
        { answer: "approve", reviewer: null },
        { decision: "approve", reviewer: "ann" },
        // A list of answers is one for each person; what spoils or refuses one of them decides for all.
        [],
        [[{ answer: "approve", reviewer: "ann" }]],
        [{ answer: "approve", reviewer: "ann" }, { answer: "approve" }],
        [null, { answer: "approve", reviewer: "ann" }],
        new Error("approve"),
      ];
      for (const answer of answers) {
        const { guard } = await guardOf(ASK, { onReview: () => answer as ReviewAnswer });
        assert.deepEqual(await attempt(guard, "t", {}), { code: "review_unavailable", got: [] });
      }
      const { guard } = await guardOf(ASK, {
        onReview: () => ({ answer: "approve", reviewer: "ann" }),
      });
      await mustRun(guard, "t", {});
    },
  },
  {
    id: "evasion.T43",
    title: "a new policy in the middle of a call or of a review loosens neither",
    run: async () => {
      const { bundle, trust } = await signing();
      const asks = await bundle(await built(ASK));
      const denies = await bundle(await built(ASK.replace("action: review", "action: deny")), {
        version: 2,
      });
      const allows = await bundle(await built(ASK.replace("action: review", "action: allow")), {
        version: 3,
      });
      let envelope = asks;
      const seen: Decision[] = [];
      let onReview: OnReview = () => ({ answer: "reject", reviewer: "ann" });
      const source = { name: "memory", read: async () => new TextEncoder().encode(envelope) };
      const { guard } = await guardOver(source, trust, {
        onReview: (request) => onReview(request),
      });
      guard.on("decision", ({ decision }) => seen.push(decision));
      const swap = async (next: string): Promise<void> => {
        envelope = next;
        await guard.reload();
      };
      onReview = async () => {
        await swap(denies);
        return { answer: "approve", reviewer: "ann" };
      };
      assert.deepEqual(await attempt(guard, "t", {}), { code: "rule_denied", got: [] });
      assert.equal(seen.at(-1)?.bundle?.version, 2);
      // A rejection stands, also when the policy in force would by now allow the call.
      const again = await guardOver(
        { ...source, read: async () => new TextEncoder().encode(asks) },
        trust,
        {
          onReview: () => ({ answer: "reject", reviewer: "ann" }),
        },
      );
      assert.deepEqual(await attempt(again.guard, "t", {}), { code: "approval_rejected", got: [] });
      await swap(allows);
      await mustRun(guard, "t", {});
    },
  },
  {
    id: "evasion.T47",
    title:
      "a reviewer, a store or a sink that is slow, failing or empty does not let a call through",
    run: async () => {
      const down = (): never => {
        throw new Error("500");
      };
      const rejects = (): Promise<never> => Promise.reject(new Error("timeout"));
      const empties: readonly unknown[] = [
        undefined,
        null,
        "",
        {},
        { ok: "true" },
        "ok",
        200,
        { status: 200 },
      ];
      const stores = [
        down,
        rejects,
        ...empties.flatMap((empty) => [() => empty, () => Promise.resolve(empty)]),
      ];
      for (const reserve of stores) {
        const { guard } = await guardOf(LIMITED, { stores: store(reserve) });
        assert.deepEqual(await attempt(guard, "t", {}), { code: "store_unavailable", got: [] });
        await mustRun(guard, "free", {});
      }
      for (const append of [down, rejects]) {
        const { guard } = await guardOf(LIMITED, { audit: sink(append) });
        for (const tool of ["t", "free"]) {
          assert.deepEqual(await attempt(guard, tool, {}), { code: "audit_unavailable", got: [] });
        }
      }
      for (const onReview of [down, rejects]) {
        const { guard } = await guardOf(ASK, { onReview });
        assert.deepEqual(await attempt(guard, "t", {}), { code: "review_unavailable", got: [] });
      }
      await neverAnswers();
    },
  },
];

/** While nobody answers, nothing runs. */
async function neverAnswers(): Promise<void> {
  const never = (): Promise<never> => new Promise(() => undefined);
  const guards = [
    (await guardOf(ASK, { onReview: never })).guard,
    (await guardOf(LIMITED, { stores: store(never) })).guard,
    (await guardOf(LIMITED, { audit: sink(never) })).guard,
  ];
  for (const guard of guards) {
    const ticket = guard.for({ agent: { id: "shop" }, session: "s" });
    let ran = 0;
    void guard.run({ ticket, id: "c", tool: "t", arguments: {} }, () => ++ran);
    for (let turn = 0; turn < 50; turn++) await new Promise((done) => setImmediate(done));
    assert.equal(ran, 0);
    assert.equal(guard.status().openCalls, 1);
  }
}
