import assert from "node:assert/strict";
import { guardAI } from "@interlatch/ai-sdk";
import { convertToModelMessages, generateText, streamText, tool, validateUIMessages } from "ai";
import { convertArrayToReadableStream, MockLanguageModelV4 } from "ai/test";
import { z } from "zod";
import { openShop } from "../../../test/docs/shop.ts";

export { convertToModelMessages, streamText, validateUIMessages };

export const { guard, ticket } = await openShop();
export const person = { id: "ann", groups: ["reviewer"] };

const refunds: number[] = [];
export const tools = {
  refund: tool({
    inputSchema: z.object({ order: z.number(), amount: z.number() }),
    execute: ({ amount }) => refunds.push(amount),
  }),
};

const usage = {
  inputTokens: { total: 1, noCache: 1, cacheRead: 0, cacheWrite: 0 },
  outputTokens: { total: 1, text: 1, reasoning: 0 },
};
const input = { order: 17, amount: 150 };
const call = {
  type: "tool-call" as const,
  toolCallId: "c1",
  toolName: "refund",
  input: JSON.stringify(input),
};
const calls = { unified: "tool-calls" as const, raw: undefined };
const stop = { unified: "stop" as const, raw: undefined };
export const model = new MockLanguageModelV4({
  doGenerate: { content: [call], finishReason: calls, usage, warnings: [] },
  doStream: {
    stream: convertArrayToReadableStream([{ type: "finish", finishReason: stop, usage }]),
  },
});

// The request before: the model asked for a refund, and the interface for a person.
await generateText({
  model,
  prompt: "Refund order 17.",
  ...guardAI(guard, ticket, { reviewer: undefined }).options(tools),
});
assert.equal((await guard.approvals.list({ states: ["pending"] })).length, 1);
const part = {
  type: "tool-refund",
  toolCallId: "c1",
  state: "approval-responded",
  input,
  approval: { id: "a1", approved: true },
};
export const body: { readonly messages: unknown } = {
  messages: [
    { id: "m1", role: "user", parts: [{ type: "text", text: "Refund order 17." }] },
    { id: "m2", role: "assistant", parts: [part] },
  ],
};

process.on("exit", () => assert.deepEqual(refunds, [150]));
