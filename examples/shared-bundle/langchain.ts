import { policyMiddleware } from "@interlatch/langchain";
import { HumanMessage } from "@langchain/core/messages";
import { createAgent, tool } from "langchain";
import { z } from "zod";
import type { Framework } from "./framework.ts";
import { ScriptedModel } from "./scripted-model.ts";
import { DESCRIPTION } from "./tools.ts";

/** LangChain's `createAgent` with one middleware. */
export const langChain: Framework = {
  name: "LangChain",
  async run(guard, ticket, call, box) {
    const model = new ScriptedModel(call);
    const tools = Object.entries(box.tools).map(([name, execute]) =>
      tool(execute, { name, description: DESCRIPTION, schema: z.looseObject({}) }),
    );
    const agent = createAgent({ model, tools, middleware: [policyMiddleware(guard)] });
    await agent.invoke(
      { messages: [new HumanMessage("Go.")] },
      { configurable: { interlatch: ticket } },
    );
    return model.answer;
  },
};
