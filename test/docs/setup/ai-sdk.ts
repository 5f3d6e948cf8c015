import assert from "node:assert/strict";
import { convertToModelMessages, streamText, tool, type UIMessage } from "ai";
import { convertArrayToReadableStream, MockLanguageModelV4 } from "ai/test";
import { z } from "zod";
import { openShop } from "../../../test/docs/shop.ts";

export { convertToModelMessages, streamText };

export const { guard, ticket } = await openShop();
export const user = { id: "u-17" };
export const session = "conversation-1";
export const uiMessages: UIMessage[] = [
  { id: "m1", role: "user", parts: [{ type: "text", text: "Refund order 17." }] },
];

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
const input = JSON.stringify({ order: 17, amount: 5000 });
const call = { type: "tool-call" as const, toolCallId: "c1", toolName: "refund", input };
const calls = { unified: "tool-calls" as const, raw: undefined };
const stop = { unified: "stop" as const, raw: undefined };
const text = "I could not refund it.";

export const model = new MockLanguageModelV4({
  doGenerate: [
    { content: [call], finishReason: calls, usage, warnings: [] },
    { content: [{ type: "text", text }], finishReason: stop, usage, warnings: [] },
  ],
  doStream: {
    stream: convertArrayToReadableStream([call, { type: "finish", finishReason: calls, usage }]),
  },
});

process.on("exit", () => {
  assert.equal(model.doStreamCalls.length + model.doGenerateCalls.length > 0, true);
  assert.deepEqual(refunds, []);
  const [, second] = model.doGenerateCalls;
  if (second !== undefined) assert.match(JSON.stringify(second.prompt), /Finance makes refunds/);
});
