import { BaseChatModel } from "@langchain/core/language_models/chat_models";
import type { BindToolsInput } from "@langchain/core/language_models/chat_models";
import { AIMessage, type BaseMessage } from "@langchain/core/messages";
import type { ToolCall } from "@langchain/core/messages/tool";
import type { ChatResult } from "@langchain/core/outputs";

/** What the model says in one turn: calls, or a message, or the last words as text. */
export type ScriptedTurn = readonly ToolCall[] | AIMessage | string;

/** What a scripted model was shown, over all its turns. */
export interface ModelMemory {
  /** The conversation, once a turn. */
  readonly seen: BaseMessage[][];
  /** The names of the tools it was bound to, once a turn. */
  readonly shown: string[][];
}

/** A LangChain chat model that says what it was told to, one turn after the other, then "done". */
export class ScriptedModel extends BaseChatModel {
  readonly memory: ModelMemory;
  readonly #turns: ScriptedTurn[];
  readonly #names: readonly string[];

  constructor(
    turns: readonly ScriptedTurn[],
    memory: ModelMemory = { seen: [], shown: [] },
    names: readonly string[] = [],
  ) {
    super({});
    // One script, however often the model is bound.
    this.#turns = Array.isArray(turns) ? (turns as ScriptedTurn[]) : [...turns];
    this.memory = memory;
    this.#names = names;
  }

  override _llmType(): string {
    return "scripted";
  }

  override bindTools(tools: BindToolsInput[]): ScriptedModel {
    const names = tools.map((tool) => ("name" in tool ? String(tool.name) : "unnamed"));
    return new ScriptedModel(this.#turns, this.memory, names);
  }

  override _generate(messages: BaseMessage[]): Promise<ChatResult> {
    this.memory.seen.push([...messages]);
    this.memory.shown.push([...this.#names]);
    const turn = this.#turns.shift() ?? "done";
    const message =
      typeof turn === "string"
        ? new AIMessage(turn)
        : Array.isArray(turn)
          ? new AIMessage({ content: "", tool_calls: [...turn] })
          : (turn as AIMessage); // neither text nor calls
    return Promise.resolve({ generations: [{ text: message.text, message }] });
  }
}

/** A call as a model makes it. */
export function call(name: string, args: Record<string, unknown>, id: string): ToolCall {
  return { type: "tool_call", name, args, id };
}
