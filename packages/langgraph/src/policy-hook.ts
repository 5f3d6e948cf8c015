import type { BaseMessage } from "@langchain/core/messages";
import type { ToolCall } from "@langchain/core/messages/tool";
import type { ClientTool, ServerTool } from "@langchain/core/tools";
import type { Guard } from "@interlatch/core";
import {
  checkGiven,
  isClientTool,
  openCalls,
  reviewTurn,
  ticketOf,
  type IdentityOptions,
  type OpenedTurn,
  type ReviewOptions,
  type ReviewRun,
} from "@interlatch/langchain";

/** A graph's state with messages, or the messages alone. */
export type MessagesState = { readonly messages: readonly BaseMessage[] } | readonly BaseMessage[];

/** Options of {@link policyHook}. */
export interface PolicyHookOptions extends IdentityOptions, ReviewOptions {
  /**
   * The tools of the graph: arguments are read with their schemas. Left out, they are judged as the model wrote them,
   * and an approval does not fit a call in which a schema has changed anything.
   */
  readonly tools?: readonly (ClientTool | ServerTool)[];
}

/**
 * Judges the model's last turn as a gate's policy node does, for authors who keep a node of their own, for the
 * `postModelHook` of `createReactAgent`, and for the functional API. Denied calls are recorded; the others are decided
 * again, reserved and recorded when their guarded tool runs, so guard the tools too. Calls that need a review stop the
 * run in one interrupt; see {@link ReviewOptions}. Throws `ERR_OPTIONS` for what is no guard, and for options that mean
 * nothing.
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
  { tools, ...options }: PolicyHookOptions = {},
): (state: MessagesState, run?: ReviewRun) => Promise<OpenedTurn> {
  checkGiven("policyHook", guard, options);
  const byName = new Map(
    (tools ?? []).filter(isClientTool).map((tool) => [tool.name, tool] as const),
  );
  return async (state, run) => {
    const calls = openCalls("messages" in state ? state.messages : state);
    const ticket = ticketOf(guard, run, options);
    const toolOf = ({ name }: ToolCall): ClientTool | "unknown" => byName.get(name) ?? "unknown";
    return reviewTurn(guard, ticket, calls, toolOf, run, options);
  };
}
