import type { DecisionCode } from "../decision/codes.ts";
import type { ReviewAnswer, ReviewRequest } from "./guard.ts";
import type { Judged } from "./judge.ts";

/** Asks a person, or several. Given by the host. */
export type OnReview = (
  request: ReviewRequest,
) => ReviewAnswer | readonly ReviewAnswer[] | Promise<ReviewAnswer | readonly ReviewAnswer[]>;

/** How a call that needs a review goes about it. */
export interface ReviewManner {
  /** Whether somebody could answer at all; without it nobody is asked, and only an answer that is there counts. */
  readonly mayOpen: boolean;
  /** Whether somebody can answer while the call does not wait. */
  readonly elsewhere: boolean;
  /** How long to wait for an answer, in milliseconds. */
  readonly waitMs: number;
  readonly signal?: AbortSignal;
}

/**
 * Why nobody can be asked about this call; `null` when somebody can.
 *
 * @param canAsk - whether the host has named a way to an answer
 */
export function reviewObstacle(judged: Judged, canAsk: boolean): DecisionCode | null {
  if (!canAsk) return "review_unavailable";
  // Without a session the same question could be asked again and again under new names.
  return judged.run?.namedSession === true ? null : "session_required";
}
