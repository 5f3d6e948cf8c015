import type { Approval } from "../approvals/approval.ts";
import { areMet, demandsOf } from "../approvals/demands.ts";
import type { ChangeVerdict } from "../approvals/desk.ts";
import { refusal } from "../approvals/transitions.ts";
import type { AllowDecision } from "../decision/decision.ts";
import type { JsonObject } from "../snapshot/json.ts";
import type { JudgeContext, Judged } from "./judge.ts";
import { rejudge, rejudgeEdited } from "./rejudge.ts";

/** The policy in force, and when. */
type Context = Pick<JudgeContext, "bundle" | "now" | "stop">;

/** A call that people have approved and the policy still lets through; nothing is used up yet. */
export type Settled =
  | { readonly kind: "approved"; readonly judged: Judged; readonly approval: Approval }
  | { readonly kind: "denied"; readonly judged: Judged };

/**
 * Decides an approved call again. `null`: the policy in force asks for people who have not approved it, so the votes
 * do not carry it any more.
 */
export function decideAgain(judged: Judged, approval: Approval, context: Context): Settled | null {
  const again =
    approval.digest === approval.askedDigest
      ? rejudge(judged, context)
      : rejudgeEdited(judged, approval.arguments, context);
  const { decision, verdict } = again;
  const noted = { ...again, approval: noteOf(approval) };
  if (decision.effect === "deny") return { kind: "denied", judged: noted };
  const asked = decision.effect === "review" ? demandsOf(verdict.reviews, decision.risk) : null;
  // Counted anew, whatever state the store says it is in.
  if (!areMet([...approval.demands, ...(asked?.demands ?? [])], approval)) return null;
  const reason = `approved by ${noted.approval.reviewers.join(", ")}`;
  const allowed: AllowDecision = { ...decision, effect: "allow", code: "approved", reason };
  return { kind: "approved", judged: { ...noted, decision: Object.freeze(allowed) }, approval };
}

/**
 * What the policy in force says of a reviewer's change.
 *
 * @param judged - the call; `null`: it is not at hand. Then it is judged when it comes back, which it must before it runs
 */
export function judgeChange(
  judged: Judged | null,
  approval: Approval,
  edited: JsonObject,
  context: Context,
): ChangeVerdict {
  if (judged === null) return { kind: "taken", demands: approval.demands };
  const { decision, verdict } = rejudgeEdited(judged, edited, context);
  switch (decision.effect) {
    case "deny":
      return { kind: "refused", result: refusal(decision.code, decision.reason) };
    case "allow":
      return { kind: "taken", demands: approval.demands };
    case "review":
      return { kind: "taken", demands: demandsOf(verdict.reviews, decision.risk).demands };
  }
}

/** Names an approval in the records. */
export function noteOf({ id, votes }: Approval): NonNullable<Judged["approval"]> {
  return Object.freeze({ id, reviewers: Object.freeze(votes.map(({ reviewer }) => reviewer.id)) });
}
