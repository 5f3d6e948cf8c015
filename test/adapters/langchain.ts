import type { AdapterUnderTest } from "@interlatch/conformance";
import { guardTools, policyMiddleware } from "@interlatch/langchain";
import { HumanMessage } from "@langchain/core/messages";
import { createAgent } from "langchain";
import { ScriptedModel } from "../scripted-model.ts";
import { answersSeen, callsOf, toolsOf } from "./langchain-parts.ts";

/** `createAgent` with the middleware. */
export const langChain: AdapterUnderTest = {
  name: "LangChain, createAgent with middleware",
  async converse({ guard, ticket, tools, calls }) {
    const model = new ScriptedModel([callsOf(calls)]);
    const agent = createAgent({
      model,
      tools: toolsOf(tools),
      middleware: [policyMiddleware(guard)],
    });
    await agent.invoke(
      { messages: [new HumanMessage("go")] },
      { configurable: { interlatch: ticket } },
    );
    return answersSeen(model.memory);
  },
};

/** `createAgent` over guarded tools, with the middleware: one decision a call. */
export const langChainBoth: AdapterUnderTest = {
  name: "LangChain, middleware over guarded tools",
  async converse({ guard, ticket, tools, calls }) {
    const model = new ScriptedModel([callsOf(calls)]);
    const guarded = guardTools(toolsOf(tools), guard);
    const agent = createAgent({ model, tools: guarded, middleware: [policyMiddleware(guard)] });
    await agent.invoke(
      { messages: [new HumanMessage("go")] },
      { configurable: { interlatch: ticket } },
    );
    return answersSeen(model.memory);
  },
};
