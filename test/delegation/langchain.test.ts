import { HumanMessage } from "@langchain/core/messages";
import { tool, type ToolRunnableConfig } from "@langchain/core/tools";
import { testGuard, type TestGuard } from "@interlatch/core/testing";
import { policyMiddleware } from "@interlatch/langchain";
import { createAgent } from "langchain";
import { describe, expect } from "vitest";
import { z } from "zod";
import { call, ScriptedModel } from "../scripted-model.ts";
import { verifies } from "../verifies.ts";
import { decided, deskTicket, HELPER, POLICY, TOOLS } from "./policy.ts";

const HELLO = { messages: [new HumanMessage("hello")] };

/** An agent of the desk, one tool of which is another agent; `config` is what that tool gives the other one. */
function deskAgent(
  guard: TestGuard,
  ran: string[],
  config: (run: ToolRunnableConfig) => object | undefined,
) {
  const middleware = [policyMiddleware(guard)];
  const tools = TOOLS.map((name) =>
    tool(
      () => {
        ran.push(name);
        return `${name} ran`;
      },
      { name, schema: z.object({}) },
    ),
  );
  const asked = TOOLS.map((name, index) => call(name, {}, `h${index}`));
  const helper = createAgent({ model: new ScriptedModel([asked, "helped"]), tools, middleware });
  const askHelper = tool(
    async (_input, run: ToolRunnableConfig) => {
      const { messages } = await helper.invoke(HELLO, config(run));
      return String(messages.at(-1)?.content);
    },
    { name: "ask_helper", schema: z.object({}) },
  );
  const model = new ScriptedModel([[call("ask_helper", {}, "d1")], "done"]);
  return createAgent({ model, tools: [askHelper], middleware });
}

describe("an agent that is a tool of another one", () => {
  verifies("delegation.langchain.agent-tool", "may what both of them may", async () => {
    const guard = await testGuard(POLICY);
    const ran: string[] = [];
    const agent = deskAgent(guard, ran, ({ configurable }) => ({
      configurable: { interlatch: guard.delegate(configurable?.["interlatch"], HELPER) },
    }));
    const { messages } = await agent.invoke(HELLO, {
      configurable: { interlatch: deskTicket(guard) },
    });
    expect(decided(guard)).toEqual([
      "helper for desk: pay deny because of desk",
      "helper for desk: purge deny",
      "helper for desk: look allow",
    ]);
    expect(ran).toEqual(["look"]);
    expect(messages.at(-1)?.content).toBe("done");
  });

  verifies("delegation.langchain.agent-tool", "without a word runs as its caller", async () => {
    const guard = await testGuard(POLICY);
    const ran: string[] = [];
    const agent = deskAgent(guard, ran, () => undefined);
    await agent.invoke(HELLO, { configurable: { interlatch: deskTicket(guard) } });
    expect(decided(guard)).toEqual(["desk: pay deny", "desk: look allow", "desk: purge allow"]);
    expect(ran).toEqual(["look", "purge"]);
  });
});
