import assert from "node:assert/strict";
import { convertToModelMessages, streamText, tool, type UIMessage } from "ai";
import { convertArrayToReadableStream, MockLanguageModelV4 } from "ai/test";
import { z } from "zod";
import { openShop } from "../../../test/docs/shop.ts";

export { convertToModelMessages, streamText };

export const { guard } = await openShop();
export const user = { id: "u-17" };
export const session = "conversation-1";
export const uiMessages: UIMessage[] = [
  { id: "m1", role: "user", parts: [{ type: "text", text: "Refund order 17." }] },
];

const refunded: number[] = [];
export const tools = {
  refund: tool({
    inputSchema: z.object({ order: z.number(), amount: z.number() }),
    execute: ({ amount }) => refunded.push(amount),
  }),
};

const input = JSON.stringify({ order: 17, amount: 5000 });
export const model = new MockLanguageModelV4({
  doStream: {
    stream: convertArrayToReadableStream([
      { type: "tool-call", toolCallId: "c1", toolName: "refund", input },
      {
        type: "finish",
        finishReason: { unified: "tool-calls", raw: undefined },
        usage: {
          inputTokens: { total: 1, noCache: 1, cacheRead: 0, cacheWrite: 0 },
          outputTokens: { total: 1, text: 1, reasoning: 0 },
        },
      },
    ]),
  },
});

process.on("exit", () => assert.deepEqual(refunded, []));
