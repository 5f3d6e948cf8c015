import { AIMessage, HumanMessage } from "@langchain/core/messages";
import { tool } from "@langchain/core/tools";
import {
  Command,
  interrupt,
  MemorySaver,
  MessagesAnnotation,
  START,
  StateGraph,
} from "@langchain/langgraph";
import { ToolNode } from "@langchain/langgraph/prebuilt";
import { testGuard } from "@interlatch/core/testing";
import { guardGraph } from "@interlatch/langgraph";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { installedVersion } from "./installed.ts";

/** The model asks for both in one turn. */
const TURN = new AIMessage({
  content: "",
  tool_calls: ["danger", "safe"].map((name) => ({ name, args: {}, id: `call-${name}` })),
});
const ask = { messages: [new HumanMessage("Go."), TURN] };
const config = { configurable: { thread_id: "t1" } };

/** Lets other work go first. */
const later = (): Promise<void> =>
  new Promise((resolve) => {
    setImmediate(resolve);
  });

/** Two tools that each ask for themselves, as LangGraph's documentation shows it; `slow` gets to its question later. */
function toolsThatAsk(ran: string[], slow: () => string) {
  return ["danger", "safe"].map((name) =>
    tool(
      async () => {
        if (slow() === name) await later();
        if (interrupt(`run ${name}?`) !== "approve") return "rejected";
        ran.push(name);
        return "ran";
      },
      { name, schema: z.object({}) },
    ),
  );
}

describe("interrupts in the tools of one ToolNode, langgraph 1.7.3", () => {
  it("is the version that is installed", async () => {
    expect(await installedVersion("@langchain/langgraph")).toBe("1.7.3");
  });

  it("gives the answer about one tool to another", async () => {
    const ran: string[] = [];
    let slow = "danger";
    const graph = new StateGraph(MessagesAnnotation)
      .addNode("tools", new ToolNode(toolsThatAsk(ran, () => slow)))
      .addEdge(START, "tools")
      .compile({ checkpointer: new MemorySaver() });
    const asked = await graph.invoke(ask, config);
    expect(asked).toMatchObject({ __interrupt__: [{ value: "run safe?" }] });

    slow = "safe";
    await graph.invoke(new Command({ resume: "approve" }), config);
    // A person approved `safe`.
    expect(ran).toEqual(["danger"]);
  });

  it("approves every question that waits with one answer", async () => {
    const ran: string[] = [];
    const node = (name: string) => () => {
      if (interrupt(`run ${name}?`) === "approve") ran.push(name);
      return {};
    };
    const graph = new StateGraph(MessagesAnnotation)
      .addNode("danger", node("danger"))
      .addNode("safe", node("safe"))
      .addEdge(START, "danger")
      .addEdge(START, "safe")
      .compile({ checkpointer: new MemorySaver() });
    await graph.invoke(ask, config);
    await graph.invoke(new Command({ resume: "approve" }), config);
    expect(ran.toSorted()).toEqual(["danger", "safe"]);
  });

  it("gives an answer once more to whoever goes on without one", async () => {
    const heard: unknown[] = [];
    const graph = new StateGraph(MessagesAnnotation)
      .addNode("both", () => {
        heard.push(interrupt("first?"), interrupt("second?"));
        return {};
      })
      .addEdge(START, "both")
      .compile({ checkpointer: new MemorySaver() });
    await graph.invoke(ask, config);
    await graph.invoke(new Command({ resume: "approve" }), config);
    expect(heard).toEqual([]);
    await graph.invoke(null, config);
    expect(heard).toEqual(["approve", "approve"]);
  });
});

describe("a policy node in their place", () => {
  it("asks about both at once, and gives each its own answer", async () => {
    const ran: string[] = [];
    const guard = await testGuard({ danger: "review", safe: "review" });
    const tools = ["danger", "safe"].map((name) =>
      tool(() => ran.push(name) && "ran", { name, schema: z.object({}) }),
    );
    const gate = guardGraph(guard, tools, {
      reviewer: () => ({ id: "rita", groups: ["reviewer"] }),
    });
    const graph = new StateGraph(MessagesAnnotation)
      .addNode("policy", gate.policyNode({ tools: "tools", back: "tools" }), { ends: ["tools"] })
      .addNode("tools", gate.toolNode)
      .addEdge(START, "policy")
      .compile({ checkpointer: new MemorySaver() });
    const run = { configurable: { thread_id: "t1", interlatch: guard.ticket() } };
    const asked = await graph.invoke(ask, run);
    expect(asked).toMatchObject({
      __interrupt__: [{ value: { actionRequests: [{ name: "danger" }, { name: "safe" }] } }],
    });
    const again = await graph.invoke(new Command({ resume: "approve" }), run);
    expect(again).toHaveProperty("__interrupt__");
    expect(ran).toEqual([]);
    const decisions = [{ type: "reject" }, { type: "approve" }];
    await graph.invoke(new Command({ resume: { decisions } }), run);
    expect(ran).toEqual(["safe"]);
  });
});
