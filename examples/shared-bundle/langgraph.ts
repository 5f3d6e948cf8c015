import { guardGraph } from "@interlatch/langgraph";
import { HumanMessage } from "@langchain/core/messages";
import { tool } from "@langchain/core/tools";
import { END, MessagesAnnotation, START, StateGraph } from "@langchain/langgraph";
import { z } from "zod";
import type { Framework } from "./framework.ts";
import { ScriptedModel } from "./scripted-model.ts";
import { DESCRIPTION } from "./tools.ts";

/** A LangGraph with a policy node before its tools node. */
export const langGraph: Framework = {
  name: "LangGraph",
  async run(guard, ticket, call, box) {
    const model = new ScriptedModel(call);
    const tools = Object.entries(box.tools).map(([name, execute]) =>
      tool(execute, { name, description: DESCRIPTION, schema: z.looseObject({}) }),
    );
    const gate = guardGraph(guard, tools);
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
      { messages: [new HumanMessage("Go.")] },
      { configurable: { interlatch: ticket } },
    );
    return model.answer;
  },
};
