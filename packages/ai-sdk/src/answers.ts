import {
  DECISION_CODES,
  type Approval,
  type CallInput,
  type DefinitionDigest,
  type Reviewer,
} from "@interlatch/core";
import type { Bond } from "./bond.ts";

/** What a conversation says of one call that a person was asked about. */
export interface SaidOfCall {
  readonly id: string;
  readonly tool: string;
  readonly input: unknown;
  readonly definition: DefinitionDigest;
  /** `undefined`: it holds no answer. */
  readonly approved: boolean | undefined;
  readonly reason: string | undefined;
}

/** What is to become of a call in the conversation. */
export type Settled =
  /** It is as the conversation says. */
  | { readonly kind: "settled" }
  /** The guard has its answer, which the conversation does not know. */
  | { readonly kind: "known" }
  /** Somebody still has to answer. */
  | { readonly kind: "waiting"; readonly why: string };

const SETTLED: Settled = { kind: "settled" };
const KNOWN: Settled = { kind: "known" };
const PENDING = DECISION_CODES.review_pending.operator;

/**
 * Takes an answer to the guard, in the name of the reviewer whom the host vouches for. Which question it is about is
 * told by the call alone, and the digest by the approval that is kept: an id or a digest from a client is not asked for.
 */
export async function settle(said: SaidOfCall, bond: Bond): Promise<Settled> {
  const { guard, ticket, conversation } = bond;
  const { id, tool, definition, input } = said;
  const call: CallInput = { ticket, id, tool, definition, arguments: input };
  const approval = conversation === null ? null : await guard.approvalOf(call);
  if (approval === null) {
    // A question of the tool's own, or one that was made up; the guard denies what needs its approval and has none.
    return said.approved === undefined ? waiting("nobody has answered") : SETTLED;
  }
  const { approved, reason } = said;
  const isOpen = approval.state === "pending";
  if (approved === undefined) return isOpen ? waiting(PENDING) : KNOWN;
  const reviewer = conversation?.reviewer;
  // Somebody who says no keeps the call from running here, whoever they are.
  if (!isOpen || (reviewer === undefined && !approved)) return SETTLED;
  if (reviewer === undefined) return waiting(PENDING);
  if (await wasAskedBefore(approval, bond)) {
    return approved ? waiting("it has run before, so the conversation cannot approve it") : SETTLED;
  }
  return approved
    ? approve(approval, reviewer, bond)
    : reject(approval, reviewer, reason, call, bond);
}

async function approve(approval: Approval, reviewer: Reviewer, { guard }: Bond): Promise<Settled> {
  const { id, digest } = approval;
  const taken = await guard.approvals.decide({ id, digest, reviewer, answer: "approve" });
  if (taken.ok) return taken.approval.state === "pending" ? waiting(PENDING) : SETTLED;
  const now = await guard.approvals.get(id);
  return now?.state === "pending" ? waiting(taken.why) : SETTLED;
}

async function reject(
  approval: Approval,
  reviewer: Reviewer,
  reason: string | undefined,
  call: CallInput,
  { guard }: Bond,
): Promise<Settled> {
  const { id, digest } = approval;
  const said = reason === undefined || reason === "" ? {} : { reason };
  const taken = await guard.approvals.decide({ id, digest, reviewer, answer: "reject", ...said });
  // The SDK answers the model by itself and asks nobody: this is where the denied call is recorded.
  if (taken.ok) await guard.open([call], { reviews: "opened" });
  return SETTLED;
}

/**
 * Whether people were asked about exactly this call before: it has run, or its question gave way to another. An answer
 * in a conversation does not say which of them it is for, and a conversation can be sent again.
 */
async function wasAskedBefore(approval: Approval, { guard }: Bond): Promise<boolean> {
  const { tenant, session, key, call } = approval;
  const all = await guard.approvals.list({ tenant, session, tool: call.tool, call: call.id });
  return all.some((other) => other.key === key && other.id !== approval.id);
}

function waiting(why: string): Settled {
  return { kind: "waiting", why };
}
