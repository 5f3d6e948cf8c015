import type { ApprovalStore } from "../approvals/store.ts";
import type { AuditSink } from "../audit/record.ts";
import type { BundleSource } from "../bundle/source.ts";
import type { RollbackStore } from "../bundle/rollback.ts";
import type { LimitStore } from "../limits/store.ts";
import type { TrustSource } from "../trust/source.ts";
import type { Logger } from "./events.ts";
import type { StatusOptions } from "../status/options.ts";
import type { OnReview } from "./review.ts";

/** What every guard can be given, wherever its policy comes from. */
export interface CommonOptions {
  /** Required: every call leaves records. `memoryAudit()` says of itself that it is not durable. */
  readonly audit: AuditSink;
  /** Where counters live. Default: this process. */
  readonly stores?: {
    readonly limits?: LimitStore;
    /** Where approvals are kept. One that several hosts share lets any of them take the answer. */
    readonly approvals?: ApprovalStore;
  };
  /**
   * Asks a person about a call that needs a review, and answers in their name. An error, or an answer of another
   * shape, is a denial. Left out: answers come through `guard.approvals`; where nothing says that they could
   * (`reviewTimeout`, `stores.approvals`, or `reviews` of the call), such a call is denied `review_unavailable`.
   */
  readonly onReview?: OnReview;
  /**
   * How long `guard.run` waits for an answer, in milliseconds. Default 0: the call is denied `review_pending`, and the
   * same call finds the answer when it comes again. A review never waits past its own end.
   */
  readonly reviewTimeout?: number;
  /**
   * At least 32 random bytes, the same in every process that should make the same tokens. A policy that redacts
   * `as: token` needs it: without it such a call is denied `obligation_failed`.
   */
  readonly redactionKey?: Uint8Array;
  /**
   * Whether a policy may have a denial thrown, by `fallback: { throw: … }`: `guard.run` then throws a `DeniedError`.
   * Default: the agent gets the words as a message.
   */
  readonly allowThrow?: boolean;
  /**
   * After how many denials of one and the same call in a session the run is to end: from then on each has `end`, and
   * adapters end the run in their framework's way. What frees itself, as a limit does, is not counted. Default: never.
   */
  readonly maxRepeatedDenials?: number;
  /** Default: silent. Gets no argument values. */
  readonly logger?: Logger;
  /** Epoch milliseconds. Default: `Date.now`. */
  readonly clock?: () => number;
}

/** Where trust comes from: a signed root, and its digest from the host's code or environment. */
export interface TrustOptions {
  /** The trust root's envelope. */
  readonly document: string | Uint8Array;
  /** `sha256:<hex>` of its payload bytes, as `interlatch trust init` prints it. Never taken from the document. */
  readonly digest: string;
  /**
   * Later roots, each signed by the one before it and by itself: a list, in order, or a source that is asked whenever
   * the guard reads its bundle, and when it says that it changed. A root that revokes a key stops what it signed at once.
   */
  readonly updates?: readonly (string | Uint8Array)[] | TrustSource;
}

/** Options of `createGuard`. */
export interface GuardOptions extends CommonOptions {
  readonly bundle: BundleSource;
  readonly trust: TrustOptions;
  /** The environment this host is; a bundle made for another is refused. */
  readonly audience: string;
  /** The stream this host takes bundles of. Default: any. */
  readonly id?: string;
  /** Remembers the highest versions seen. Required, since without it an older bundle could come back after a restart. */
  readonly rollback: RollbackStore;
  /**
   * Whether a bundle whose policy says `mode: shadow` may be in force: it is asked and recorded, and every call that
   * can be read runs. Default: such a bundle is refused, `ERR_BUNDLE_MODE`.
   */
  readonly allowShadow?: boolean;
  /**
   * A second bundle, under the same trust root and for the same audience, that is asked about every call and
   * enforces nothing: `decision.would` and the records say what it would have done. One that cannot be loaded is
   * told by the event `bundle.rejected` and changes nothing.
   */
  readonly shadow?: BundleSource;
  /** Refuses lower versions, also with an empty rollback state. */
  readonly minVersion?: number;
  /**
   * A signed, short-lived document that names the current bundle, revokes bundles and keys, and switches off calls while
   * they run on: see `interlatch status`. With it no bundle is taken that it does not name, and once it ends and no later
   * one comes, calls are denied `status_stale`: at first all that do more than read, then all. Left out: there is none,
   * and what stops a bundle is its own end.
   */
  readonly status?: StatusOptions;
  /** The longest life of a bundle, in days. Default 30; with `status`, which can end it sooner, 366. */
  readonly maxLifetimeDays?: number;
}
