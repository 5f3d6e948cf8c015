import { describe, expect, it } from "vitest";
import { verifies } from "../../../../test/verifies.ts";
import { callDigest } from "../snapshot/digest.ts";
import type { Approval } from "./approval.ts";
import { areMet, DEFAULT_DEMAND } from "./demands.ts";
import { draftOf } from "./draft.ts";
import { readApproval } from "./shape.ts";
import {
  approve,
  cancel,
  consume,
  expire,
  giveBack,
  modify,
  reject,
  supersede,
} from "./transitions.ts";
import type { ApprovalResult } from "./answers.ts";

const NOW = Date.parse("2026-01-01T00:00:00Z");
const ANN = { id: "ann", groups: ["reviewer"] };

function pending(): Approval {
  const args = { n: 1 };
  return draftOf(
    {
      call: { id: "c1", tool: "tool" },
      agent: { id: "agent", roles: [] },
      user: null,
      tenant: null,
      session: "s",
      arguments: args,
      asked: args,
      digest: callDigest("tool", args),
      decision: {
        effect: "review",
        code: "review_required",
        reason: "a review rule matched",
        rule: "ask",
        at: null,
        rules: [],
        risk: { score: 20, factors: [] },
        obligations: [],
        arguments: args,
        rewrites: [],
        bundle: null,
      },
      rules: [],
      limits: [],
      instead: null,
    },
    NOW,
  );
}

function done(result: ApprovalResult): Approval {
  return result.ok ? result.approval : expect.fail(`${result.code}: ${result.why}`);
}

function ballot(approval: Approval) {
  return { reviewer: ANN, digest: approval.digest, now: NOW };
}

/** One of each state. */
function inEachState(): readonly Approval[] {
  const one = pending();
  const approved = done(approve(one, ballot(one)));
  return [
    approved,
    done(reject(one, ballot(one))),
    done(expire(one, Date.parse(one.expiresAt))),
    done(cancel(one, { by: "ann", now: NOW })),
    done(supersede(one, NOW, "again")),
    done(consume(approved, approved.digest, NOW)),
  ];
}

describe("an approval", () => {
  verifies("review.binding", "is used up for its own digest alone", () => {
    const one = pending();
    const approved = done(approve(one, ballot(one)));
    const other = callDigest("tool", { n: 2 });
    expect(consume(approved, other, NOW)).toMatchObject({ code: "approval_mismatch" });
    expect(done(consume(approved, approved.digest, NOW)).state).toBe("consumed");
  });

  verifies("review.binding", "is not met by votes for other arguments", () => {
    const one = pending();
    const { votes } = done(approve(one, ballot(one)));
    expect(areMet([DEFAULT_DEMAND], { ...one, votes })).toBe(true);
    const foreign = votes.map((vote) => ({ ...vote, digest: callDigest("tool", { n: 2 }) }));
    expect(areMet([DEFAULT_DEMAND], { ...one, votes: foreign })).toBe(false);
    const no = votes.map((vote) => ({ ...vote, answer: "reject" as const }));
    expect(areMet([DEFAULT_DEMAND], { ...one, votes: no })).toBe(false);
  });

  it("takes answers while it is pending and in no other state", () => {
    for (const one of inEachState()) {
      const change = { arguments: {}, digest: "0".repeat(64), demands: one.demands };
      const refused = { code: "not_pending", why: `it is ${one.state}` };
      expect(approve(one, ballot(one))).toMatchObject(refused);
      expect(reject(one, ballot(one))).toMatchObject(refused);
      expect(modify(one, ballot(one), change)).toMatchObject(refused);
    }
  });

  verifies("review.once", "is used up when it is approved and in no other state", () => {
    for (const one of [pending(), ...inEachState()]) {
      expect([one.state, consume(one, one.digest, NOW).ok]).toEqual([
        one.state,
        one.state === "approved",
      ]);
      expect([one.state, giveBack(one, NOW).ok]).toEqual([one.state, one.state === "consumed"]);
    }
  });

  verifies("review.expiry", "is over at its very end, and not an instant before", () => {
    const one = pending();
    const end = Date.parse(one.expiresAt);
    expect(approve(one, { ...ballot(one), now: end - 1 }).ok).toBe(true);
    expect(approve(one, { ...ballot(one), now: end })).toMatchObject({ code: "approval_expired" });
    const approved = done(approve(one, ballot(one)));
    expect(consume(approved, approved.digest, end)).toMatchObject({ code: "approval_expired" });
    expect(expire(one, end - 1).ok).toBe(false);
    expect(approve({ ...one, expiresAt: "never" }, ballot(one)).ok).toBe(false);
  });

  it("goes on by one version with each change, and is sound and frozen in each", () => {
    for (const one of [pending(), ...inEachState()]) {
      expect(one.version).toBe(one.state === "pending" ? 1 : one.state === "consumed" ? 3 : 2);
      expect(Object.isFrozen(one) && Object.isFrozen(one.history)).toBe(true);
      expect(readApproval(JSON.parse(JSON.stringify(one)))).toEqual(one);
    }
  });
});
