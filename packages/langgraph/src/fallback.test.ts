import { HumanMessage, ToolMessage, type BaseMessage } from "@langchain/core/messages";
import type { ToolCall } from "@langchain/core/messages/tool";
import { tool, type ClientTool } from "@langchain/core/tools";
import {
  Command,
  END,
  interrupt,
  MemorySaver,
  MessagesAnnotation,
  START,
  StateGraph,
} from "@langchain/langgraph";
import { createReactAgent, ToolNode } from "@langchain/langgraph/prebuilt";
import { isInterlatchError } from "@interlatch/core";
import { testGuard, type TestGuardOptions } from "@interlatch/core/testing";
import { denialOf } from "@interlatch/langchain";
import { describe, expect } from "vitest";
import { z } from "zod";
import { FALLBACKS, MOST_DENIALS } from "../../../test/fallback-policy.ts";
import { call, ScriptedModel, type ScriptedTurn } from "../../../test/scripted-model.ts";
import { verifies } from "../../../test/verifies.ts";
import { guardGraph, policyHook } from "./index.ts";

const HELLO = { messages: [new HumanMessage("hello")] };
const SEND = call("send", { to: "Ann" }, "c1");
const LOOK = call("look", {}, "c2");
const INSTEAD = "The office is closed.\nInstead, draft ran, and the result is its own.";

interface Options extends TestGuardOptions {
  /** What `draft` does. Its schema makes the text upper case. */
  readonly draft?: (args: { text: string }) => unknown;
  readonly routes?: readonly "support"[];
  /** The node over these tools, in place of the gate's. */
  readonly bare?: boolean;
  /** Whether the edge out of the tools ends the run where it is over. */
  readonly ends?: boolean;
}

async function graphFor(turns: readonly ScriptedTurn[], options: Options = {}) {
  const { draft, routes, bare = false, ends = false, ...rest } = options;
  const guard = await testGuard(FALLBACKS, rest);
  const ran: string[] = [];
  const plain = (name: string): ClientTool =>
    tool(async () => void ran.push(name), {
      name,
      schema: z.object({ to: z.string().optional() }),
    });
  const lesser = tool(
    async (args: { text: string }) => {
      ran.push(`draft ${args.text}`);
      return draft === undefined ? `saved ${args.text}` : draft(args);
    },
    {
      name: "draft",
      schema: z.object({ text: z.string().transform((text) => text.toUpperCase()) }),
    },
  );
  const tools = [...["look", "send", "refund", "wipe", "wire", "vault"].map(plain), lesser];
  const gate = guardGraph(guard, tools);
  const model = new ScriptedModel(turns);
  const bound = model.bindTools([...gate.tools]);
  const graph = new StateGraph(MessagesAnnotation)
    .addNode("agent", async ({ messages }) => ({ messages: [await bound.invoke(messages)] }))
    .addNode("policy", gate.policyNode({ tools: "tools", back: "agent", routes: routes ?? [] }), {
      ends: ["tools", "agent", "support", END],
    })
    .addNode("tools", bare ? new ToolNode(tools) : gate.toolNode)
    .addNode("support", () => {
      ran.push("at support");
      return {};
    })
    .addEdge(START, "agent")
    .addConditionalEdges("agent", gate.route("policy"), ["policy", END])
    .addConditionalEdges("tools", ends ? gate.next("agent") : () => "agent", ["agent", END])
    .addEdge("support", END)
    .compile({ checkpointer: new MemorySaver() });
  const config = { configurable: { interlatch: guard.ticket(), thread_id: "t1" } };
  return { guard, gate, graph, config, ran, tools, memory: model.memory };
}

/** Each answer, by the call it answers. */
function answers(messages: readonly BaseMessage[]): readonly unknown[] {
  return messages
    .filter((message) => ToolMessage.isInstance(message))
    .map(({ tool_call_id, status, content }) => [tool_call_id, status, content] as const)
    .sort(([a], [b]) => (String(a) < String(b) ? -1 : 1));
}

