import { memoryAudit } from "@interlatch/core";
import "@interlatch/core/node";
import { testGuard } from "@interlatch/core/testing";
import { guardGraph } from "@interlatch/langgraph";
import { AIMessage } from "@langchain/core/messages";
import { tool } from "@langchain/core/tools";
import { Command, END, MessagesAnnotation, START, StateGraph } from "@langchain/langgraph";
import { z } from "zod";
import type { Figure } from "./goal.ts";
import { measure, nanoseconds, ratio, type Effort } from "./measure.ts";

/** What a policy node costs beside a node that does nothing, in a graph of that node alone: one allowed call. */
export async function policyNode(effort: Effort): Promise<readonly Figure[]> {
  const guard = await testGuard({ search: "allow" }, { audit: memoryAudit() });
  const search = tool(async ({ query }) => `found ${query}`, {
    name: "search",
    description: "Searches the shop",
    schema: z.object({ query: z.string(), limit: z.number() }),
  });
  const gate = guardGraph(guard, [search]);
  const config = { configurable: { interlatch: guard.ticket() } };
  const graphOf = (node: ReturnType<typeof gate.policyNode>) =>
    new StateGraph(MessagesAnnotation)
      .addNode("policy", node, { ends: ["tools", "agent"] })
      .addNode("tools", () => ({}))
      .addNode("agent", () => ({}))
      .addEdge(START, "policy")
      .addEdge("tools", END)
      .addEdge("agent", END)
      .compile();
  const guarded = graphOf(gate.policyNode({ tools: "tools", back: "agent" }));
  const bare = graphOf(async () => new Command({ goto: "tools" }));
  const state = (index: number) => ({
    messages: [
      new AIMessage({
        content: "",
        tool_calls: [
          {
            type: "tool_call",
            id: `c${index}`,
            name: "search",
            args: { query: "blue shoes", limit: 10 },
          },
        ],
      }),
    ],
  });
  const timings = await measure(
    [
      { name: "no-op", run: (index) => bare.invoke(state(index), config) },
      { name: "policy", run: (index) => guarded.invoke(state(index), config) },
    ],
    effort,
  );
  const us = (name: string): string => `${(nanoseconds(timings, name) / 1000).toFixed(0)} µs`;
  return [
    {
      what: "LangGraph: a graph with a policy node",
      against: "with a node that does nothing",
      value: ratio(timings, "policy", "no-op"),
      unit: "×",
      goal: { atMost: 1.2 },
      tolerance: 0.1,
      note: `${us("policy")} : ${us("no-op")}`,
    },
  ];
}
