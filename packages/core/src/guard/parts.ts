import type { AuditSink } from "../audit/record.ts";
import type { LimitStore } from "../limits/store.ts";
import type { LoadedBundle } from "./bundles.ts";
import type { CallBase, Judged } from "./judge.ts";
import type { Reviews } from "./reviews.ts";
import type { RunIdentity, Tickets } from "./tickets.ts";

/** The reviews of a guard, which are loaded when they are first needed. */
export interface ReviewsLoader {
  /** Whether they were. */
  readonly isUsed: boolean;
  /** Whether people are being asked about this very call. */
  holds(judged: Judged): boolean;
  /** Rejects when they cannot be loaded. */
  load(): Promise<Reviews>;
}

/** The denial of a call that the status document stops; `null`: it does not. */
export type StopCheck = (call: CallBase, run: RunIdentity, bundle: LoadedBundle) => Judged | null;

/** What a guard's state machine works with. */
export interface GuardParts {
  readonly tickets: Tickets;
  readonly audit: AuditSink;
  readonly limits: LimitStore;
  /** Whether the host has named a way to a person's answer. */
  readonly canReview: boolean;
  /** Whether such an answer can come while no call waits for it. */
  readonly canAnswerLater: boolean;
  /** How long a call waits for an answer, in milliseconds, where it does not say so itself. */
  readonly reviewTimeout: number;
  readonly reviews: ReviewsLoader;
  /** Whether a policy may have a denial thrown. */
  readonly allowThrow: boolean;
  /** How many denials of one call in a session are the most before the run is to end. */
  readonly maxRepeatedDenials: number;
  /** Epoch milliseconds. Throws where the host's clock fails. */
  clock(): number;
  /** Epoch milliseconds, for what has happened already: the last good time where the host's clock fails. */
  recordTime(): number;
  /** The bundle in force; a missing one is asked for again. */
  bundle(now: number): LoadedBundle | null;
  /** Asked about every call before the rules are; `null`: the guard has no status document. */
  readonly stop: StopCheck | null;
  /** The bundle that is watched beside the one in force; `null` where there is none. */
  shadow(now: number): LoadedBundle | null;
  /** A decision is final: the call runs now, or was denied. */
  decided(judged: Judged): void;
  /** A record could not be kept. */
  auditFailed(error: unknown): void;
  /** Something inside the guard failed; the call at hand is denied. */
  failed(error: unknown): void;
}
