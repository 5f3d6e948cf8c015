import { memoryAudit } from "@interlatch/core";
import "@interlatch/core/node";
import { testGuard, type TestGuard } from "@interlatch/core/testing";
import { guardAI } from "@interlatch/ai-sdk";
import { guardTool } from "@interlatch/langchain";
import { guardGraph } from "@interlatch/langgraph";
import { AIMessage } from "@langchain/core/messages";
import { tool as langchainTool } from "@langchain/core/tools";
import { ToolNode } from "@langchain/langgraph/prebuilt";
import { generateText, isStepCount, jsonSchema, tool as aiTool } from "ai";
import { MockLanguageModelV4 } from "ai/test";
import { z } from "zod";
import type { Figure } from "./goal.ts";
import { measure, nanoseconds, ratio, type Candidate, type Effort } from "./measure.ts";

/** What a guarded tool costs beside a bare one, in each framework: allowed calls, a memory audit sink. */
export async function guardedTools(effort: Effort): Promise<readonly Figure[]> {
  const guard = await testGuard({ search: "allow" }, { audit: memoryAudit() });
  return [
    await compare("LangChain tool.invoke", langchain(guard), effort),
    await compare("LangGraph ToolNode call", langgraph(guard), effort),
    await compare("AI SDK 7 generateText, one call", aiSdk(guard), effort),
  ];
}

async function compare(what: string, pair: Pair, effort: Effort): Promise<Figure> {
  const timings = await measure(
    [
      { name: "bare", run: pair.bare },
      { name: "guarded", run: pair.guarded },
    ],
    effort,
  );
  const us = (name: string): string => `${(nanoseconds(timings, name) / 1000).toFixed(1)} µs`;
  return {
    what: `${what}: added by the guard`,
    against: "the bare call",
    value: ratio(timings, "guarded", "bare") - 1,
    unit: "×",
    goal: { atMost: 0.3 },
    tolerance: 0.25,
    note: `${us("guarded")} : ${us("bare")}`,
  };
}

interface Pair {
  readonly bare: Candidate["run"];
  readonly guarded: Candidate["run"];
}

const SCHEMA = z.object({ query: z.string(), limit: z.number() });
const INPUT = { query: "blue shoes", limit: 10 };

function searchTool() {
  return langchainTool(async ({ query }) => `found ${query}`, {
    name: "search",
    description: "Searches the shop",
    schema: SCHEMA,
  });
}

function langchain(guard: TestGuard): Pair {
  const bare = searchTool();
  const guarded = guardTool(searchTool(), guard);
  const config = { configurable: { interlatch: guard.ticket() } };
  const call = (index: number) =>
    ({ type: "tool_call", id: `c${index}`, name: "search", args: INPUT }) as const;
  return {
    bare: (index) => bare.invoke(call(index), config),
    guarded: (index) => guarded.invoke(call(index), config),
  };
}

function langgraph(guard: TestGuard): Pair {
  const bare = new ToolNode([searchTool()]);
  const guarded = guardGraph(guard, [searchTool()]).toolNode;
  const config = { configurable: { interlatch: guard.ticket() } };
  const state = (index: number) => ({
    messages: [
      new AIMessage({
        content: "",
        tool_calls: [{ type: "tool_call", id: `c${index}`, name: "search", args: INPUT }],
      }),
    ],
  });
  return {
    bare: (index) => bare.invoke(state(index), config),
    guarded: (index) => guarded.invoke(state(index), config),
  };
}

function aiSdk(guard: TestGuard): Pair {
  const tools = {
    search: aiTool({
      description: "Searches the shop",
      inputSchema: jsonSchema<typeof INPUT>({
        type: "object",
        properties: { query: { type: "string" }, limit: { type: "number" } },
        required: ["query", "limit"],
        additionalProperties: false,
      }),
      execute: async ({ query }) => `found ${query}`,
    }),
  };
  const guarded = guardAI(guard, guard.ticket()).options(tools);
  const stopWhen = isStepCount(2);
  const prompt = "Find blue shoes.";
  return {
    bare: (index) => generateText({ model: scripted(index), tools, stopWhen, prompt }),
    guarded: (index) => generateText({ model: scripted(index), ...guarded, stopWhen, prompt }),
  };
}

const USAGE = {
  inputTokens: { total: 1, noCache: 1, cacheRead: 0, cacheWrite: 0 },
  outputTokens: { total: 1, text: 1, reasoning: 0 },
};

/** A model that calls the tool once and then answers. */
function scripted(index: number): MockLanguageModelV4 {
  let turn = 0;
  return new MockLanguageModelV4({
    doGenerate: async () =>
      turn++ === 0
        ? {
            content: [
              {
                type: "tool-call",
                toolCallId: `c${index}`,
                toolName: "search",
                input: JSON.stringify(INPUT),
              },
            ],
            finishReason: { unified: "tool-calls", raw: undefined },
            usage: USAGE,
            warnings: [],
          }
        : {
            content: [{ type: "text", text: "There are some." }],
            finishReason: { unified: "stop", raw: undefined },
            usage: USAGE,
            warnings: [],
          },
  });
}
