import type { ReviewDemand } from "../policy/ir.ts";
import type { JsonObject } from "../snapshot/json.ts";
import type { Approval, ApprovalEvent, ApprovalState, Reviewer, Vote } from "./approval.ts";
import type { AnswerRefusal, ApprovalResult } from "./answers.ts";
import { areMet, asks, isSamePerson } from "./demands.ts";
import { isOpen } from "./approval.ts";

/** What may become of an approval. Pure: each gives the next approval, or why there is none. */

/** A person's yes or no to the arguments with this digest. */
export interface Ballot {
  readonly reviewer: Required<Reviewer>;
  readonly digest: string;
  readonly reason?: string | undefined;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** Counts a yes; approves where it is the last that was missing. */
export function approve(approval: Approval, ballot: Ballot): ApprovalResult {
  const refused = refusalOf(approval, ballot);
  if (refused !== null) return refused;
  const voted = withVote(approval, voteOf(ballot, "approve"));
  return taken(settle(voted, ballot.now));
}

/** One no ends it. */
export function reject(approval: Approval, ballot: Ballot): ApprovalResult {
  const refused = refusalOf(approval, ballot);
  if (refused !== null) return refused;
  const voted = withVote(approval, voteOf(ballot, "reject"));
  return taken(enter(voted, "rejected", ballot.reviewer.id, ballot.now, ballot.reason));
}

/** What a reviewer changes the call to. */
export interface Change {
  readonly arguments: JsonObject;
  readonly digest: string;
  /** What the policy asks about the changed call. */
  readonly demands: readonly ReviewDemand[];
}

/**
 * Puts other arguments in the place of those that were asked about. The votes before were for others and are gone;
 * that of whoever changes it counts for what it is now.
 */
export function modify(approval: Approval, ballot: Ballot, change: Change): ApprovalResult {
  const refused = refusalOf(approval, ballot);
  if (refused !== null) return refused;
  if (change.digest === approval.digest) {
    return refusal("invalid_answer", "these are the arguments that are asked about: approve them");
  }
  const { reviewer, now, reason } = ballot;
  const time = instant(now);
  const changed: Approval = Object.freeze({
    ...approval,
    arguments: change.arguments,
    digest: change.digest,
    demands: change.demands,
    votes: Object.freeze([voteOf({ ...ballot, digest: change.digest }, "modify")]),
    modified: Object.freeze({ by: reviewer.id, time }),
    history: extended(approval, {
      time,
      event: "modified",
      by: reviewer.id,
      digest: change.digest,
      reason,
    }),
    version: approval.version + 1,
  });
  return taken(settle(changed, now));
}

/** Ends one whose time is over. */
export function expire(approval: Approval, now: number): ApprovalResult {
  return isOpen(approval) && isPast(approval, now)
    ? taken(next(enter(approval, "expired", null, now)))
    : refusal("not_pending", `it is ${approval.state}`);
}

/** Takes the question back. */
export function cancel(
  approval: Approval,
  {
    by,
    reason,
    now,
  }: { readonly by: string; readonly reason?: string | undefined; readonly now: number },
): ApprovalResult {
  return isOpen(approval)
    ? taken(next(enter(approval, "cancelled", by, now, reason)))
    : refusal("not_pending", `it is ${approval.state}`);
}

/** Makes room for another question about the same call. */
export function supersede(approval: Approval, now: number, note: string): ApprovalResult {
  return isOpen(approval)
    ? taken(next(enter(approval, "superseded", null, now, note)))
    : refusal("not_pending", `it is ${approval.state}`);
}

/** Uses it up, right before the call runs. */
export function consume(approval: Approval, digest: string, now: number): ApprovalResult {
  if (approval.state !== "approved") return refusal("not_pending", `it is ${approval.state}`);
  if (isPast(approval, now)) return refusal("approval_expired", "its time is over");
  if (approval.digest !== digest) return refusal("approval_mismatch", "it is for other arguments");
  return taken(next(enter(approval, "consumed", null, now)));
}

/** Gives it back where the call, after all, did not run. For whoever has just consumed it, and nobody else. */
export function giveBack(approval: Approval, now: number): ApprovalResult {
  if (approval.state !== "consumed") return refusal("not_pending", `it is ${approval.state}`);
  const event = {
    time: instant(now),
    event: "returned",
    by: null,
    digest: approval.digest,
  } as const;
  return taken(
    next(Object.freeze({ ...approval, state: "approved", history: extended(approval, event) })),
  );
}

/** Whether its time is over. What is no instant is over. */
export function isPast({ expiresAt }: Pick<Approval, "expiresAt">, now: number): boolean {
  return !(now < Date.parse(expiresAt));
}

/** Why this person's answer cannot be taken; `null`: it can. */
function refusalOf(approval: Approval, { reviewer, digest, now }: Ballot): ApprovalResult | null {
  if (approval.state !== "pending") return refusal("not_pending", `it is ${approval.state}`);
  if (isPast(approval, now)) return refusal("approval_expired", "its time is over");
  if (digest !== approval.digest) {
    return refusal(
      "approval_mismatch",
      "the answer is for other arguments than those asked about now",
    );
  }
  if (!approval.demands.some((demand) => asks(demand, reviewer, approval))) {
    return refusal("reviewer_not_allowed", "no rule asks this person about this call");
  }
  if (approval.votes.some((vote) => isSamePerson(vote.reviewer.id, reviewer.id))) {
    return refusal("already_voted", "one person counts once");
  }
  return null;
}

function voteOf({ reviewer, digest, reason, now }: Ballot, answer: Vote["answer"]): Vote {
  const said = reason === undefined ? {} : { reason };
  return Object.freeze({ reviewer, answer, ...said, digest, time: instant(now) });
}

function withVote(approval: Approval, vote: Vote): Approval {
  const { time, digest, reason } = vote;
  const event = { time, event: "voted", by: vote.reviewer.id, digest, reason } as const;
  return Object.freeze({
    ...approval,
    votes: Object.freeze([...approval.votes, vote]),
    history: extended(approval, event),
    version: approval.version + 1,
  });
}

/** Approved, where all demands are met. */
function settle(approval: Approval, now: number): Approval {
  return areMet(approval.demands, approval) ? enter(approval, "approved", null, now) : approval;
}

function enter(
  approval: Approval,
  state: Exclude<ApprovalState, "pending">,
  by: string | null,
  now: number,
  note?: string,
): Approval {
  const event = { time: instant(now), event: state, by, digest: approval.digest, reason: note };
  return Object.freeze({ ...approval, state, history: extended(approval, event) });
}

function next(approval: Approval): Approval {
  return Object.freeze({ ...approval, version: approval.version + 1 });
}

function extended(
  { history }: Approval,
  { reason, ...event }: ApprovalEvent & { readonly reason?: string | undefined },
): readonly ApprovalEvent[] {
  const entry = reason === undefined ? event : { ...event, note: reason };
  return Object.freeze([...history, Object.freeze(entry)]);
}

/** ISO 8601, UTC. */
export function instant(time: number): string {
  return new Date(time).toISOString();
}

function taken(approval: Approval): ApprovalResult {
  return Object.freeze({ ok: true, approval });
}

/** An answer that is not taken. */
export function refusal(code: AnswerRefusal, why: string): ApprovalResult & { readonly ok: false } {
  return Object.freeze({ ok: false, code, why });
}
