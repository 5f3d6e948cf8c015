import type { AnswerRefusal, Reviewer } from "@interlatch/core";
import type { StreamingRun } from "../custom-stream.ts";
import type { RunContext } from "../identity.ts";

/** A run that can stop and ask: what LangGraph hands to a node, and LangChain to a middleware. */
export interface ReviewRun extends RunContext, StreamingRun {
  /** LangGraph's own `interrupt`. */
  readonly interrupt?: ((value: unknown) => unknown) | undefined;
}

/** How the calls of a turn that need a person's answer go about it. */
export interface ReviewOptions {
  /**
   * Names the person behind a resume, as your authentication knows them: from a field that your server sets, never
   * from one that a caller may send, and never from the resume itself. Their answers then count as far as the policy
   * asks this person. Left out, or where it names nobody or fails: a resume only wakes the run, and what counts is
   * what `guard.approvals` was told.
   */
  readonly reviewer?: (run: RunContext) => Reviewer | undefined | Promise<Reviewer | undefined>;
  /**
   * What becomes of calls without an answer when a run is resumed. `ask`, the default: they are asked about again.
   * `deny`: they are denied `review_pending`, and the run goes on; the question stays open.
   */
  readonly pending?: "ask" | "deny";
  /**
   * The form of the interrupt. `langchain`, the default: that of LangChain's human-in-the-loop middleware, for all
   * calls of the turn together. `agent-inbox`: that of Agent Inbox, which shows and answers one call at a time.
   */
  readonly format?: "langchain" | "agent-inbox";
  /**
   * `interrupt`, the default: people are asked in one interrupt before anything of the turn runs. Without a
   * checkpointer nobody can be, and it is as with `tool`: the call waits where it would run, for the guard's
   * `onReview` or `reviewTimeout`, and is denied `review_unavailable` where the guard has neither.
   */
  readonly reviews?: "interrupt" | "tool";
}

/** An answer that was not taken, and why. It stands in the interrupt that asks again. */
export interface ReviewRefusal {
  /** The call it was for; `null`: that cannot be told. */
  readonly toolCallId: string | null;
  readonly code: AnswerRefusal;
  /** What to change. */
  readonly why: string;
}

/** A refusal of a whole resume. */
export function refusedWhole(why: string): ReviewRefusal {
  return { toolCallId: null, code: "invalid_answer", why };
}
