/** A part of a model message, as far as approvals are concerned; both majors have the same. */
interface ApprovalPart {
  readonly type: string;
  readonly approvalId?: string;
  readonly toolCallId?: string;
}

/**
 * Whether the conversation ends in an answer to the question about this call, so that the SDK is about to run it. The
 * history comes from the client, as a rule: that there is an answer says nothing of whether anybody asked, and who.
 */
export function isAnswered(messages: unknown, toolCallId: string | undefined): boolean {
  if (!Array.isArray(messages)) return false;
  const answers = new Set(
    partsOf(messages.at(-1), "tool")
      .filter(({ type }) => type === "tool-approval-response")
      .map(({ approvalId }) => approvalId),
  );
  if (answers.size === 0) return false;
  return messages
    .flatMap((message) => partsOf(message, "assistant"))
    .some(
      (part) =>
        part.type === "tool-approval-request" &&
        part.toolCallId === toolCallId &&
        answers.has(part.approvalId),
    );
}

function partsOf(message: unknown, role: "tool" | "assistant"): readonly ApprovalPart[] {
  // The SDK has checked its messages; only their content may be a text instead of parts.
  const { role: of, content } = (message ?? {}) as { role?: string; content?: unknown };
  return of === role && Array.isArray(content) ? (content as readonly ApprovalPart[]) : [];
}
