import type { AuditSink } from "../audit/record.ts";
import type { LimitStore } from "../limits/store.ts";
import type { LoadedBundle } from "./bundles.ts";
import type { Judged } from "./judge.ts";
import type { OnReview } from "./review.ts";
import type { Tickets } from "./tickets.ts";

/** What a guard's state machine works with. */
export interface GuardParts {
  readonly tickets: Tickets;
  readonly audit: AuditSink;
  readonly limits: LimitStore;
  readonly onReview: OnReview | undefined;
  /** Epoch milliseconds. Throws where the host's clock fails. */
  clock(): number;
  /** Epoch milliseconds, for what has happened already: the last good time where the host's clock fails. */
  recordTime(): number;
  /** The bundle in force; a missing one is asked for again. */
  bundle(now: number): LoadedBundle | null;
  /** A decision is final: the call runs now, or was denied. */
  decided(judged: Judged): void;
  /** A record could not be kept. */
  auditFailed(error: unknown): void;
  /** Something inside the guard failed; the call at hand is denied. */
  failed(error: unknown): void;
}