describe("a lesser tool in a graph", () => {
  verifies("lg.x.hop", "runs where tools run, and answers under the id of the call", async () => {
    const { graph, config, ran, guard, memory } = await graphFor([[SEND, LOOK]]);
    const { messages } = await graph.invoke(HELLO, config);
    expect(answers(messages)).toEqual([
      ["c1", "success", `saved FOR ANN\n\n${INSTEAD}`],
      ["c2", "success", ""],
    ]);
    expect(ran.toSorted()).toEqual(["draft FOR ANN", "look"]);
    // The model reads it, and has a further turn.
    expect(memory.seen).toHaveLength(2);
    const first = messages.find((one) => ToolMessage.isInstance(one) && one.tool_call_id === "c1");
    expect(denialOf(first)).toMatchObject({ code: "rule_denied", instead: "draft" });
    const calls = guard.audit.records.filter((record) => record.type === "call");
    expect(calls.map(({ call: id, tool: name }) => `${id} ${name}`).toSorted()).toEqual([
      "c1 send",
      "c1#fallback draft",
      "c2 look",
    ]);
    expect(guard.audit.records.filter(({ type }) => type === "outcome")).toHaveLength(3);
  });

  verifies("lg.x.hop", "runs in the prebuilt agent as well", async () => {
    for (const version of ["v1", "v2"] as const) {
      const { gate, config, ran } = await graphFor([]);
      const agent = createReactAgent({
        llm: new ScriptedModel([[SEND, LOOK]]),
        tools: gate.toolNode,
        version,
      });
      const { messages } = await agent.invoke(HELLO, config);
      expect(answers(messages)).toEqual([
        ["c1", "success", `saved FOR ANN\n\n${INSTEAD}`],
        ["c2", "success", ""],
      ]);
      expect(ran.toSorted()).toEqual(["draft FOR ANN", "look"]);
    }
  });

  verifies("lg.x.hop", "gives way to the words where it needs a review or fails", async () => {
    const broken = (): never => {
      throw new Error("disk full");
    };
    const turn: readonly ToolCall[] = [SEND, call("wire", {}, "c3")];
    const { graph, config, ran } = await graphFor([turn], { draft: broken });
    const { messages } = await graph.invoke(HELLO, config);
    expect(answers(messages)).toEqual([
      ["c1", "error", "The office is closed."],
      ["c3", "error", "No wires."],
    ]);
    expect(ran).toEqual(["draft FOR ANN"]);
  });

  verifies("lg.x.hop-bare", "never lets a denied call reach tools without a guard", async () => {
    const { graph, config, ran } = await graphFor([[SEND]], { bare: true });
    const { messages } = await graph.invoke(HELLO, config);
    expect(answers(messages)).toEqual([["c1", "error", "The office is closed."]]);
    const { gate, guard } = await graphFor([]);
    void gate.toolNode;
    const judge = policyHook(guard);
    const asked = await new ScriptedModel([[SEND]]).invoke("hello");
    const turn = await judge([asked], { configurable: { interlatch: guard.ticket() } });
    expect(turn.remaining).toEqual([]);
    expect(ran).toEqual([]);
  });

  verifies("lg.x.hop-steers", "hands on its commands and its questions", async () => {
    const commanded = await graphFor([[SEND]], {
      draft: () =>
        new Command({ goto: "support", update: { messages: [new ToolMessage("moved", "c1")] } }),
    });
    const { messages } = await commanded.graph.invoke(HELLO, commanded.config);
    expect(answers(messages)).toEqual([["c1", undefined, `moved\n\n${INSTEAD}`]]);
    expect(commanded.ran).toEqual(["draft FOR ANN", "at support"]);

    const asking = await graphFor([[SEND]], { draft: () => `said ${String(interrupt("which?"))}` });
    const stopped = await asking.graph.invoke(HELLO, asking.config);
    expect(answers(stopped.messages)).toEqual([]);
    const resumed = await asking.graph.invoke(new Command({ resume: "this" }), asking.config);
    expect(answers(resumed.messages)).toEqual([["c1", "success", `said this\n\n${INSTEAD}`]]);
  });
});

