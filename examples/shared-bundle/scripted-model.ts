import type { CallbackManagerForLLMRun } from "@langchain/core/callbacks/manager";
import { BaseChatModel } from "@langchain/core/language_models/chat_models";
import { AIMessage, ToolMessage, type BaseMessage } from "@langchain/core/messages";
import type { ChatResult } from "@langchain/core/outputs";
import type { ScriptedCall } from "./calls.ts";

/**
 * A chat model with a script: it asks for one tool call, reads the answer, and ends. A real one takes its place as
 * it is: `new ChatOpenAI({ model: "…" })` or the like.
 */
export class ScriptedModel extends BaseChatModel {
  /** What it read as the tool's answer. */
  answer = "";
  readonly #call: ScriptedCall;

  constructor(call: ScriptedCall) {
    super({});
    this.#call = call;
  }

  override _llmType(): string {
    return "scripted";
  }

  /** Scripts do not look at tools. */
  override bindTools(): this {
    return this;
  }

  override async _generate(
    messages: BaseMessage[],
    _options: this["ParsedCallOptions"],
    _manager?: CallbackManagerForLLMRun,
  ): Promise<ChatResult> {
    const answered = messages.find((message) => ToolMessage.isInstance(message));
    if (answered !== undefined) this.answer = JSON.stringify(answered.content);
    const { id, tool, arguments: args } = this.#call;
    const message =
      answered === undefined
        ? new AIMessage({
            content: "",
            tool_calls: [{ type: "tool_call", id, name: tool, args: { ...args } }],
          })
        : new AIMessage("Done.");
    return { generations: [{ message, text: message.text }] };
  }
}
