/** What could help a denied call: trying later, other arguments, an approval, or nothing. */
export type RetryHint = "none" | "never" | "later" | "other_arguments" | "after_review";

export interface CodeText {
  /** For operators: logs, records, `explain`. */
  readonly operator: string;
  /** For the model: what happened, and what could help. Never holds a value or a detail of the policy. */
  readonly model: string;
  readonly retry: RetryHint;
}

const later = "Try again later.";
const never = "Do not try this call again.";
const otherArguments = "Other arguments may be permitted.";

/** Why a decision is what it is. */
export type DecisionCode =
  | "allowed"
  | "allowed_by_default"
  | "approved"
  | "review_required"
  | "review_pending"
  | "review_risk"
  | "no_bundle"
  | "bundle_expired"
  | "bundle_not_yet_valid"
  | "bundle_revoked"
  | "killed"
  | "status_stale"
  | "arguments_not_json"
  | "arguments_too_large"
  | "unstable_arguments"
  | "tool_name_invalid"
  | "unknown_tool"
  | "tool_changed"
  | "unknown_agent"
  | "out_of_scope"
  | "invalid_arguments"
  | "no_match"
  | "rule_denied"
  | "condition_error"
  | "budget_exhausted"
  | "risk_denied"
  | "rate_limited"
  | "budget_spent"
  | "concurrency_limited"
  | "obligation_failed"
  | "obligation_unknown"
  | "obligation_unstable"
  | "duplicate_call_id"
  | "missing_call_id"
  | "approval_rejected"
  | "approval_expired"
  | "approval_mismatch"
  | "approval_used"
  | "approval_superseded"
  | "review_unavailable"
  | "review_budget"
  | "session_required"
  | "identity_required"
  | "store_unavailable"
  | "audit_unavailable"
  | "cannot_wait"
  | "internal_error"
  | "repeated";

/**
 * The closed list of decision codes, with their texts. A new code is a minor version; none changes meaning.
 */
