import type { AdapterUnderTest } from "@interlatch/conformance";
import { isInterlatchError } from "@interlatch/core";
import { guardTools } from "@interlatch/langchain";
import { guardGraph } from "@interlatch/langgraph";
import { ToolMessage, type AIMessage, type BaseMessage } from "@langchain/core/messages";
import { END, entrypoint, MessagesAnnotation, START, StateGraph, task } from "@langchain/langgraph";
import { createReactAgent } from "@langchain/langgraph/prebuilt";
import {
  ALTERED_BY_SEND,
  converse,
  interrupting,
  type App,
  type Parts,
} from "./langchain-parts.ts";

type State = typeof MessagesAnnotation.State;

/** A graph with a policy node and a guarded tools node. */
function policyGraph({ conversation, model, tools, checkpointer, options }: Parts): App {
  const gate = guardGraph(conversation.guard, tools, options);
  const { places = [] } = conversation;
  const agent = async ({ messages }: State): Promise<Partial<State>> => ({
    messages: [await model.invoke(messages)],
  });
  const visit = (place: string) => async (): Promise<Partial<State>> => {
    conversation.visit?.(place);
    return {};
  };
  return new StateGraph(MessagesAnnotation)
    .addNode({ agent, ...Object.fromEntries(places.map((place) => [place, visit(place)])) })
    .addNode("policy", gate.policyNode({ tools: "tools", back: "agent", routes: places }), {
      ends: ["tools", "agent", ...places],
    })
    .addNode("tools", gate.toolNode)
    .addEdge(START, "agent")
    .addConditionalEdges("agent", gate.route("policy"), ["policy", END])
    .addEdge("tools", "agent")
    .compile(checkpointer === undefined ? {} : { checkpointer }) as unknown as App; // of its own state
}

/** The same tools without the policy node: what a run that goes round it meets. */
function toolsGraph({ conversation, model, tools }: Parts): Pick<App, "invoke"> {
  const gate = guardGraph(conversation.guard, tools);
  return new StateGraph(MessagesAnnotation)
    .addNode("agent", async ({ messages }) => ({ messages: [await model.invoke(messages)] }))
    .addNode("tools", gate.toolNode)
    .addEdge(START, "agent")
    .addConditionalEdges("agent", gate.route("tools"), ["tools", END])
    .addEdge("tools", "agent")
    .compile() as unknown as App; // of its own state
}

const reactAgent =
  (version: "v1" | "v2") =>
  ({ conversation, model, tools }: Parts): Pick<App, "invoke"> =>
    createReactAgent({
      llm: model,
      tools: guardTools(tools, conversation.guard),
      version,
    }) as unknown as App; // of its own state

/** An agent without a graph: a loop, each call of a tool a task. */
function flow({ conversation, model, tools }: Parts): Pick<App, "invoke"> {
  const guarded = guardTools(tools, conversation.guard);
  const callTool = task("tool", async (call: NonNullable<AIMessage["tool_calls"]>[number]) => {
    const tool = guarded.find(({ name }) => name === call.name);
    try {
      return (await tool?.invoke(call)) as BaseMessage | undefined; // a call is answered by a message
    } catch (error) {
      if (isInterlatchError(error) && error.code === "ERR_DENIED") throw error;
      // What becomes of a tool's own error is its author's to say in a loop of one's own.
      return new ToolMessage({ content: String(error), tool_call_id: call.id ?? "" });
    }
  });
  const ask = task("model", (messages: BaseMessage[]) => model.invoke(messages));
  return entrypoint("agent", async ({ messages }: { messages: BaseMessage[] }) => {
    const said = await ask(messages);
    const heard = await Promise.all((said.tool_calls ?? []).map((call) => callTool(call)));
    const answers = heard.filter((one) => one !== undefined);
    return {
      messages: [...messages, said, ...answers, await ask([...messages, said, ...answers])],
    };
  });
}

export const langGraph: AdapterUnderTest = {
  name: "LangGraph",
  routes: true,
  converse: (conversation) => converse(policyGraph, conversation),
  ...interrupting(policyGraph),
};

export const langGraphToolsOnly: AdapterUnderTest = {
  name: "LangGraph, tools node alone",
  converse: (conversation) => converse(toolsGraph, conversation),
  catches: true,
};

export const reactAgentV1: AdapterUnderTest = {
  name: "LangGraph, createReactAgent v1",
  converse: (conversation) => converse(reactAgent("v1"), conversation),
  catches: true,
};

export const reactAgentV2: AdapterUnderTest = {
  name: "LangGraph, createReactAgent v2",
  converse: (conversation) => converse(reactAgent("v2"), conversation),
  catches: true,
  altered: ALTERED_BY_SEND,
};

export const functional: AdapterUnderTest = {
  name: "LangGraph, functional API",
  converse: (conversation) => converse(flow, conversation),
};
