import { AIMessage, type BaseMessage, type ToolMessage } from "@langchain/core/messages";
import type { ToolCall } from "@langchain/core/messages/tool";
import type { ClientTool, ServerTool } from "@langchain/core/tools";
import { Command, END } from "@langchain/langgraph";
import type { CoverageEntry, Guard } from "@interlatch/core";
import {
  coverage,
  guardTools,
  isClientTool,
  openCalls,
  reviewTurn,
  ticketOf,
  type IdentityOptions,
  type ReviewOptions,
  type ReviewRun,
} from "@interlatch/langchain";
import { GuardedToolNode } from "./tool-node.ts";

/** Options of {@link guardGraph}. */
export interface GuardGraphOptions extends IdentityOptions, ReviewOptions {
  /**
   * Whether a tool that throws gives an error message, so that the run goes on. Default `true`, as in
   * LangGraph's own tool node.
   */
  readonly handleToolErrors?: boolean;
}

/** Where the policy node sends the run. */
export interface PolicyTargets<Tools extends string, Back extends string> {
  /** The node that runs the calls that are left. */
  readonly tools: Tools;
  /** The node that hears of the denials when nothing is left to run. */
  readonly back: Back;
}

type State = { readonly messages: readonly BaseMessage[] };
type Update = { messages: ToolMessage[] };

/** The pieces of a guarded graph. */
export interface GraphGate<Tools extends readonly (ClientTool | ServerTool)[]> {
  /** The same tools, guarded: bind these to the model. */
  readonly tools: Tools;
  /** Runs the calls of the last model message, each through the guard, however the run came here. */
  readonly toolNode: GuardedToolNode;
  /**
   * A node that judges the whole turn before any of it runs, answers the calls that are denied, and asks people about
   * those that need it in one interrupt.
   */
  policyNode<ToolsNode extends string, BackNode extends string>(
    targets: PolicyTargets<ToolsNode, BackNode>,
  ): (state: State, run?: ReviewRun) => Promise<Command<unknown, Update, ToolsNode | BackNode>>;
  /** For the edges out of the agent: to the policy node where there are calls, else the end. */
  route<Policy extends string>(policy: Policy): (state: State) => Policy | typeof END;
  /** Every tool, whether it is enforced, and why not. */
  coverage(): readonly CoverageEntry[];
}

/**
 * What a graph needs to have every tool call decided: guarded tools, a node that runs them, a node that judges
 * the model's turn before it, and the route between. The policy node is for whole turns and good answers; it is
 * the tools that enforce, so that a run which reaches them past the node meets the guard all the same.
 *
 * Calls that need a review stop the run in one interrupt; see {@link ReviewOptions}. That takes a checkpointer, and a
 * ticket that names a session.
 *
 * @example
 * ```ts
 * import { END, MessagesAnnotation, START, StateGraph } from "@langchain/langgraph";
 * import type { DynamicStructuredTool } from "@langchain/core/tools";
 * import { guardGraph } from "@interlatch/langgraph";
 * import type { Guard } from "@interlatch/core";
 * declare const guard: Guard;
 * declare const searchOrders: DynamicStructuredTool;
 * declare const callModel: (state: typeof MessagesAnnotation.State) => Promise<typeof MessagesAnnotation.Update>;
 * const gate = guardGraph(guard, [searchOrders]);
 * const graph = new StateGraph(MessagesAnnotation)
 *   .addNode("agent", callModel)
 *   .addNode("policy", gate.policyNode({ tools: "tools", back: "agent" }), { ends: ["tools", "agent"] })
 *   .addNode("tools", gate.toolNode)
 *   .addEdge(START, "agent")
 *   .addConditionalEdges("agent", gate.route("policy"), ["policy", END])
 *   .addEdge("tools", "agent")
 *   .compile();
 * ```
 */
export function guardGraph<Tools extends readonly (ClientTool | ServerTool)[] | []>(
  guard: Guard,
  tools: Tools,
  { handleToolErrors = true, ...options }: GuardGraphOptions = {},
): GraphGate<Tools> {
  const { ticket, identify } = options;
  const identity: IdentityOptions = {
    ...(ticket === undefined ? {} : { ticket }),
    ...(identify === undefined ? {} : { identify }),
  };
  const guarded = guardTools(tools, guard, identity);
  const all: readonly (ClientTool | ServerTool)[] = guarded;
  const byName = new Map(all.filter(isClientTool).map((tool) => [tool.name, tool] as const));
  const toolOf = ({ name }: ToolCall): ClientTool | "unknown" => byName.get(name) ?? "unknown";
  return {
    tools: guarded,
    toolNode: new GuardedToolNode(guard, all.filter(isClientTool), {
      name: "tools",
      handleToolErrors,
      identity,
    }),
    policyNode: (targets) => async (state, run) => {
      const calls = openCalls(state.messages);
      const who = ticketOf(guard, run, identity);
      const { messages, remaining } = await reviewTurn(guard, who, calls, toolOf, run, options);
      const goto = remaining.length > 0 ? targets.tools : targets.back;
      return new Command({ goto, update: { messages } });
    },
    route: (policy) => (state) => (hasCalls(state) ? policy : END),
    coverage: () => coverage(guarded, guard),
  };
}

function hasCalls({ messages }: State): boolean {
  const last = messages.at(-1);
  return AIMessage.isInstance(last) && (last.tool_calls?.length ?? 0) > 0;
}
