import type { BaseMessage } from "@langchain/core/messages";
import type { ClientTool, ServerTool } from "@langchain/core/tools";
import type { Guard } from "@interlatch/core";
import {
  isClientTool,
  openCalls,
  openTurn,
  ticketOf,
  type IdentityOptions,
  type OpenedTurn,
  type RunContext,
} from "@interlatch/langchain";

/** A graph's state with messages, or the messages alone. */
export type MessagesState = { readonly messages: readonly BaseMessage[] } | readonly BaseMessage[];

/** Options of {@link policyHook}. */
export interface PolicyHookOptions extends IdentityOptions {
  /** The tools of the graph: arguments are read with their schemas. Left out, they are judged as the model wrote them. */
  readonly tools?: readonly (ClientTool | ServerTool)[];
}

/**
 * Judges the model's last turn, for authors who keep a policy node of their own. Denied calls are recorded; the
 * others are decided again, reserved and recorded when their guarded tool runs, so guard the tools too. It asks
 * nobody: a call that needs a review waits at its tool, for the guard's `onReview` or `reviewTimeout`.
 *
 * @example
 * ```ts
 * import { Command, type MessagesAnnotation } from "@langchain/langgraph";
 * import type { LangGraphRunnableConfig } from "@langchain/langgraph";
 * import { policyHook } from "@interlatch/langgraph";
 * import type { Guard } from "@interlatch/core";
 * declare const guard: Guard;
 * const judge = policyHook(guard);
 * const policy = async (state: typeof MessagesAnnotation.State, config: LangGraphRunnableConfig) => {
 *   const { messages, remaining } = await judge(state, config);
 *   return new Command({ update: { messages }, goto: remaining.length > 0 ? "tools" : "agent" });
 * };
 * ```
 */
export function policyHook(
  guard: Guard,
  { tools, ...identity }: PolicyHookOptions = {},
): (state: MessagesState, run?: RunContext) => Promise<OpenedTurn> {
  const byName = new Map(
    (tools ?? []).filter(isClientTool).map((tool) => [tool.name, tool] as const),
  );
  return async (state, run) => {
    const calls = openCalls("messages" in state ? state.messages : state);
    const ticket = ticketOf(guard, run, identity);
    return openTurn(guard, ticket, calls, ({ name }) => byName.get(name) ?? "unknown");
  };
}
