import type { Approval } from "../approvals/approval.ts";
import type { BundleIdentity, Decision, Would } from "../decision/decision.ts";
import type { JsonObject } from "../snapshot/json.ts";
import type { Identity } from "./identity.ts";

/** What a guard tells its listeners. No event but `call` holds an argument value beyond the decision's own. */
export interface GuardEvents {
  /** As `decision`, with all that it takes to decide the call once more. It holds what the audit log never does. */
  call: DecidedCall;
  decision: {
    readonly call: string | null;
    readonly tool: string;
    readonly agent: string | null;
    readonly decision: Decision;
  };
  /** A policy in shadow would have done something else: see `decision.would`. */
  "shadow.differs": {
    readonly call: string | null;
    readonly tool: string;
    readonly agent: string | null;
    readonly decision: Decision & { readonly would: Would };
  };
  "bundle.loaded": {
    readonly bundle: BundleIdentity;
    readonly source: string;
    /** Whether it is only watched, beside the one in force. */
    readonly shadow: boolean;
  };
  "bundle.rejected": {
    readonly code: string;
    readonly message: string;
    readonly source: string;
    readonly shadow: boolean;
  };
  "audit.failed": { readonly message: string };
  /** People are asked about a call. */
  "approval.requested": ReviewNotice;
  /** A review is over, or approved: its call can run. */
  "approval.decided": ReviewNotice;
}

/** What a listener is told of a review: which one, and no argument. */
export interface ReviewNotice extends Pick<
  Approval,
  "id" | "call" | "state" | "tenant" | "session" | "priority" | "expiresAt"
> {
  readonly agent: string;
  /** Who has answered, in order. */
  readonly reviewers: readonly string[];
}

/** The part of pino's interface the guard uses. */
export interface Logger {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** A call with all that its decision was made of: data of the people it was made for, to be kept like theirs. */
export interface DecidedCall {
  /** Epoch milliseconds. */
  readonly time: number;
  readonly call: string | null;
  readonly tool: string;
  /** As they were asked for; `null`: they could not be read. */
  readonly asked: JsonObject | null;
  /** Who acted; `null`: no ticket said so. */
  readonly identity:
    | (Required<Pick<Identity, "agent" | "session" | "facts" | "context">> &
        Pick<Identity, "delegation" | "user" | "tenant">)
    | null;
  readonly decision: Decision;
}