export const DECISION_CODES: Readonly<Record<DecisionCode, CodeText>> = {
  allowed: { operator: "an allow rule matched", model: "Allowed.", retry: "none" },
  allowed_by_default: {
    operator: "no rule matched; the tool's default allows",
    model: "Allowed.",
    retry: "none",
  },
  approved: { operator: "a reviewer approved this call", model: "Approved.", retry: "none" },
  review_required: {
    operator: "a review rule matched",
    model: "This call needs a person's approval.",
    retry: "after_review",
  },
  review_pending: {
    operator: "the review is not answered yet",
    model: "This call is waiting for a person's approval.",
    retry: "after_review",
  },
  review_risk: {
    operator: "the risk score reached the review band",
    model: "This call needs a person's approval.",
    retry: "after_review",
  },
  no_bundle: {
    operator: "no policy bundle is loaded",
    model: `No policy is in force yet. ${later}`,
    retry: "later",
  },
  bundle_expired: {
    operator: "the policy bundle has expired",
    model: `The policy in force has expired. ${later}`,
    retry: "later",
  },
  bundle_not_yet_valid: {
    operator: "the policy bundle is not valid yet",
    model: `The policy is not in force yet. ${later}`,
    retry: "later",
  },
  bundle_revoked: {
    operator: "the policy bundle was revoked",
    model: `The policy was withdrawn. ${later}`,
    retry: "later",
  },
  killed: {
    operator: "the kill switch is on",
    model: `This was switched off by the operators. ${later}`,
    retry: "later",
  },
  status_stale: {
    operator: "the status document is stale",
    model: `The policy's status is unknown. ${later}`,
    retry: "later",
  },
  arguments_not_json: {
    operator: "the arguments are not JSON",
    model: `The arguments are not plain data. ${otherArguments}`,
    retry: "other_arguments",
  },
  arguments_too_large: {
    operator: "the arguments are too deep, too many or too large",
    model: "The arguments are too large. Smaller ones may be permitted.",
    retry: "other_arguments",
  },
  unstable_arguments: {
    operator: "the tool's schema gave two different readings of the same arguments",
    model: `The arguments were read in two ways. ${otherArguments}`,
    retry: "other_arguments",
  },
  tool_name_invalid: {
    operator: "the tool's name is malformed",
    model: `There is no tool of this name. ${never}`,
    retry: "never",
  },
  unknown_tool: {
    operator: "the policy does not know this tool",
    model: `This tool is not available. ${never}`,
    retry: "never",
  },
  tool_changed: {
    operator: "the tool is not the one that was pinned",
    model: `This tool is not available. ${never}`,
    retry: "never",
  },
  unknown_agent: {
    operator: "no agent profile matches this agent",
    model: `This agent may not use tools here. ${never}`,
    retry: "never",
  },
  out_of_scope: {
    operator: "the call lies outside every profile of this agent",
    model: `This call is outside what this agent may do. ${never}`,
    retry: "never",
  },
  invalid_arguments: {
    operator: "the arguments do not fit the tool's schema in the policy",
    model: `The arguments are not permitted for this tool. ${otherArguments}`,
    retry: "other_arguments",
  },
  no_match: {
    operator: "no rule allows this call",
    // Whether other arguments would help is not known: it may be the agent that no rule speaks of.
    model: "No rule permits this call as it is.",
    retry: "other_arguments",
  },
  rule_denied: {
    operator: "a deny rule matched",
    model: "A rule forbids this call as it is.",
    retry: "other_arguments",
  },
  condition_error: {
    operator: "a condition could not be judged",
    model: `This call could not be judged. ${otherArguments}`,
    retry: "other_arguments",
  },
  budget_exhausted: {
    operator: "the decision cost more than its budget",
    model: "This call could not be judged. Smaller arguments may be permitted.",
    retry: "other_arguments",
  },
  risk_denied: {
    operator: "the risk score reached the deny band",
    model: `This call is too risky. ${never}`,
    retry: "never",
  },
  rate_limited: {
    operator: "a rate limit is reached",
    model: "Too many calls in a short time. Try again later.",
    retry: "later",
  },
  budget_spent: {
    operator: "a budget is spent",
    model: `A budget is spent. ${later}`,
    retry: "later",
  },
  concurrency_limited: {
    operator: "too many calls are open",
    model: `Too many calls are running. ${later}`,
    retry: "later",
  },
  obligation_failed: {
    operator: "an obligation could not be met",
    model: `This call could not be made safe. ${never}`,
    retry: "never",
  },
  obligation_unknown: {
    operator: "an obligation is not known to this engine",
    model: `This call could not be made safe. ${never}`,
    retry: "never",
  },
  obligation_unstable: {
    operator: "the rewritten arguments would be rewritten again",
    model: `This call could not be made safe. ${never}`,
    retry: "never",
  },
  duplicate_call_id: {
    operator: "the call id is in use",
    model: "Two calls carry the same id. Send each call once, with an id of its own.",
    retry: "other_arguments",
  },
  missing_call_id: {
    operator: "the call has no id",
    model: "The call has no id. Send it with an id of its own.",
    retry: "other_arguments",
  },
  approval_rejected: {
    operator: "a reviewer rejected this call",
    model: `A person rejected this call. ${never}`,
    retry: "never",
  },
  approval_expired: {
    operator: "the review ended without an answer",
    model: `Nobody approved this call in time. ${never}`,
    retry: "never",
  },
  approval_mismatch: {
    operator: "the approval is for another call",
    model: `The approval is for another call. ${never}`,
    retry: "never",
  },
  approval_used: {
    operator: "the approval was used before",
    model: `The approval was used before. ${never}`,
    retry: "never",
  },
  approval_superseded: {
    operator: "a newer policy asks for another approval",
    model: `The approval no longer holds. ${never}`,
    retry: "never",
  },
  review_unavailable: {
    operator: "the call needs a review and nobody can be asked",
    model: `This call needs a person's approval and nobody can be asked. ${never}`,
    retry: "never",
  },
  review_budget: {
    operator: "too many reviews are open or were rejected",
    model: `Too many approvals were asked for. ${never}`,
    retry: "never",
  },
  session_required: {
    operator: "a review needs a session",
    model: `This call needs a session. ${never}`,
    retry: "never",
  },
  identity_required: {
    operator: "no ticket says who acts",
    model: `It is not known who acts. ${never}`,
    retry: "never",
  },
  store_unavailable: {
    operator: "a store did not answer",
    model: `A system needed for this call is down. ${later}`,
    retry: "later",
  },
  audit_unavailable: {
    operator: "the audit log cannot be written",
    model: `A system needed for this call is down. ${later}`,
    retry: "later",
  },
  cannot_wait: {
    operator: "the tool streams and was not declared `stream: true`, so the guard could not wait",
    model: `This call could not be made. ${later}`,
    retry: "later",
  },
  internal_error: {
    operator: "the guard failed",
    model: `This call could not be judged. ${later}`,
    retry: "later",
  },
  repeated: {
    operator: "the same call was denied several times in this session",
    model: `This call was denied several times. ${never}`,
    retry: "never",
  },
};
