import type { AuditSink } from "../audit/record.ts";
import type { BundleSource } from "../bundle/source.ts";
import type { RollbackStore } from "../bundle/rollback.ts";
import type { LimitStore } from "../limits/store.ts";
import type { Logger } from "./events.ts";
import type { OnReview } from "./review.ts";

/** What every guard can be given, wherever its policy comes from. */
export interface CommonOptions {
  /** Required: every call leaves records. `memoryAudit()` says of itself that it is not durable. */
  readonly audit: AuditSink;
  /** Where counters live. Default: this process. */
  readonly stores?: { readonly limits?: LimitStore };
  /**
   * Asks a person about a call that needs a review. Left out: such a call is denied `review_unavailable`.
   * An error, or an answer of another shape, is a denial.
   */
  readonly onReview?: OnReview;
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
  /** Later roots, in order; each is signed by the one before it and by itself. */
  readonly updates?: readonly (string | Uint8Array)[];
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
  /** Refuses lower versions, also with an empty rollback state. */
  readonly minVersion?: number;
  /** The longest life of a bundle, in days. Default 30. */
  readonly maxLifetimeDays?: number;
}
