import type { DecisionCode } from "../decision/codes.ts";
import type { BundleIdentity, Risk, RuleOutcome } from "../decision/decision.ts";
import type { ReviewDemand, ReviewPriority } from "../policy/ir.ts";
import type { JsonObject } from "../snapshot/json.ts";

/**
 * Where an approval stands. `pending` and `approved` are open: the call can still come to run. `consumed`: the call
 * ran, or died while it did; an approval is good once.
 */
export const APPROVAL_STATES = [
  "pending",
  "approved",
  "rejected",
  "expired",
  "cancelled",
  "superseded",
  "consumed",
] as const;
/** See {@link APPROVAL_STATES}. */
export type ApprovalState = (typeof APPROVAL_STATES)[number];

/** Who answers, as the host has authenticated them. Never read from a request's body, a message or a resume value. */
export interface Reviewer {
  readonly id: string;
  /** The groups that the host vouches for. Left out: none. */
  readonly groups?: readonly string[];
}

/** One answer of one person, for the arguments with this digest and no others. */
export interface Vote {
  readonly reviewer: Required<Reviewer>;
  /** `modify`: approved with other arguments, which the digest names. */
  readonly answer: "approve" | "reject" | "modify";
  readonly reason?: string;
  readonly digest: string;
  /** ISO 8601, UTC. */
  readonly time: string;
}

/** What happened to an approval. Entries are only ever added. */
export interface ApprovalEvent {
  /** ISO 8601, UTC. */
  readonly time: string;
  readonly event:
    | "requested"
    | "voted"
    | "modified"
    | "approved"
    | "rejected"
    | "expired"
    | "cancelled"
    | "superseded"
    | "consumed"
    | "returned";
  /** The reviewer, or whoever cancelled it; `null`: the guard. */
  readonly by: string | null;
  /** Of the arguments it stood for at that time. */
  readonly digest: string;
  readonly note?: string;
}

/** Why a person is asked. */
export interface ApprovalReason {
  readonly code: DecisionCode;
  readonly reason: string;
  readonly rule: string | null;
  readonly rules: readonly RuleOutcome[];
  readonly risk: Risk;
}

/**
 * A question to people and what came of it: one call of one session with exactly these arguments. Plain JSON, frozen;
 * each change is a new one with the next version.
 */
export interface Approval {
  /** Random; a name and not a secret. */
  readonly id: string;
  /**
   * Tenant, session, user, agents, call id, tool and {@link Approval.askedDigest} in one text; see {@link approvalKey}.
   */
  readonly key: string;
  /** Counts from 1; one more with each change. */
  readonly version: number;
  readonly state: ApprovalState;
  readonly call: { readonly id: string; readonly tool: string };
  /** What will run, once it is approved. Hidden values are hidden here as well. */
  readonly arguments: JsonObject;
  /** What the model asked for, but for what the policy hides. */
  readonly asked: JsonObject;
  /** SHA-256 over tool and {@link Approval.arguments}: what an answer must name. */
  readonly digest: string;
  /** That of the arguments as the policy made them, before any reviewer changed them. */
  readonly askedDigest: string;
  readonly agent: {
    readonly id: string;
    readonly roles: readonly string[];
    /** The ids of the agents that it acts for, the nearest first. Left out: none. */
    readonly delegation?: readonly string[];
  };
  readonly user: string | null;
  readonly tenant: string | null;
  readonly session: string;
  readonly why: ApprovalReason;
  /** The policy that asked. */
  readonly bundle: BundleIdentity | null;
  /** All of them must be met. */
  readonly demands: readonly ReviewDemand[];
  readonly priority: ReviewPriority;
  /** Limits, by rule name, that the call may go past when it is approved. */
  readonly limits: readonly string[];
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  /** ISO 8601, UTC. An answer from this instant on comes too late, and so does a run. */
  readonly expiresAt: string;
  /** Those that stand: a change of the arguments wipes the ones before it, which remain in the history. */
  readonly votes: readonly Vote[];
  /** Who changed the arguments last; `null`: nobody. */
  readonly modified: { readonly by: string; readonly time: string } | null;
  readonly history: readonly ApprovalEvent[];
}

/** Whether the call can still come to run under it. */
export function isOpen({ state }: Pick<Approval, "state">): boolean {
  return state === "pending" || state === "approved";
}

/**
 * What an approval is found by: the call it is for, and who makes it. Agents of one chain share a session, and what was
 * approved for one of them is not approved for another; no more is it where another user acts in the session. JSON, so that no name can be written so that two keys become one.
 */
export function approvalKey(
  call: Pick<Approval, "tenant" | "session" | "askedDigest" | "call" | "agent" | "user">,
): string {
  const { id, delegation = [] } = call.agent;
  return JSON.stringify([
    call.tenant,
    call.session,
    call.call.id,
    call.call.tool,
    call.askedDigest,
    [id, ...delegation],
    call.user,
  ]);
}
