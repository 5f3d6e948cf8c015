import type { ModelMessage } from "ai";

/** A part of a model message, as far as approvals are concerned; both majors have the same. */
interface ApprovalPart {
  readonly type: string;
  readonly approvalId?: string;
  readonly toolCallId?: string | undefined;
  readonly toolName?: string;
  readonly input?: unknown;
  readonly approved?: boolean;
  readonly reason?: string;
}

/** A call that the conversation ends in an answer about, and that answer. */
export interface AnsweredCall {
  readonly call: Pick<ApprovalPart, "toolCallId" | "toolName" | "input">;
  readonly answer: Pick<ApprovalPart, "approved" | "reason">;
}

/**
 * The calls that the conversation ends in an answer about, so that the SDK is about to run them. The history comes from
 * the client, as a rule: that there is an answer says nothing of whether anybody asked, and who.
 */
export function answersIn(messages: unknown): readonly AnsweredCall[] {
  if (!Array.isArray(messages)) return [];
  const answers = new Map(
    partsOf(messages.at(-1), "tool")
      .filter(({ type }) => type === "tool-approval-response")
      .map((answer) => [answer.approvalId, answer]),
  );
  if (answers.size === 0) return [];
  const parts = messages.flatMap((message) => partsOf(message, "assistant"));
  return parts.flatMap(({ type, approvalId, toolCallId }) => {
    const answer = type === "tool-approval-request" ? answers.get(approvalId) : undefined;
    if (answer === undefined) return [];
    const call = parts.find((part) => part.type === "tool-call" && part.toolCallId === toolCallId);
    return [{ call: { ...call, toolCallId }, answer }];
  });
}

/** Whether the conversation ends in an answer to the question about this call. */
export function isAnswered(messages: unknown, toolCallId: string | undefined): boolean {
  return answersIn(messages).some(({ call }) => call.toolCallId === toolCallId);
}

/** The least conversation that ends in this answer to the question about a call. */
export function answerTo(
  toolCallId: string,
  { approved = false, reason }: AnsweredCall["answer"],
): readonly ModelMessage[] {
  const approvalId = toolCallId;
  const said = reason === undefined ? {} : { reason };
  return [
    { role: "assistant", content: [{ type: "tool-approval-request", approvalId, toolCallId }] },
    { role: "tool", content: [{ type: "tool-approval-response", approvalId, approved, ...said }] },
  ];
}

function partsOf(message: unknown, role: "tool" | "assistant"): readonly ApprovalPart[] {
  // The SDK has checked its messages; only their content may be a text instead of parts.
  const { role: of, content } = (message ?? {}) as { role?: string; content?: unknown };
  return of === role && Array.isArray(content) ? (content as readonly ApprovalPart[]) : [];
}
