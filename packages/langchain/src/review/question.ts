import {
  callDigest,
  canonicalJson,
  type Approval,
  type DecisionCode,
  type Json,
  type JsonObject,
} from "@interlatch/core";
import type { ReviewOptions, ReviewRefusal } from "./options.ts";

/** One call that people are asked about: the shape of LangChain's `ActionRequest`, and what an answer is bound by. */
export interface ReviewAction {
  /** The tool. */
  readonly name: string;
  /** What would run, as the policy has made it; hidden values are hidden. */
  readonly args: JsonObject;
  /** Why a person is asked. Holds no word of the model's. */
  readonly description: string;
  /** Of the approval. */
  readonly id: string;
  readonly toolCallId: string;
  /** Of tool and `args`; an answer that names the call names this too. */
  readonly digest: string;
  /** What the model asked for, but for what the policy hides. */
  readonly asked: JsonObject;
  readonly why: {
    readonly code: DecisionCode;
    readonly reason: string;
    readonly rule: string | null;
  };
  readonly priority: Approval["priority"];
  /** ISO 8601, UTC. A later answer comes too late. */
  readonly expiresAt: string;
}

/** What stands beside the questions in either form. */
interface Beside {
  /** What of the last resume was not taken. */
  readonly refused: readonly ReviewRefusal[];
  /** Digests of answers that stood in the thread before it was asked; see `isStale`. */
  readonly heard: readonly string[];
}

/** The interrupt of a turn: LangChain's `HITLRequest` with our fields. */
export interface ReviewRequestValue extends Beside {
  readonly actionRequests: readonly ReviewAction[];
  readonly reviewConfigs: readonly {
    readonly actionName: string;
    readonly allowedDecisions: readonly ("approve" | "edit" | "reject")[];
  }[];
}

/** The interrupt of one call in a list of one: Agent Inbox's `HumanInterrupt` with our fields. */
export interface InboxRequestValue extends Beside {
  readonly action_request: { readonly action: string; readonly args: JsonObject };
  readonly config: {
    readonly allow_accept: boolean;
    readonly allow_edit: boolean;
    readonly allow_respond: boolean;
    readonly allow_ignore: boolean;
  };
  readonly description: string;
  readonly question: ReviewAction;
}

/** An interrupt that asks people. */
export type RequestValue = ReviewRequestValue | readonly [InboxRequestValue];

/**
 * The interrupt that asks about these approvals, in ordinary objects of its own: a checkpoint writes it down, and
 * pages show it.
 */
export function requestOf(
  pending: readonly Approval[],
  { format = "langchain" }: ReviewOptions,
  beside: Beside,
): RequestValue {
  const actions = pending.map(actionOf);
  const [first] = actions;
  const request =
    format === "agent-inbox" && first !== undefined
      ? ([inboxOf(first, beside)] as const)
      : turnOf(actions, beside);
  return JSON.parse(JSON.stringify(request)) as RequestValue; // the same again
}

function turnOf(actionRequests: readonly ReviewAction[], beside: Beside): ReviewRequestValue {
  const allowedDecisions = ["approve", "edit", "reject"] as const;
  return {
    actionRequests,
    reviewConfigs: actionRequests.map(({ name }) => ({ actionName: name, allowedDecisions })),
    ...beside,
  };
}

function inboxOf(question: ReviewAction, beside: Beside): InboxRequestValue {
  const { name, args, description } = question;
  return {
    action_request: { action: name, args },
    // Both say no: a word beside it is a reason.
    config: { allow_accept: true, allow_edit: true, allow_respond: true, allow_ignore: true },
    description,
    question,
    ...beside,
  };
}

function actionOf(approval: Approval): ReviewAction {
  const { id, call, digest, asked, why, priority, expiresAt } = approval;
  const { code, reason, rule } = why;
  return {
    name: call.tool,
    args: approval.arguments,
    description: `${call.tool} needs a person's approval: ${reason}.`,
    id,
    toolCallId: call.id,
    digest,
    asked,
    why: { code, reason, rule },
    priority,
    expiresAt,
  };
}

/**
 * Whether a question stood in the thread as its approval has it. A checkpoint lies where others may write too, and
 * whoever was shown another call has not approved this one.
 */
export function isShownAs(shown: ReviewAction, approval: Approval): boolean {
  return wordsOf(shown) === wordsOf(actionOf(approval));
}

/** All of a question but its priority, which may grow while it waits. */
function wordsOf(action: ReviewAction): string | null {
  try {
    const words: unknown = JSON.parse(JSON.stringify({ ...action, priority: undefined }));
    return canonicalJson(words as Json); // what JSON gives
  } catch {
    return null; // no JSON, so nothing of ours
  }
}

/** What was asked, read back from an interrupt of ours. */
export interface Asked {
  readonly actions: readonly ReviewAction[];
  readonly heard: readonly string[];
}

/** Reads an interrupt back; `undefined` for one that is not of ours. */
export function askedIn(value: unknown): Asked | undefined {
  const [request] = Array.isArray(value) ? (value as readonly unknown[]) : [value];
  if (typeof request !== "object" || request === null) return undefined;
  const { actionRequests, action_request, heard } = request as Readonly<Record<string, unknown>>;
  const actions = action_request === undefined ? actionRequests : [inboxAction(request)];
  if (!Array.isArray(actions) || !actions.every(isAction) || !Array.isArray(heard))
    return undefined;
  return { actions, heard: heard.filter((one) => typeof one === "string") };
}

/** The question of an inbox, in the words that were shown. */
function inboxAction(request: object): unknown {
  const { question, action_request, description } = request as Partial<InboxRequestValue>;
  return { ...question, name: action_request?.action, args: action_request?.args, description };
}

function isAction(value: unknown): value is ReviewAction {
  if (typeof value !== "object" || value === null) return false;
  const { id, toolCallId, digest, name } = value as Readonly<Record<string, unknown>>;
  return [id, toolCallId, digest, name].every((text) => typeof text === "string");
}

/** A name for an answer, whatever it is; `null` for what is no JSON. */
export function answerDigest(answer: unknown): string | null {
  try {
    const plain = JSON.parse(JSON.stringify({ answer })) as JsonObject; // as it says
    return callDigest("", plain);
  } catch {
    return null;
  }
}
