import type { DecisionCode } from "../decision/codes.ts";
import type { ReviewAnswer, ReviewRequest } from "./guard.ts";
import { digestOf, type Judged } from "./judge.ts";

/** Asks a person. Given by the host. */
export type OnReview = (request: ReviewRequest) => ReviewAnswer | Promise<ReviewAnswer>;

/** What came of asking. */
export type ReviewResult =
  | { readonly approved: true; readonly reviewer: string }
  | { readonly approved: false; readonly code: DecisionCode; readonly reviewer?: string };

/** Why nobody can be asked about this call; `null` when somebody can. */
export function reviewObstacle(
  judged: Judged,
  onReview: OnReview | undefined,
): DecisionCode | null {
  if (onReview === undefined) return "review_unavailable";
  // Without a session the same question could be asked again and again under new names.
  return judged.run?.namedSession === true ? null : "session_required";
}

/**
 * Asks, and takes nothing but a well-formed approval for one: an error, a rejection of the promise or an
 * answer of another shape is `review_unavailable`.
 */
export async function askReviewer(judged: Judged, onReview: OnReview): Promise<ReviewResult> {
  const { run, id, decision, request: asked } = judged;
  if (run === null || id === null || asked === null) return UNAVAILABLE;
  const request: ReviewRequest = Object.freeze({
    call: Object.freeze({ id, tool: judged.tool }),
    arguments: decision.arguments,
    asked: asked.arguments,
    digest: digestOf(judged),
    decision,
    agent: run.agent,
    user: run.user ?? null,
    tenant: run.tenant ?? null,
    session: run.session,
  });
  const answer: unknown = await onReview(request);
  return readAnswer(answer);
}

function readAnswer(answer: unknown): ReviewResult {
  // Own properties: `{}` must not become an approval by what a polluted `Object.prototype` lends it.
  if (typeof answer !== "object" || answer === null || !isOwn(answer, "answer")) return UNAVAILABLE;
  const reviewer = isOwn(answer, "reviewer") ? answer.reviewer : undefined;
  // An approval that nobody stands for is none.
  if (typeof reviewer !== "string" || reviewer === "") return UNAVAILABLE;
  if (answer.answer === "approve") return { approved: true, reviewer };
  if (answer.answer === "reject") return { approved: false, code: "approval_rejected", reviewer };
  return UNAVAILABLE;
}

function isOwn<Name extends string>(value: object, name: Name): value is Record<Name, unknown> {
  return Object.hasOwn(value, name);
}

const UNAVAILABLE: ReviewResult = { approved: false, code: "review_unavailable" };
