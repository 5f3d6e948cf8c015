import assert from "node:assert/strict";
import { tool } from "ai";
import { MockLanguageModelV4 } from "ai/test";
import { z } from "zod";
import { openShop } from "../../../test/docs/shop.ts";

export const { guard, ticket } = await openShop();

const refunded: number[] = [];
const searched: string[] = [];
export const tools = {
  refund: tool({
    inputSchema: z.object({ order: z.number(), amount: z.number() }),
    execute: ({ amount }) => refunded.push(amount),
  }),
  search_orders: tool({ inputSchema: z.object({}), execute: () => searched.push("orders") }),
};

const base = {
  usage: {
    inputTokens: { total: 1, noCache: 1, cacheRead: 0, cacheWrite: 0 },
    outputTokens: { total: 1, text: 1, reasoning: 0 },
  },
  warnings: [],
};
const call = (toolCallId: string, toolName: string, input: object) => ({
  type: "tool-call" as const,
  toolCallId,
  toolName,
  input: JSON.stringify(input),
});

export const model = new MockLanguageModelV4({
  doGenerate: [
    {
      ...base,
      content: [call("c1", "search_orders", {}), call("c2", "refund", { order: 17, amount: 5000 })],
      finishReason: { unified: "tool-calls", raw: undefined },
    },
    {
      ...base,
      content: [{ type: "text", text: "I could not refund it." }],
      finishReason: { unified: "stop", raw: undefined },
    },
  ],
});

process.on("exit", () => {
  assert.deepEqual([refunded, searched.length], [[], 1]);
  const read = JSON.stringify(model.doGenerateCalls[1]?.prompt);
  assert.ok(read.includes("Finance makes refunds above 1,000."), read);
});