describe("a route of a policy", () => {
  const refund = call("refund", {}, "c1");

  verifies("lg.x.route", "sends the run to a node that the author has named", async () => {
    const { graph, config, ran, memory } = await graphFor([[refund]], { routes: ["support"] });
    const { messages } = await graph.invoke(HELLO, config);
    expect(answers(messages)).toEqual([["c1", "error", "People do that."]]);
    expect(ran).toEqual(["at support"]);
    expect(memory.seen).toHaveLength(1);
  });

  verifies("lg.x.route", "leaves no sibling behind", async () => {
    const turn = [refund, LOOK];
    const { graph, config, ran } = await graphFor([turn], { routes: ["support"] });
    const { messages } = await graph.invoke(HELLO, config);
    expect(answers(messages)).toEqual([
      ["c1", "error", "People do that."],
      ["c2", "success", ""],
    ]);
    expect(ran.toSorted()).toEqual(["at support", "look"]);
  });

  verifies("lg.x.route", "is words at a node of no such name, and at the tool", async () => {
    const { graph, config, ran, gate } = await graphFor([[refund]]);
    const { messages } = await graph.invoke(HELLO, config);
    expect(answers(messages)).toEqual([["c1", "error", "People do that."]]);
    const agent = createReactAgent({ llm: new ScriptedModel([[refund]]), tools: gate.toolNode });
    const again = await agent.invoke(HELLO, config);
    expect(answers(again.messages)).toEqual([["c1", "error", "People do that."]]);
    expect(ran).toEqual([]);
  });
});

describe("an exception of a policy", () => {
  const wipe = call("wipe", {}, "c1");

  verifies(
    "lg.x.throw",
    "ends the run where the host allows it, and is words elsewhere",
    async () => {
      const allowed = await graphFor([[wipe, LOOK]], { allowThrow: true });
      const thrown: unknown = await allowed.graph
        .invoke(HELLO, allowed.config)
        .catch((error: unknown) => error);
      expect(isInterlatchError(thrown, "ERR_DENIED") && thrown.denial.call).toEqual({
        id: "c1",
        tool: "wipe",
      });
      expect(allowed.ran).toEqual([]);
      const usual = await graphFor([[wipe]]);
      const { messages } = await usual.graph.invoke(HELLO, usual.config);
      expect(answers(messages)).toEqual([["c1", "error", "Never."]]);
    },
  );
});

describe("a call that is denied again and again", () => {
  const limits = { maxRepeatedDenials: MOST_DENIALS };
  const refund = (id: string): ToolCall => call("refund", {}, id);

  verifies("lg.x.end", "ends the run without another turn of the model", async () => {
    const turns = [[refund("c1")], [refund("c2")], [refund("c3")]];
    const { graph, config, memory } = await graphFor(turns, limits);
    const { messages } = await graph.invoke(HELLO, config);
    expect(memory.seen).toHaveLength(2);
    expect(answers(messages).map((one) => (one as unknown[])[0])).toEqual(["c1", "c2"]);
    expect(denialOf(messages.at(-1))).toMatchObject({ end: true });
    // What the user says next is a new run.
    await graph.invoke({ messages: [new HumanMessage("go on")] }, config);
    expect(memory.seen).toHaveLength(3);
  });

  verifies(
    "lg.x.end",
    "lets its siblings run first, where the author has drawn the edge",
    async () => {
      const turns = [[refund("c1")], [refund("c2"), call("look", {}, "c4")], [refund("c3")]];
      const { graph, config, memory, ran } = await graphFor(turns, { ...limits, ends: true });
      const { messages } = await graph.invoke(HELLO, config);
      expect(memory.seen).toHaveLength(2);
      expect(ran).toEqual(["look"]);
      expect(answers(messages).map((one) => (one as unknown[])[0])).toEqual(["c1", "c2", "c4"]);
    },
  );
});
