import { isBaseMessage, ToolMessage, type BaseMessage } from "@langchain/core/messages";
import type { ToolCall } from "@langchain/core/messages/tool";
import type { ClientTool } from "@langchain/core/tools";
import {
  isCommand,
  isGraphBubbleUp,
  type Command,
  type LangGraphRunnableConfig,
} from "@langchain/langgraph";
import { ToolNode, type ToolNodeOptions } from "@langchain/langgraph/prebuilt";
import type { Guard } from "@interlatch/core";
import {
  guardTool,
  guardTools,
  openCalls,
  openTurn,
  ticketOf,
  type IdentityOptions,
} from "@interlatch/langchain";

/**
 * A tool node that guards its tools, those that are added to `tools` later too. It answers every call exactly
 * once: an id that stands twice is denied for both and answered once, a tool that does not exist is denied, a tool
 * that throws gives an error message.
 */
export class GuardedToolNode extends ToolNode {
  readonly #guard: Guard;
  readonly #identity: IdentityOptions;

  constructor(
    guard: Guard,
    tools: readonly ClientTool[],
    { identity, ...options }: ToolNodeOptions & { readonly identity: IdentityOptions },
  ) {
    super([...guardTools([...tools], guard, identity)], options);
    this.#guard = guard;
    this.#identity = identity;
  }

  protected override async run(input: unknown, config: LangGraphRunnableConfig): Promise<unknown> {
    // The list is anybody's to write: a tool that was put there since would run undecided.
    for (const [index, tool] of this.tools.entries()) {
      this.tools[index] = guardTool(tool, this.#guard, this.#identity);
    }
    const messages = messagesOf(input);
    if (messages === undefined) {
      const single = sentCall(input);
      const denied = single === undefined ? [] : await this.#deny([single], config);
      return denied.length > 0 ? { messages: denied } : super.run(input, config);
    }
    const denied = await this.#deny(openCalls(messages), config);
    if (denied.length === 0) return super.run(input, config);
    // A call that has its answer is not run: the framework's own rule keeps the denied ones away from the tools.
    const answered = [...messages, ...denied];
    if (Array.isArray(input)) {
      const rest: unknown[] = await super.run(answered, config);
      return rest.some(isCommand) ? [denied, ...rest] : [...denied, ...rest];
    }
    const rest: unknown = await super.run({ ...(input as object), messages: answered }, config);
    return Array.isArray(rest)
      ? [{ messages: denied }, ...rest]
      : { messages: [...denied, ...(rest as { messages: BaseMessage[] }).messages] };
  }

  protected override async runTool(
    call: ToolCall,
    config: LangGraphRunnableConfig,
    state: unknown,
  ): Promise<ToolMessage | Command> {
    try {
      return await super.runTool(call, config, state);
    } catch (error) {
      if (!this.handleToolErrors || isGraphBubbleUp(error)) throw error;
      // A tool may throw anything, `null` too, and the framework's own answer fails on what is no error.
      return new ToolMessage({
        status: "error",
        content: "Error: the tool failed without words\n Please fix your mistakes.",
        name: call.name,
        tool_call_id: call.id ?? "",
      });
    }
  }

  /** What no tool can refuse for itself: calls under one id, and calls of tools that are not here. */
  async #deny(calls: readonly ToolCall[], config: LangGraphRunnableConfig): Promise<ToolMessage[]> {
    const toolOf = ({ name }: ToolCall): ClientTool | undefined =>
      this.tools.find((tool) => tool.name === name);
    const hopeless = calls.filter(
      (call) =>
        toolOf(call) === undefined ||
        calls.some((other) => other !== call && other.id !== undefined && other.id === call.id),
    );
    if (hopeless.length === 0) return [];
    const ticket = ticketOf(this.#guard, config, this.#identity);
    const tools = (call: ToolCall): ClientTool | "unknown" => toolOf(call) ?? "unknown";
    const { messages } = await openTurn(this.#guard, ticket, hopeless, tools);
    return messages;
  }
}

function messagesOf(input: unknown): readonly BaseMessage[] | undefined {
  const messages: unknown =
    typeof input === "object" && input !== null && "messages" in input ? input.messages : input;
  if (sentCall(input) !== undefined || !Array.isArray(messages)) return undefined;
  return messages.every(isBaseMessage) ? messages : undefined;
}

/** The one call of a `Send` to this node. */
function sentCall(input: unknown): ToolCall | undefined {
  if (typeof input !== "object" || input === null || !("lg_tool_call" in input)) return undefined;
  return input.lg_tool_call as ToolCall; // the framework's own form of a single call
}
