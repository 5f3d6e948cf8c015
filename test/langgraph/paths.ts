import type { AIMessage, BaseMessage } from "@langchain/core/messages";
import type { ToolCall } from "@langchain/core/messages/tool";
import {
  END,
  MessagesAnnotation,
  Send,
  START,
  StateGraph,
  type LangGraphRunnableConfig,
} from "@langchain/langgraph";
import { createReactAgent } from "@langchain/langgraph/prebuilt";
import { policyMiddleware } from "@interlatch/langchain";
import { guardGraph, policyHook } from "@interlatch/langgraph";
import { createAgent } from "langchain";
import { FRAMEWORKS, type Framework, type Runnable } from "../review/apps.ts";
import { flowOf } from "./flow.ts";

/** One way in which LangGraph comes to run a tool. */
export interface Path {
  readonly name: string;
  /** Where a call that needs a review waits: the run stops and asks, or the call waits where it would run. */
  readonly reviews: "run" | "tool";
  /** Whether each call is a task of its own, so that a turn's siblings do not know of each other. */
  readonly alone?: boolean;
  /** Whether the author's own code calls the tools, and does what it likes with their errors and commands. */
  readonly byHand?: boolean;
  readonly make: Framework;
}

type State = typeof MessagesAnnotation.State;

const [[, policyNode], [, middleware]] = FRAMEWORKS as readonly [
  (typeof FRAMEWORKS)[number],
  (typeof FRAMEWORKS)[number],
];

/** Every way in which LangGraph comes to run a tool, each with the guard where its author would put it. */
export const PATHS: readonly Path[] = [
  { name: "a graph with a policy node", reviews: "run", make: policyNode },
  { name: "an agent with the middleware", reviews: "run", make: middleware },
  {
    name: "an agent with the middleware, v1",
    reviews: "run",
    make: ({ guard, model, tools, checkpointer, options }) =>
      // The same members, with types of its own state.
      createAgent({
        model,
        tools,
        middleware: [policyMiddleware(guard, options)],
        version: "v1",
        ...saved(checkpointer),
      }) as unknown as Runnable,
  },
  { name: "a subgraph", reviews: "run", make: within("node", policyNode) },
  {
    name: "a subgraph of a subgraph",
    reviews: "run",
    make: within("node", within("node", policyNode)),
  },
  { name: "a graph that a node invokes", reviews: "run", make: within("call", policyNode) },
  {
    name: "an agent in a subgraph",
    reviews: "run",
    make: within("call", within("node", middleware)),
  },
  ...(["v1", "v2"] as const).map((version): Path => ({
    name: `createReactAgent ${version} with a hook after the model`,
    reviews: "run",
    alone: version === "v2",
    make: ({ guard, model, tools: raw, checkpointer, options }) => {
      const { tools } = guardGraph(guard, raw);
      const judge = policyHook(guard, { tools, ...options });
      return createReactAgent({
        llm: model,
        tools,
        version,
        postModelHook: async (state: State, run: LangGraphRunnableConfig) => {
          const { messages } = await judge(state, run);
          return { messages };
        },
        ...saved(checkpointer),
      }) as unknown as Runnable; // as above
    },
  })),
  {
    name: "tasks of the functional API behind the hook",
    reviews: "run",
    alone: true,
    byHand: true,
    make: ({ guard, model, tools: raw, checkpointer, options }) => {
      const { tools, toolNode } = guardGraph(guard, raw);
      const judge = policyHook(guard, { tools, ...options });
      const act = async (lg_tool_call: ToolCall): Promise<BaseMessage[]> => {
        const { messages } = (await toolNode.invoke({ lg_tool_call })) as State; // the node's own form
        return messages;
      };
      return flowOf({ model, checkpointer, judge, act });
    },
  },
  {
    name: "a tools node alone",
    reviews: "tool",
    make: ({ guard, model, tools, checkpointer, options }) => {
      const gate = guardGraph(guard, tools, options);
      return new StateGraph(MessagesAnnotation)
        .addNode("agent", async ({ messages }) => ({ messages: [await model.invoke(messages)] }))
        .addNode("tools", gate.toolNode)
        .addEdge(START, "agent")
        .addConditionalEdges("agent", gate.route("tools"), ["tools", END])
        .addEdge("tools", "agent")
        .compile(saved(checkpointer)) as unknown as Runnable; // as above
    },
  },
  {
    name: "a Send for each call",
    reviews: "tool",
    alone: true,
    make: ({ guard, model, tools, checkpointer, options }) => {
      const gate = guardGraph(guard, tools, options);
      const sends = ({ messages }: State) => {
        const calls = (messages.at(-1) as AIMessage).tool_calls ?? []; // the agent has just written it
        return calls.length === 0
          ? END
          : calls.map((lg_tool_call) => new Send("tools", { lg_tool_call }));
      };
      return new StateGraph(MessagesAnnotation)
        .addNode("agent", async ({ messages }) => ({ messages: [await model.invoke(messages)] }))
        .addNode("tools", gate.toolNode)
        .addEdge(START, "agent")
        .addConditionalEdges("agent", sends, ["tools", END])
        .addEdge("tools", "agent")
        .compile(saved(checkpointer)) as unknown as Runnable; // as above
    },
  },
  ...(["v1", "v2"] as const).flatMap((version) => [
    reactAgent(version, "tools"),
    reactAgent(version, "toolNode"),
  ]),
  {
    name: "tasks of the functional API",
    reviews: "tool",
    alone: true,
    byHand: true,
    make: ({ guard, model, tools: raw, checkpointer, options }) => {
      const { tools } = guardGraph(guard, raw, options);
      const act = async (one: ToolCall): Promise<BaseMessage[]> => {
        const tool = tools.find(({ name }) => name === one.name);
        return tool === undefined ? [] : [(await tool.invoke(one)) as BaseMessage]; // a call gives one
      };
      return flowOf({ model, checkpointer, act });
    },
  },
];

/** Those on which a run can stop and ask. */
export const ASKING_PATHS: readonly Path[] = PATHS.filter(({ reviews }) => reviews === "run");

function reactAgent(version: "v1" | "v2", form: "tools" | "toolNode"): Path {
  return {
    name: `createReactAgent ${version} over ${form === "tools" ? "guarded tools" : "the guarded node"}`,
    reviews: "tool",
    alone: version === "v2",
    make: ({ guard, model, tools, checkpointer, options }) =>
      createReactAgent({
        llm: model,
        tools: guardGraph(guard, tools, options)[form],
        version,
        ...saved(checkpointer),
      }) as unknown as Runnable, // as above
  };
}

/** A framework's app as a node of another graph, or invoked by one. The checkpointer is the outer graph's. */
function within(how: "node" | "call", framework: Framework): Framework {
  return (parts) => {
    const inner = framework({ ...parts, checkpointer: undefined });
    const node =
      how === "node" ? graphOf(inner) : (state: State, run: object) => inner.invoke(state, run);
    return new StateGraph(MessagesAnnotation)
      .addNode("clerk", node as never) // a graph of the same state, or a function of it
      .addEdge(START, "clerk")
      .compile(saved(parts.checkpointer)) as unknown as Runnable; // as above
  };
}

/** What can be a node: a compiled graph, or the one inside an agent. */
function graphOf(app: Runnable): object {
  return app.graph ?? app;
}

function saved<Saver>(checkpointer: Saver | undefined): { checkpointer?: Saver } {
  return checkpointer === undefined ? {} : { checkpointer };
}
