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
    /** `shadow`: nothing of its policy is enforced. */
    readonly mode: "enforce" | "shadow";
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
  /**
   * The first of several attempts in a row that brought no bundle, while the one in force goes on: until the source
   * brings a good one again, nothing new reaches this guard. Each attempt is a `bundle.rejected` as well.
   */
  "bundle.stale": GuardEvents["bundle.rejected"] & { readonly bundle: BundleIdentity };
  /**
   * Less than a fifth of the life of the bundle in force is left, and no later one has come. Told once for each bundle,
   * by the first call after that.
   */
  "bundle.expiring": {
    readonly bundle: BundleIdentity;
    /** ISO 8601, UTC. */ readonly expires: string;
  };
  /**
   * A bundle was loaded by a clock that is more than five minutes behind the last time seen: until it is right again,
   * calls of tools that write are denied. Both are epoch milliseconds.
   */
  "clock.behind": { readonly now: number; readonly lastSeen: number };
  /**
   * A later trust root took away the signatures of the bundle in force: every call is denied `bundle_revoked` until
   * another arrives. `code` says what is missing.
   */
  "bundle.revoked": {
    readonly bundle: BundleIdentity;
    readonly code: string;
    readonly message: string;
  };
  /** A trust root is in force that came from `trust.updates`. */
  "trust.loaded": {
    readonly version: number;
    /** Lower-case hexadecimal SHA-256 of its payload. */
    readonly digest: string;
    readonly source: string;
  };
  /** A later trust root cannot be read or is not valid; the one in force goes on until its end. */
  "trust.rejected": { readonly code: string; readonly message: string; readonly source: string };
  /** Another status document is in use. */
  "status.loaded": {
    readonly version: number;
    /** Lower-case hexadecimal SHA-256 of the payload. */
    readonly digest: string;
    /** ISO 8601, UTC. */
    readonly issued: string;
    readonly expires: string;
    readonly source: string;
  };
  /** A status document could not be had or is not valid. The one in use goes on until its end. */
  "status.rejected": { readonly code: string; readonly message: string; readonly source: string };
  /** The status document in use has ended, or none was seen yet (`null`): calls are denied, as `staleMode` says. */
  "status.stale": { readonly version: number | null; readonly expires: string | null };
  /** What is switched off has changed. `what` in words, as in `guard.status()`; empty: nothing is any more. */
  killed: {
    readonly version: number;
    readonly what: readonly string[];
    readonly reason: string | null;
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
