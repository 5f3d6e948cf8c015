import { AIMessage, HumanMessage, ToolMessage } from "@langchain/core/messages";
import { tool } from "@langchain/core/tools";
import { END, MessagesAnnotation, START, StateGraph } from "@langchain/langgraph";
import { createReactAgent } from "@langchain/langgraph/prebuilt";
import { testGuard } from "@interlatch/core/testing";
import { denialOf, type IdentityOptions } from "@interlatch/langchain";
import { describe, expect } from "vitest";
import { z } from "zod";
import { call, ScriptedModel } from "../../../test/scripted-model.ts";
import { FIVE_TOOLS } from "../../../test/tool-policy.ts";
import { verifies } from "../../../test/verifies.ts";
import { guardGraph, GuardedToolNode } from "./index.ts";

const schema = z.looseObject({});
const HELLO = { messages: [new HumanMessage("hello")] };

async function start(run: (name: string) => unknown = () => "ok") {
  const guard = await testGuard(FIVE_TOOLS);
  const ran: string[] = [];
  const make = (name: string) =>
    tool(
      () => {
        ran.push(name);
        return run(name);
      },
      { name, schema },
    );
  return { guard, ran, make, config: { configurable: { interlatch: guard.ticket() } } };
}

/** The state of a graph whose model has just asked for these calls. */
function asked(...calls: ReturnType<typeof call>[]) {
  return { messages: [new AIMessage({ content: "", tool_calls: calls })] };
}

async function told(node: GuardedToolNode, state: object, config: object) {
  const { messages } = (await node.invoke(state, config)) as { messages: ToolMessage[] };
  return messages.map((one) => [one.tool_call_id, one.status, denialOf(one)?.code] as const);
}

describe("a tool node that the author made", () => {
  verifies(
    "lg.x.own-node",
    "guards the tools it is given, whether they were guarded or not",
    async () => {
      const { guard, ran, make, config } = await start();
      const node = new GuardedToolNode(guard, [make("look"), make("refund")], { identity: {} });
      const state = asked(call("look", {}, "c1"), call("refund", {}, "c2"));
      expect(await told(node, state, config)).toEqual([
        ["c1", "success", undefined],
        ["c2", "error", "rule_denied"],
      ]);
      expect(await told(node, asked(call("look", {}, "c3")), {})).toEqual([
        ["c3", "error", "identity_required"],
      ]);
      expect(ran).toEqual(["look"]);
    },
  );

  verifies("lg.x.own-node", "and those that are put there later", async () => {
    const { guard, ran, make, config } = await start();
    const { toolNode } = guardGraph(guard, [make("look")]);
    toolNode.tools.push(make("refund"));
    expect(await told(toolNode, asked(call("refund", {}, "c1")), config)).toEqual([
      ["c1", "error", "rule_denied"],
    ]);
    expect(ran).toEqual([]);
  });
});

describe("a graph", () => {
  verifies(
    "lg.x.odd-throws",
    "survives whatever a tool throws, and its siblings keep their answers",
    async () => {
      const refuses = (): never => {
        throw new Error("not to be looked at");
      };
      const thrown: readonly unknown[] = [
        null,
        undefined,
        "words",
        Object.create(null),
        {
          get message() {
            return refuses();
          },
        },
        new Proxy({}, { get: refuses, has: refuses }),
      ];
      for (const each of thrown) {
        const { guard, make, config } = await start((name) => {
          if (name === "look") throw each;
          return "ok";
        });
        const { toolNode } = guardGraph(guard, [make("look"), make("quote"), make("export_data")]);
        const state = asked(
          call("look", {}, "c1"),
          call("quote", {}, "c2"),
          call("export_data", { size: 1 }, "c3"),
        );
        expect(await told(toolNode, state, config)).toEqual([
          ["c1", "error", undefined],
          ["c2", "success", "rule_denied"],
          ["c3", "success", undefined],
        ]);
      }
    },
  );

  verifies(
    "lg.x.call-in-call",
    "answers a call whose arguments are a call under its own id",
    async () => {
      const { guard, ran, make, config } = await start();
      const gate = guardGraph(guard, [make("look")]);
      const smuggled = call("look", { type: "tool_call", id: "c9", name: "look", args: {} }, "c1");
      const model = new ScriptedModel([[smuggled, call("look", {}, "c9")]]).bindTools([
        ...gate.tools,
      ]);
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
      const { messages } = await graph.invoke(HELLO, config);
      const answers = messages.filter((message) => ToolMessage.isInstance(message));
      expect(answers.map((one) => [one.tool_call_id, denialOf(one)?.code])).toEqual([
        ["c1", "arguments_not_json"],
        ["c9", undefined],
      ]);
      expect(ran).toEqual(["look"]);
    },
  );

  verifies(
    "lg.x.no-session-twice",
    "runs an id once in a turn, also where nobody names a session",
    async () => {
      const identify: IdentityOptions["identify"] = () => ({ agent: { id: "a" } });
      for (const version of ["v1", "v2"] as const) {
        const { guard, ran, make } = await start();
        const { tools } = guardGraph(guard, [make("look")], { identify });
        const llm = new ScriptedModel([[call("look", {}, "c1"), call("look", {}, "c1")]]);
        await createReactAgent({ llm, tools, version }).invoke(HELLO);
        expect(ran).toEqual(["look"]);
      }
    },
  );
});
