import { AIMessage, HumanMessage } from "@langchain/core/messages";
import { tool } from "@langchain/core/tools";
import {
  entrypoint,
  MessagesAnnotation,
  Send,
  START,
  StateGraph,
  task,
  type RetryPolicy,
} from "@langchain/langgraph";
import { testGuard } from "@interlatch/core/testing";
import { policyMiddleware } from "@interlatch/langchain";
import { guardGraph } from "@interlatch/langgraph";
import { createAgent, toolRetryMiddleware, type AgentMiddleware } from "langchain";
import { describe, expect } from "vitest";
import { z } from "zod";
import { call, ScriptedModel } from "../scripted-model.ts";
import { toolPolicy } from "../tool-policy.ts";
import { verifies } from "../verifies.ts";

const HELLO = { messages: [new HumanMessage("hello")] };
const LOOK = call("look", {}, "c1");
const OFTEN: RetryPolicy = {
  maxAttempts: 5,
  initialInterval: 1,
  maxInterval: 1,
  jitter: false,
  retryOn: () => true,
  logWarning: false,
};

/** `look`, twice an hour. */
const TWICE = toolPolicy({ look: { default: "deny" } }, [
  {
    name: "twice",
    tools: ["look"],
    action: "allow",
    rateLimit: { max: 2, windowMs: 3_600_000, onExceed: "deny", by: ["agent"] },
  },
]);

type Parts = Awaited<ReturnType<typeof parts>>;

/** A tool that always fails, and whose failures are passed on. */
async function parts() {
  const guard = await testGuard(TWICE);
  let started = 0;
  const look = tool(
    () => {
      started++;
      throw new Error("flaky");
    },
    { name: "look", schema: z.object({}) },
  );
  const gate = guardGraph(guard, [look], { handleToolErrors: false });
  const config = { configurable: { interlatch: guard.ticket() } };
  return { guard, look, gate, config, started: () => started };
}

function graphOf({ gate }: Parts, next: "tools" | Send) {
  return new StateGraph(MessagesAnnotation)
    .addNode("agent", () => ({ messages: [new AIMessage({ content: "", tool_calls: [LOOK] })] }))
    .addNode("tools", gate.toolNode, { retryPolicy: OFTEN })
    .addEdge(START, "agent")
    .addConditionalEdges("agent", () => [next], ["tools"])
    .compile();
}

function agentOf({ guard, look }: Parts, order: "before" | "behind") {
  const retry = toolRetryMiddleware({ maxRetries: 4, initialDelayMs: 1, maxDelayMs: 1 });
  const ours = policyMiddleware(guard);
  const model = new ScriptedModel([[LOOK]]);
  const middleware = order === "before" ? [retry, ours] : [ours, retry];
  // LangChain's types of its own middleware do not hold under `exactOptionalPropertyTypes`.
  return createAgent({
    model,
    tools: [look],
    middleware: middleware as readonly AgentMiddleware[],
  });
}

const RETRIES: readonly (readonly [where: string, run: (parts: Parts) => Promise<unknown>])[] = [
  ["of the tools node", (made) => graphOf(made, "tools").invoke(HELLO, made.config)],
  [
    "of a call that is sent",
    (made) => graphOf(made, new Send("tools", { lg_tool_call: LOOK })).invoke(HELLO, made.config),
  ],
  [
    "of a task",
    ({ gate, config }) => {
      const [look] = gate.tools;
      const act = task({ name: "act", retry: OFTEN }, async () => look?.invoke(LOOK)); // there is one
      return entrypoint({ name: "flow" }, async () => act()).invoke({}, config);
    },
  ],
  ["of a middleware behind ours", (made) => agentOf(made, "behind").invoke(HELLO, made.config)],
];

describe("a retry", () => {
  for (const [where, run] of RETRIES) {
    verifies("lg.32", `${where} takes a unit each time the tool starts, and ends`, async () => {
      const made = await parts();
      await run(made);
      expect(made.started()).toBe(2);
      const codes = made.guard.decisions.map(({ decision }) => decision.code);
      expect(codes).toEqual(["allowed", "allowed", "rate_limited"]);
    });
  }

  verifies("lg.32", "of a middleware before ours is not made, and takes one unit", async () => {
    const made = await parts();
    await agentOf(made, "before").invoke(HELLO, made.config);
    expect(made.started()).toBe(1);
    expect(made.guard.decisions).toHaveLength(1);
  });
});
