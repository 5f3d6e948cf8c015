import { AIMessage, type BaseMessage, type ToolMessage } from "@langchain/core/messages";
import type { ToolCall } from "@langchain/core/messages/tool";
import type { ClientTool, ServerTool } from "@langchain/core/tools";
import { Command, END } from "@langchain/langgraph";
import type { CoverageEntry, Guard } from "@interlatch/core";
import {
  checkGiven,
  coverage,
  guardTools,
  isClientTool,
  isOver,
  openCalls,
  type OpenedTurn,
  reviewTurn,
  ticketOf,
  type IdentityOptions,
  type ReviewOptions,
  type ReviewRun,
  type RunContext,
  visibleTools,
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
export interface PolicyTargets<
  Tools extends string,
  Back extends string,
  Route extends string = never,
> {
  /** The node that runs the calls that are left. */
  readonly tools: Tools;
  /** The node that hears of the denials when nothing is left to run. */
  readonly back: Back;
  /**
   * The nodes that a policy may send the run to, by `fallback: { route: … }`. The denied call is answered with its words,
   * and the run goes on at the node, and at `tools` as well where calls are left: both then follow their own edges. A
   * route that is not among these is a message. Left out: all are.
   */
  readonly routes?: readonly Route[];
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
   * those that need it in one interrupt. A call in place of which a lesser tool may run is left to {@link toolNode},
   * where that one is in use. Where a call was denied as often as `maxRepeatedDenials` and nothing is left to run, the
   * run ends.
   */
  policyNode<ToolsNode extends string, BackNode extends string, Route extends string = never>(
    targets: PolicyTargets<ToolsNode, BackNode, Route>,
  ): (
    state: State,
    run?: ReviewRun,
  ) => Promise<Command<unknown, Update, ToolsNode | BackNode | Route>>;
  /** For the edges out of the agent: to the policy node where there are calls, else the end. */
  route<Policy extends string>(policy: Policy): (state: State) => Policy | typeof END;
  /**
   * For the edges out of the tools node of a guard with `maxRepeatedDenials`: to the agent, or to the end where a call
   * was denied as often beside others that ran.
   */
  next<Agent extends string>(agent: Agent): (state: State) => Agent | typeof END;
  /**
   * The tools to bind to the model in this step: those that the agent of this run could ever be allowed. Guarded
   * already, and the words of discovered ones cleaned; see `visibleTools` of `@interlatch/langchain`. Not a gate.
   *
   * @param run - the config that the node was called with
   */
  visible(run?: RunContext): Tools[number][];
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
 * Throws `ERR_OPTIONS` for what is no guard, and for options that mean nothing.
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
  checkGiven("guardGraph", guard, options);
  const { ticket, identify } = options;
  const identity: IdentityOptions = {
    ...(ticket === undefined ? {} : { ticket }),
    ...(identify === undefined ? {} : { identify }),
  };
  const guarded = guardTools(tools, guard, identity);
  const all: readonly (ClientTool | ServerTool)[] = guarded;
  const byName = new Map(all.filter(isClientTool).map((tool) => [tool.name, tool] as const));
  const toolOf = ({ name }: ToolCall): ClientTool | "unknown" => byName.get(name) ?? "unknown";
  const toolNode = new GuardedToolNode(guard, all.filter(isClientTool), {
    name: "tools",
    handleToolErrors,
    identity,
  });
  // A denied call that is left for its lesser tool would run where the tools of the graph are not guarded. So nothing
  // is left before the guarded node was asked for.
  const left: { leave?: "tool" } = {};
  return {
    tools: guarded,
    get toolNode() {
      left.leave = "tool";
      return toolNode;
    },
    policyNode: (targets) => async (state, run) => {
      const calls = openCalls(state.messages);
      const who = ticketOf(guard, run, identity);
      const turn = await reviewTurn(guard, who, calls, toolOf, run, options, left);
      return new Command({
        goto: [...destinations(turn, targets)],
        update: { messages: turn.messages },
      });
    },
    route: (policy) => (state) => (hasCalls(state) ? policy : END),
    next: (agent) => (state) => (isOver(state.messages) ? END : agent),
    visible: (run) => visibleTools<Tools[number]>(guard, guarded, run, identity),
    coverage: () => coverage(guarded, guard),
  };
}

/** Where a judged turn goes on. */
function destinations<Tools extends string, Back extends string, Route extends string>(
  { remaining, denials }: OpenedTurn,
  { tools, back, routes = [] }: PolicyTargets<Tools, Back, Route>,
): readonly (Tools | Back | Route)[] {
  if (remaining.length === 0 && denials.some(({ end }) => end === true)) return [];
  const wanted = new Set(denials.map((denial) => (denial.kind === "route" ? denial.route : null)));
  const found = routes.filter((route) => wanted.has(route));
  if (remaining.length > 0) return [tools, ...found];
  return found.length > 0 ? found : [back];
}

function hasCalls({ messages }: State): boolean {
  const last = messages.at(-1);
  return AIMessage.isInstance(last) && (last.tool_calls?.length ?? 0) > 0;
}
