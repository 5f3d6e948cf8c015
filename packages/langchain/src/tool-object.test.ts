import { AIMessage, HumanMessage, ToolMessage } from "@langchain/core/messages";
import { RunnableLambda } from "@langchain/core/runnables";
import { AsyncLocalStorageProviderSingleton } from "@langchain/core/singletons";
import { StructuredTool, tool } from "@langchain/core/tools";
import { MessagesAnnotation, START, StateGraph } from "@langchain/langgraph";
import { ToolNode } from "@langchain/langgraph/prebuilt";
import { testGuard } from "@interlatch/core/testing";
import { createAgent } from "langchain";
import { expect } from "vitest";
import { z } from "zod";
import { call, ScriptedModel } from "../../../test/scripted-model.ts";
import { FIVE_TOOLS } from "../../../test/tool-policy.ts";
import { verifies } from "../../../test/verifies.ts";
import { denialOf, guardTool, guardTools, policyMiddleware } from "./index.ts";

const schema = z.looseObject({});

async function start() {
  const guard = await testGuard(FIVE_TOOLS);
  return { guard, run: { configurable: { interlatch: guard.ticket(), thread_id: "t1" } } };
}

verifies("lc.31", "the run's config reaches the tool, and what the tool calls", async () => {
  const { guard, run } = await start();
  const seen: unknown[] = [];
  const inner = RunnableLambda.from(() => {
    const { configurable, tags } = AsyncLocalStorageProviderSingleton.getRunnableConfig();
    return `${seen.push(configurable.thread_id, tags)}`;
  });
  const look = guardTool(
    tool(
      async () => {
        const { configurable } = AsyncLocalStorageProviderSingleton.getRunnableConfig();
        seen.push(configurable.thread_id);
        return inner.invoke({}); // is handed no config
      },
      { name: "look", schema },
    ),
    guard,
  );
  const graph = new StateGraph(MessagesAnnotation)
    .addNode("tools", new ToolNode([look]))
    .addEdge(START, "tools")
    .compile();
  const asked = new AIMessage({ content: "", tool_calls: [call("look", {}, "c1")] });
  await graph.invoke({ messages: [asked] }, { ...run, tags: ["nightly"] });
  expect(seen).toEqual(["t1", "t1", expect.arrayContaining(["nightly"])]);
});

verifies(
  "lc.32",
  "one guarded tool in a tools node and in an agent with the middleware leaves one decision and one record a call",
  async () => {
    const { guard, run } = await start();
    const tools = guardTools(
      ["look", "refund"].map((name) => tool(() => "ok", { name, schema })),
      guard,
    );
    const turn = [call("look", {}, "c1"), call("refund", {}, "c2")];
    const agent = createAgent({
      model: new ScriptedModel([turn]),
      tools,
      middleware: [policyMiddleware(guard)],
    });
    const turns = { messages: [new HumanMessage("go")] };
    await agent.invoke(turns, { configurable: { interlatch: guard.ticket({ session: "agent" }) } });
    const node = new ToolNode(tools);
    await node.invoke({ messages: [new AIMessage({ content: "", tool_calls: turn })] }, run);

    const records = guard.audit.records.filter((one) => one.type === "call");
    expect(guard.decisions).toHaveLength(4);
    expect(records.map((one) => `${one.session} ${one.tool}`).toSorted()).toEqual(
      expect.arrayContaining(["agent look", "agent refund"]),
    );
    expect(records).toHaveLength(4);
  },
);

verifies("lc.33", "a frozen tool is guarded, and stays frozen", async () => {
  const { guard, run } = await start();
  class Own extends StructuredTool {
    override name = "refund";
    description = "";
    schema = schema;
    override async invoke(_input: unknown, _config?: unknown): Promise<never> {
      return "went round" as never; // whatever it likes
    }
    protected async _call(): Promise<string> {
      return "went round";
    }
  }
  const runnable = RunnableLambda.from(() => "went round");
  const frozen = [
    tool(() => "went round", { name: "refund", schema }),
    new Own(),
    runnable.asTool({ name: "refund", schema }),
  ].map((one) => Object.freeze(one) as Own);
  for (const original of frozen) {
    const guarded = guardTool(original, guard);
    expect(denialOf(await guarded.invoke(call("refund", {}, "c1"), run))?.code).toBe("rule_denied");
    expect(Object.isFrozen(original)).toBe(true);
  }
});

verifies(
  "lc.34",
  "what a tool does to its arguments reaches nobody, and what a caller does to them while people are asked, not the tool",
  async () => {
    const asked = call("wire", { order: 1, lines: [{ id: "a" }] }, "c1");
    const judged = structuredClone(asked.args);
    const shown: unknown[] = [];
    const guard = await testGuard(FIVE_TOOLS, {
      onReview: (request) => {
        shown.push(request.arguments);
        Object.assign((asked.args["lines"] as object[])[0] ?? {}, { id: "late" });
        return { answer: "approve", reviewer: "ann" };
      },
    });
    const got: unknown[] = [];
    const wire = guardTool(
      tool(
        (args) => {
          got.push(structuredClone(args));
          Object.assign((args as { lines: object[] }).lines[0] ?? {}, { id: "b" });
          return "ok";
        },
        { name: "wire", schema },
      ),
      guard,
    );
    await wire.invoke(asked, { configurable: { interlatch: guard.ticket() } });
    expect(got).toEqual([judged]);
    expect(shown).toEqual([judged]);
    expect(asked.args).toEqual({ order: 1, lines: [{ id: "late" }] });
  },
);

verifies(
  "lc.35",
  "what is hidden from the model is hidden there only: the tools themselves are as they were",
  async () => {
    const guard = await testGuard({ look: "allow", refund: "deny" });
    const tools = ["look", "refund"].map((name) =>
      tool(() => `${name} ran`, { name, description: `${name}\u200B words`, schema }),
    );
    const before = tools.map(({ name, description, schema: own }) => [name, description, own]);
    const model = new ScriptedModel([[call("look", {}, "c1")]]);
    const agent = createAgent({ model, tools, middleware: [policyMiddleware(guard)] });
    const config = { configurable: { interlatch: guard.ticket() } };
    const { messages } = await agent.invoke({ messages: [new HumanMessage("go")] }, config);
    expect(model.memory.shown).toEqual([["look"], ["look"]]);
    expect(tools.map(({ name, description, schema: own }) => [name, description, own])).toEqual(
      before,
    );
    expect(messages.find((one) => ToolMessage.isInstance(one))?.text).toBe("look ran");
    // For code the hidden one is there, as before.
    expect(await tools[1]?.invoke({})).toBe("refund ran");
  },
);
