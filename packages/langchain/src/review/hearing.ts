import type { Approval, Guard, Reviewer } from "@interlatch/core";
import { isBubbleUp } from "../thrown.ts";
import { readAnswers, type NamelessAnswer } from "./answers.ts";
import type { Standing } from "./checkpoint.ts";
import { refusedWhole, type ReviewOptions, type ReviewRefusal, type ReviewRun } from "./options.ts";
import { answerDigest, isShownAs, type ReviewAction } from "./question.ts";

/** What LangGraph holds of answers to a task's questions, and what ended the asking. */
export interface Drained {
  /** In the order in which they were given; those of earlier runs first. */
  readonly answers: readonly unknown[];
  /** What `interrupt` threw when there was no answer left: to throw it stops the run. */
  readonly stop: unknown;
  /** `false`: it is an error and stops nothing; the run cannot ask. */
  readonly isInterrupt: boolean;
}

/** More answers than these nobody has given. */
const MOST_ANSWERS = 1_000;

/**
 * Asks, and takes whatever LangGraph answers until it has nothing more. It hands out the answers of earlier runs
 * first: whoever took one answer and went on would take an old one for the new.
 */
export function drain({ interrupt }: ReviewRun, value: unknown): Drained {
  const answers: unknown[] = [];
  try {
    while (interrupt !== undefined && answers.length < MOST_ANSWERS) answers.push(interrupt(value));
  } catch (stop) {
    return { answers, stop, isInterrupt: isBubbleUp(stop) };
  }
  return { answers, stop: undefined, isInterrupt: false };
}

/** The answers that this run brought. */
export function newAnswers({ answers }: Drained, { answered }: Standing): readonly unknown[] {
  return answers.slice(answered);
}

/**
 * Takes the answers that this run brought, in the name of the person whom the host names, and says which of them were
 * not taken and why.
 *
 * @param pending - the questions that are open now; an answer to any other is for a call that has changed since
 */
export async function hear(
  guard: Guard,
  drained: Drained,
  standing: Standing,
  pending: readonly Approval[],
  run: ReviewRun,
  { reviewer }: ReviewOptions,
): Promise<readonly ReviewRefusal[]> {
  const given = newAnswers(drained, standing);
  if (given.length === 0) return [];
  const { asked } = standing;
  if (asked === undefined) return [refusedWhole("it came before anything was asked")];
  const person = await personOf(reviewer, run);
  if (typeof person === "string") {
    return [{ toolCallId: null, code: "reviewer_not_allowed", why: person }];
  }
  const refusals: ReviewRefusal[] = [];
  for (const value of given) {
    if (isStale(value, standing)) {
      refusals.push(refusedWhole(STALE));
      continue;
    }
    const { answers, refused } = readAnswers(value, asked.actions, standing.alone || standing.byId);
    refusals.push(...refused);
    for (const { action, answer } of answers) {
      const why = await decide(guard, action, answer, person, pending);
      if (why !== null) refusals.push(why);
    }
  }
  return refusals;
}

const STALE =
  "the thread holds the same answer from before it was asked: resume by the interrupt's id, { [interrupt.id]: … }";

/**
 * Whether an answer may be one that was given earlier. LangGraph keeps the last answer that named no interrupt, and
 * gives it again when the run is continued without one: to a later question, or in the name of whoever continued it.
 */
function isStale(answer: unknown, { asked, byId }: Standing): boolean {
  if (byId) return false;
  const digest = answerDigest(answer);
  return digest === null || asked?.heard.includes(digest) === true;
}

async function decide(
  guard: Guard,
  action: ReviewAction,
  answer: NamelessAnswer,
  reviewer: Reviewer,
  pending: readonly Approval[],
): Promise<ReviewRefusal | null> {
  const { id, toolCallId } = action;
  const approval = pending.find((one) => one.id === id);
  if (approval === undefined) {
    return {
      toolCallId,
      code: "not_pending",
      why: "this question is over, or its call has changed",
    };
  }
  if (!isShownAs(action, approval)) {
    const why = "the thread shows another question than the approval's: see it as it is asked now";
    return { toolCallId, code: "approval_mismatch", why };
  }
  const result = await guard.approvals.decide({ ...answer, reviewer });
  return result.ok ? null : { toolCallId, code: result.code, why: result.why };
}

/** Who answers; a text: why nobody does. */
async function personOf(
  reviewer: ReviewOptions["reviewer"],
  { configurable, context }: ReviewRun,
): Promise<Reviewer | string> {
  if (reviewer === undefined) {
    return "a resume only wakes the run: answer with guard.approvals.decide, or name the person with `reviewer`";
  }
  try {
    return (await reviewer({ configurable, context })) ?? "`reviewer` names nobody for this run";
  } catch {
    // An error here would end the run, and nobody is known either way.
    return "`reviewer` failed for this run";
  }
}
