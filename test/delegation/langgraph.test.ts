import { HumanMessage } from "@langchain/core/messages";
import { tool } from "@langchain/core/tools";
import { Command, END, MessagesAnnotation, START, StateGraph } from "@langchain/langgraph";
import type { Ticket } from "@interlatch/core";
import { testGuard, type TestGuard } from "@interlatch/core/testing";
import type { IdentityOptions } from "@interlatch/langchain";
import { guardGraph } from "@interlatch/langgraph";
import { describe, expect } from "vitest";
import { z } from "zod";
import { call, ScriptedModel } from "../scripted-model.ts";
import { verifies } from "../verifies.ts";
import { decided, deskTicket, HELPER, POLICY, TOOLS } from "./policy.ts";

const HELLO = { messages: [new HumanMessage("hello")] };
/** The turns of a model that asks for every tool once. */
const all = () => [TOOLS.map((name, index) => call(name, {}, `h${index}`)), "done"];

function toolsThat(ran: string[]) {
  return TOOLS.map((name) =>
    tool(
      () => {
        ran.push(name);
        return `${name} ran`;
      },
      { name, schema: z.object({}) },
    ),
  );
}

/** A graph that asks for every tool once. */
function helperGraph(guard: TestGuard, ran: string[], identity: IdentityOptions = {}) {
  const gate = guardGraph(guard, toolsThat(ran), identity);
  const model = new ScriptedModel(all());
  return new StateGraph(MessagesAnnotation)
    .addNode("agent", async ({ messages }) => ({ messages: [await model.invoke(messages)] }))
    .addNode("policy", gate.policyNode({ tools: "tools", back: "agent" }), {
      ends: ["tools", "agent"],
    })
    .addNode("tools", gate.toolNode)
    .addEdge(START, "agent")
    .addConditionalEdges("agent", gate.route("policy"), ["policy", END])
    .addEdge("tools", "agent")
    .compile();
}

/** Whoever calls hands the chain on: by the ticket that its run carries. */
function delegated(guard: TestGuard): IdentityOptions {
  return {
    identify: ({ configurable }) => guard.delegate(configurable?.["interlatch"] as Ticket, HELPER),
  };
}

const AS_HELPER = [
  "helper for desk: pay deny because of desk",
  "helper for desk: purge deny",
  "helper for desk: look allow",
];
const AS_DESK = ["desk: pay deny", "desk: look allow", "desk: purge allow"];

describe("a graph that hands work on", () => {
  verifies("delegation.langgraph.subgraph", "to a nested graph, invoked in a node", async () => {
    const guard = await testGuard(POLICY);
    const ran: string[] = [];
    const ticket = deskTicket(guard);
    const helper = helperGraph(guard, ran);
    const graph = new StateGraph(MessagesAnnotation)
      .addNode("helper", (state) =>
        helper.invoke(state, { configurable: { interlatch: guard.delegate(ticket, HELPER) } }),
      )
      .addEdge(START, "helper")
      .compile();
    await graph.invoke(HELLO, { configurable: { interlatch: ticket } });
    expect(decided(guard)).toEqual(AS_HELPER);
    expect(ran).toEqual(["look"]);
  });

  verifies("delegation.langgraph.subgraph", "to a nested graph that is a node", async () => {
    const guard = await testGuard(POLICY);
    const ran: string[] = [];
    const graph = new StateGraph(MessagesAnnotation)
      .addNode("helper", helperGraph(guard, ran, delegated(guard)))
      .addEdge(START, "helper")
      .compile();
    await graph.invoke(HELLO, { configurable: { interlatch: deskTicket(guard) } });
    expect(decided(guard)).toEqual(AS_HELPER);
    expect(ran).toEqual(["look"]);
  });

  verifies("delegation.langgraph.forgotten", "without a word keeps its own ticket", async () => {
    for (const asNode of [false, true]) {
      const guard = await testGuard(POLICY);
      const ran: string[] = [];
      const helper = helperGraph(guard, ran);
      const graph = new StateGraph(MessagesAnnotation)
        .addNode("helper", asNode ? helper : (state) => helper.invoke(state))
        .addEdge(START, "helper")
        .compile();
      await graph.invoke(HELLO, { configurable: { interlatch: deskTicket(guard) } });
      expect(decided(guard)).toEqual(AS_DESK);
      expect(ran).toEqual(["look", "purge"]);
    }
  });

  verifies(
    "delegation.langgraph.subgraph",
    "under a ticket that a caller made up, to nobody",
    async () => {
      const guard = await testGuard(POLICY);
      const ran: string[] = [];
      const helper = helperGraph(guard, ran, delegated(guard));
      for (const interlatch of [undefined, {}, { agent: HELPER, delegation: [] }]) {
        await helper.invoke(HELLO, { configurable: { interlatch } });
      }
      expect(ran).toEqual([]);
    },
  );

  verifies("delegation.langgraph.handoff", "to another agent's node, by a command", async () => {
    const guard = await testGuard(POLICY);
    const ran: string[] = [];
    const handOver = tool(() => new Command({ goto: "helper", update: {} }), {
      name: "hand_over",
      schema: z.object({}),
    });
    const desk = guardGraph(guard, [handOver, ...toolsThat(ran)]);
    const helper = guardGraph(guard, toolsThat(ran), delegated(guard));
    const deskModel = new ScriptedModel([[call("purge", {}, "d1")], [call("hand_over", {}, "d2")]]);
    const helperModel = new ScriptedModel(all());
    const say = (model: ScriptedModel) => async (state: typeof MessagesAnnotation.State) => ({
      messages: [await model.invoke(state.messages)],
    });
    const graph = new StateGraph(MessagesAnnotation)
      .addNode("desk", say(deskModel))
      .addNode("desk_policy", desk.policyNode({ tools: "desk_tools", back: "desk" }), {
        ends: ["desk_tools", "desk"],
      })
      .addNode("desk_tools", desk.toolNode, { ends: ["helper"] })
      .addNode("helper", say(helperModel))
      .addNode("helper_policy", helper.policyNode({ tools: "helper_tools", back: "helper" }), {
        ends: ["helper_tools", "helper"],
      })
      .addNode("helper_tools", helper.toolNode)
      .addEdge(START, "desk")
      .addConditionalEdges("desk", desk.route("desk_policy"), ["desk_policy", END])
      .addConditionalEdges("desk_tools", (state) =>
        state.messages.at(-1)?.type === "tool" && deskModel.memory.seen.length < 2 ? "desk" : END,
      )
      .addConditionalEdges("helper", helper.route("helper_policy"), ["helper_policy", END])
      .addEdge("helper_tools", "helper")
      .compile();
    await graph.invoke(HELLO, { configurable: { interlatch: deskTicket(guard) } });
    expect(decided(guard)).toEqual(["desk: purge allow", ...AS_HELPER]);
    expect(ran).toEqual(["purge", "look"]);
  });
});
