import type { DecisionCode } from "../decision/codes.ts";
import type { JsonObject } from "../snapshot/json.ts";
import type { Approval, Reviewer } from "./approval.ts";
import type { ApprovalFilter } from "./store.ts";

/** Why an answer was not taken. Nothing has changed then, but that an approval past its time is marked so. */
export type AnswerRefusal =
  /** The answer is not of the shape that is asked for. */
  | "invalid_answer"
  | "not_found"
  /** It is over: approved, rejected, cancelled, superseded or consumed. */
  | "not_pending"
  | "approval_expired"
  /** The digest is not the one of the arguments that are asked about now. */
  | "approval_mismatch"
  /** No demand asks this person, or they asked themselves. */
  | "reviewer_not_allowed"
  /** One person counts once. */
  | "already_voted"
  | "store_unavailable"
  /** The policy does not let the changed arguments through, and why. */
  | DecisionCode;

/** A person's answer, in the words of the host that has authenticated them. */
export interface ApprovalAnswer {
  /** Of the approval. */
  readonly id: string;
  /** The digest that stood beside the arguments which the person saw. */
  readonly digest: string;
  readonly reviewer: Reviewer;
  readonly answer: "approve" | "reject" | "modify";
  /** With `modify` alone: all arguments, as they shall be. The tool stays what it is. */
  readonly arguments?: JsonObject;
  /** For the records. */
  readonly reason?: string;
}

/** What came of an answer. */
export type ApprovalResult =
  | { readonly ok: true; readonly approval: Approval }
  | { readonly ok: false; readonly code: AnswerRefusal; readonly why: string };

/** The questions of a guard, for whoever shows them to people. Who may see and answer what is the host's to check. */
export interface GuardApprovals {
  /** Youngest first. Rejects where the store fails. */
  list(filter?: ApprovalFilter): Promise<readonly Approval[]>;
  /** Rejects where the store fails. */
  get(id: string): Promise<Approval | null>;
  /**
   * Takes the answer of a person. It counts for exactly the digest it names. A rejection ends it; an approval counts
   * towards each demand that asks this person. Never throws and never rejects: an answer that is not taken says why.
   */
  decide(answer: ApprovalAnswer): Promise<ApprovalResult>;
  /** Takes the question back, pending or approved; a call that waits for it is denied. */
  cancel(request: {
    readonly id: string;
    /** Who did, for the records. */
    readonly by: string;
    readonly reason?: string;
  }): Promise<ApprovalResult>;
}
