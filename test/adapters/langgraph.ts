import type { AdapterUnderTest } from "@interlatch/conformance";
import { guardGraph } from "@interlatch/langgraph";
import { HumanMessage } from "@langchain/core/messages";
import { END, MessagesAnnotation, START, StateGraph } from "@langchain/langgraph";
import { answersSeen, callsOf, toolsOf } from "./langchain-parts.ts";
import { ScriptedModel } from "../scripted-model.ts";

/** A graph with a policy node and a guarded tools node. */
export const langGraph: AdapterUnderTest = {
  name: "LangGraph",
  async converse({ guard, ticket, tools, calls }) {
    const gate = guardGraph(guard, toolsOf(tools));
    const model = new ScriptedModel([callsOf(calls)]);
    const graph = new StateGraph(MessagesAnnotation)
      .addNode("agent", async ({ messages }) => ({ messages: [await model.invoke(messages)] }))
      .addNode("policy", gate.policyNode({ tools: "tools", back: "agent" }), {
        ends: ["tools", "agent"],
      })
      .addNode("tools", gate.toolNode)
      .addEdge(START, "agent")
      .addConditionalEdges("agent", gate.route("policy"), ["policy", END])
      .addEdge("tools", "agent")
      .compile();
    await graph.invoke(
      { messages: [new HumanMessage("go")] },
      { configurable: { interlatch: ticket } },
    );
    return answersSeen(model.memory);
  },
};

/** The same tools without the policy node: what a run that goes round it meets. */
export const langGraphToolsOnly: AdapterUnderTest = {
  name: "LangGraph, tools node alone",
  async converse({ guard, ticket, tools, calls }) {
    const gate = guardGraph(guard, toolsOf(tools));
    const model = new ScriptedModel([callsOf(calls)]);
    const graph = new StateGraph(MessagesAnnotation)
      .addNode("agent", async ({ messages }) => ({ messages: [await model.invoke(messages)] }))
      .addNode("tools", gate.toolNode)
      .addEdge(START, "agent")
      .addConditionalEdges("agent", gate.route("tools"), ["tools", END])
      .addEdge("tools", "agent")
      .compile();
    await graph.invoke(
      { messages: [new HumanMessage("go")] },
      { configurable: { interlatch: ticket } },
    );
    return answersSeen(model.memory);
  },
};
