import type { DecisionCode, Effect, Identity, JsonObject } from "@interlatch/core";

/** One call that was made, as a file of recorded calls holds it. */
export interface Recording {
  /** `calls.jsonl:17`. */
  readonly at: string;
  /** The id that the model gave; absent: not recorded. */
  readonly id?: string;
  readonly tool: string;
  readonly arguments: JsonObject;
  readonly identity: Identity;
  /** Epoch milliseconds; absent: the recording does not say when, so no limit can be counted by it. */
  readonly time?: number;
  /** Whether it is decided as if nothing had happened before it, as a case of a test is. */
  readonly isAlone?: true;
  /** What was decided then; absent: not recorded. */
  readonly decided?: RecordedDecision;
}

/** What was decided when the call was made. */
export interface RecordedDecision {
  readonly effect: Effect;
  readonly code: DecisionCode;
  readonly rule: string | null;
}

/** A line that holds no call, and why. */
export interface BadLine {
  readonly at: string;
  readonly why: string;
}

/** Codes that a policy never gives: what decided was the state of the host, or a person. */
const BY_REVIEW: readonly DecisionCode[] = [
  "approved",
  "approval_rejected",
  "approval_expired",
  "approval_mismatch",
  "approval_used",
  "approval_superseded",
  "review_unavailable",
  "review_budget",
  "review_pending",
  "session_required",
];
const BY_HOST: readonly DecisionCode[] = [
  "no_bundle",
  "bundle_expired",
  "bundle_not_yet_valid",
  "bundle_revoked",
  "killed",
  "status_stale",
  "duplicate_call_id",
  "missing_call_id",
  "identity_required",
  "store_unavailable",
  "audit_unavailable",
  "cannot_wait",
  "internal_error",
];

/**
 * What the policy itself said of a recorded call: a call that a person approved or nobody answered was a review.
 * `null`: the policy had no say, or it was not recorded.
 */
export function policyEffect({ decided }: Recording): Effect | null {
  if (decided === undefined || BY_HOST.includes(decided.code)) return null;
  return BY_REVIEW.includes(decided.code) ? "review" : decided.effect;
}

/** Whether the tool ran then; `undefined`: not recorded. */
export function didRun({ decided }: Recording): boolean | undefined {
  return decided === undefined ? undefined : decided.effect === "allow";
}
