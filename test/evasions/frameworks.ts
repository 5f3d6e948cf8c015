import assert from "node:assert/strict";
import { guardAI } from "@interlatch/ai-sdk";
import type { Guard } from "@interlatch/core";
import { coverage, guardTools } from "@interlatch/langchain";
import { guardGraph } from "@interlatch/langgraph";
import { AIMessage } from "@langchain/core/messages";
import { Send, StateGraph, MessagesAnnotation, START } from "@langchain/langgraph";
import { jsonSchema, tool } from "ai";
import { ADAPTERS } from "../adapters/all.ts";
import { toolsOf } from "../adapters/langchain-parts.ts";
import { guardOf, type Evasion } from "./evasion.ts";

const SHUT = `
tools: { open: { operation: read, default: allow }, shut: { operation: write, resources: none } }
rules: [{ name: no, tool: shut, action: deny }]
`;

async function shutGuard(): Promise<{ guard: Guard; config: { configurable: object } }> {
  const { guard } = await guardOf(SHUT);
  const ticket = guard.for({ agent: { id: "shop" }, session: "s" });
  return { guard, config: { configurable: { interlatch: ticket } } };
}

/** Attacks by where a gate sits, on the real frameworks. */
export const frameworkEvasions: readonly Evasion[] = [
  {
    id: "evasion.T01",
    title: "a denied tool is executed by no framework, neither generated nor streamed",
    run: async () => {
      for (const adapter of ADAPTERS) {
        const { guard } = await shutGuard();
        const ran: string[] = [];
        const tools = ["open", "shut"].map((name) => ({ name, execute: () => ran.push(name) }));
        const calls = tools.map(({ name }) => ({ id: name, tool: name, arguments: {} }));
        const ticket = guard.for({ agent: { id: "shop" }, session: "s" });
        await adapter.converse({ guard, ticket, tools, calls });
        assert.deepEqual(ran, ["open"], adapter.name);
      }
    },
  },
  {
    id: "evasion.T05",
    title: "input hooks of a denied call are not told its arguments",
    run: async () => {
      const { guard } = await shutGuard();
      const ticket = guard.for({ agent: { id: "shop" }, session: "s" });
      const told: string[] = [];
      const hooks = {
        onInputStart: () => void told.push("start"),
        onInputDelta: () => void told.push("delta"),
        onInputAvailable: () => void told.push("available"),
      };
      const inputSchema = jsonSchema<object>({ type: "object", additionalProperties: true });
      const made = { ...hooks, inputSchema, execute: () => "ran" };
      const tools = guardAI(guard, ticket).tools({ shut: tool(made), open: tool(made) });
      for (const name of ["shut", "open"] as const) {
        const options = { toolCallId: name, messages: [] };
        // The SDK calls those that are there, in this order.
        const one = tools[name] as unknown as Partial<
          Record<keyof typeof hooks, (of: object) => unknown>
        >;
        await one.onInputStart?.(options);
        await one.onInputDelta?.({ ...options, inputTextDelta: '{"secret":1}' });
        await one.onInputAvailable?.({ ...options, input: { secret: 1 } });
        assert.deepEqual(told, name === "shut" ? [] : ["available"]);
      }
    },
  },
  {
    id: "evasion.T07",
    title: "what the provider runs is reported as out of reach and never as blocked",
    run: async () => {
      const { guard } = await shutGuard();
      const provider = {
        type: "provider",
        id: "p.web",
        isProviderExecuted: true,
        args: {},
        inputSchema: jsonSchema({}),
      };
      const [of] = guardAI(guard, undefined).coverage({ web: provider });
      assert.notEqual(of?.state, "enforced");
      const [server] = coverage([{ type: "web_search_20250305", name: "web" }], guard);
      assert.notEqual(server?.state, "enforced");
    },
  },
  {
    id: "evasion.T08",
    title: "a tool that came late, or was built elsewhere, is denied unless the policy knows it",
    run: async () => {
      const { guard, config } = await shutGuard();
      let ran = 0;
      const late = toolsOf([{ name: "late", execute: () => ++ran }]);
      for (const one of guardTools(late, guard)) await one.invoke({}, config);
      const ticket = guard.for({ agent: { id: "shop" }, session: "s" });
      const { toolApproval } = guardAI(guard, ticket);
      const call = {
        toolCall: { type: "tool-call", toolCallId: "c", toolName: "late", input: {} },
        tools: {},
        messages: [],
      };
      // As AI SDK 7 asks it of a tool that was handed over unguarded.
      const ask = toolApproval as unknown as (of: object) => unknown;
      const status = await ask(call);
      assert.match(JSON.stringify(status), /denied/);
      assert.equal(ran, 0);
    },
  },
  {
    id: "evasion.T11",
    title:
      "a tools node meets the guard whether it gets a state, a list of messages or a single call",
    run: async () => {
      const { guard, config } = await shutGuard();
      let ran = 0;
      const gate = guardGraph(guard, toolsOf([{ name: "shut", execute: () => ++ran }]));
      const call = { type: "tool_call", id: "c1", name: "shut", args: {} } as const;
      const message = new AIMessage({ content: "", tool_calls: [call] });
      const graph = new StateGraph(MessagesAnnotation)
        .addNode("start", () => ({}))
        .addNode("tools", gate.toolNode)
        .addEdge(START, "start")
        .addConditionalEdges("start", () => [new Send("tools", { lg_tool_call: call })], ["tools"])
        .compile();
      await gate.toolNode.invoke({ messages: [message] }, config);
      await gate.toolNode.invoke([message], config);
      await graph.invoke({ messages: [message] }, config);
      assert.equal(ran, 0);
    },
  },
];
