import type { BaseMessage } from "@langchain/core/messages";
import { AIMessage, ToolMessage } from "@langchain/core/messages";

/**
 * The conversation with one answer to each call of a turn: the first. LangChain's own middleware answers calls that are
 * answered already, such as those beyond a limit, and model providers refuse a conversation with two.
 */
export function withOneAnswerEach(messages: readonly BaseMessage[]): BaseMessage[] {
  let answered = new Set<string>();
  return messages.filter((message) => {
    // Ids are a turn's own: another turn may use them again.
    if (AIMessage.isInstance(message)) answered = new Set();
    if (!ToolMessage.isInstance(message)) return true;
    const isFirst = !answered.has(message.tool_call_id);
    answered.add(message.tool_call_id);
    return isFirst;
  });
}
