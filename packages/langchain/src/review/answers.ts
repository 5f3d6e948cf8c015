import type { ApprovalAnswer } from "@interlatch/core";
import { isNamed, isRecord, readEdit, unknownField, type Decision, type Said } from "./decision.ts";
import { readInboxAnswer } from "./inbox-answer.ts";
import { refusedWhole, type ReviewRefusal } from "./options.ts";
import type { ReviewAction } from "./question.ts";

/** An answer without the name of whoever gave it. */
export type NamelessAnswer = Omit<ApprovalAnswer, "reviewer">;

/** What a resume says, bound to the questions it answers. */
export interface ReadAnswers {
  readonly answers: readonly { readonly action: ReviewAction; readonly answer: NamelessAnswer }[];
  readonly refused: readonly ReviewRefusal[];
}

const SHAPE =
  "resume with { decisions: […] }: one for each question, in their order, or each with `digest` and `id` or `toolCallId`";

/**
 * Reads a resume: LangChain's `{ decisions }`, each decision by the order of the questions or by id and digest; or
 * Agent Inbox's list. A text, `true`, or anything else that names no decision approves nothing.
 *
 * @param asked - the questions as they were put, in their order
 * @param alone - whether an answer without a name can only be for these
 */
export function readAnswers(
  value: unknown,
  asked: readonly ReviewAction[],
  alone: boolean,
): ReadAnswers {
  const list = listOf(value);
  if (list === undefined) return refused(refusedWhole(SHAPE));
  const { decisions, read } = list;
  if (!decisions.some(isNamed)) return inOrder(decisions, asked, alone, read);
  const answers: { action: ReviewAction; answer: NamelessAnswer }[] = [];
  const refusals: ReviewRefusal[] = [];
  for (const decision of decisions) {
    const action = questionOf(decision, asked);
    const others = decisions.filter(
      (other) => other !== decision && questionOf(other, asked) === action,
    );
    if (action === undefined) {
      refusals.push(
        refusedWhole("an answer names no question of this interrupt by `id` or `toolCallId`"),
      );
    } else if (others.length > 0) {
      refusals.push(refusal(action, "two answers are for this call: give one"));
    } else {
      take(action, decision, read, answers, refusals);
    }
  }
  return { answers, refused: refusals };
}

function inOrder(
  decisions: readonly unknown[],
  asked: readonly ReviewAction[],
  alone: boolean,
  read: ReadDecision,
): ReadAnswers {
  if (!alone) {
    return refused(
      refusedWhole("more than one interrupt waits: give each decision its `digest` and `id`"),
    );
  }
  if (decisions.length !== asked.length) {
    return refused(
      refusedWhole(
        `${asked.length} calls were asked about and ${decisions.length} answered: ${SHAPE}`,
      ),
    );
  }
  const answers: { action: ReviewAction; answer: NamelessAnswer }[] = [];
  const refusals: ReviewRefusal[] = [];
  for (const [index, action] of asked.entries()) {
    take(action, decisions[index], read, answers, refusals);
  }
  return { answers, refused: refusals };
}

function take(
  action: ReviewAction,
  decision: unknown,
  read: ReadDecision,
  answers: { action: ReviewAction; answer: NamelessAnswer }[],
  refusals: ReviewRefusal[],
): void {
  const said = isRecord(decision) ? read(decision, action) : "an answer is an object with a `type`";
  if (typeof said === "string") {
    refusals.push(refusal(action, said));
    return;
  }
  const named = isRecord(decision) ? decision["digest"] : undefined;
  // In the order of the questions there is no digest: it is the one that stood beside what was shown.
  const digest = typeof named === "string" ? named : action.digest;
  answers.push({ action, answer: { id: action.id, digest, ...said } });
}

type ReadDecision = (decision: Decision, action: ReviewAction) => Said;

function listOf(
  value: unknown,
): { readonly decisions: readonly unknown[]; readonly read: ReadDecision } | undefined {
  if (Array.isArray(value)) return { decisions: value, read: readInboxAnswer };
  if (!isRecord(value)) return undefined;
  const { decisions, ...more } = value;
  if (!Array.isArray(decisions) || Object.keys(more).length > 0) return undefined;
  return { decisions, read: readDecision };
}

/** One decision in LangChain's form. */
function readDecision(decision: Decision, { name }: ReviewAction): Said {
  const unknown = unknownField(decision, ["type", "message", "editedAction"]);
  if (unknown !== null) return unknown;
  const { type, message, editedAction } = decision;
  switch (type) {
    case "approve":
      if (message !== undefined || editedAction !== undefined) break;
      return { answer: "approve" };
    case "reject":
      if (editedAction !== undefined) break;
      if (message === undefined || message === "") return { answer: "reject" };
      if (typeof message !== "string") return "`message` of a rejection is a text";
      return { answer: "reject", reason: message };
    case "edit":
      if (message !== undefined) break;
      return readEdit(editedAction, name, "name");
  }
  return 'an answer is { type: "approve" }, { type: "reject", message? } or { type: "edit", editedAction: { name, args } }';
}

/** The question that a decision names; what it names twice must be the same. */
function questionOf(decision: unknown, asked: readonly ReviewAction[]): ReviewAction | undefined {
  if (!isNamed(decision)) return undefined;
  const { id, toolCallId, digest } = decision;
  if (typeof digest !== "string" || (id === undefined && toolCallId === undefined))
    return undefined;
  const found = asked.filter(
    (action) =>
      (id === undefined || id === action.id) &&
      (toolCallId === undefined || toolCallId === action.toolCallId),
  );
  return found.length === 1 ? found[0] : undefined;
}

function refusal({ toolCallId }: ReviewAction, why: string): ReviewRefusal {
  return { toolCallId, code: "invalid_answer", why };
}

function refused(one: ReviewRefusal): ReadAnswers {
  return { answers: [], refused: [one] };
}
