import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import { guardAI, isDeniedOutput } from "@interlatch/ai-sdk";
import { isInterlatchError } from "@interlatch/core";
import { testGuard } from "@interlatch/core/testing";
import { convertToModelMessages, stepCountIs, streamText, tool, validateUIMessages } from "ai6";
import { convertArrayToReadableStream, MockLanguageModelV3 } from "ai6/test";
import { afterEach, beforeEach, describe, expect } from "vitest";
import { z } from "zod";
import { verifies } from "../verifies.ts";
import { PlainChat } from "./plain-chat.ts";

const PERSON = { id: "ann", groups: ["reviewer"] };

const USAGE = {
  inputTokens: { total: 1, noCache: 1, cacheRead: 0, cacheWrite: 0 },
  outputTokens: { total: 1, text: 1, reasoning: 0 },
};

/** Asks a user for a refund, and is content with whatever comes of it. */
const model = new MockLanguageModelV3({
  doStream: async ({ prompt }) => {
    const asks = prompt.at(-1)?.role === "user";
    const unified = asks ? ("tool-calls" as const) : ("stop" as const);
    const input = JSON.stringify({ amount: 150 });
    return {
      stream: convertArrayToReadableStream([
        ...(asks
          ? [{ type: "tool-call" as const, toolCallId: "c1", toolName: "refund", input }]
          : []),
        { type: "finish" as const, finishReason: { unified, raw: unified }, usage: USAGE },
      ]),
    };
  },
});

let refunds: number[];
let server: Server;
let api: string;

const tools = {
  refund: tool({
    inputSchema: z.object({ amount: z.number() }),
    execute: ({ amount }) => `refunded ${refunds.push(amount) && amount}`,
  }),
};
const ai = { convertToModelMessages, validateUIMessages };

beforeEach(async () => {
  refunds = [];
  const guard = await testGuard({ refund: "review" });

  async function answer(id: string, messages: unknown): Promise<Response> {
    const g = guardAI(guard, guard.ticket({ session: id }), { reviewer: PERSON });
    try {
      const options = { model, stopWhen: stepCountIs(4), ...g.options(tools) };
      const result = streamText({ messages: await g.messages(messages, tools, ai), ...options });
      return result.toUIMessageStreamResponse();
    } catch (error) {
      if (!isInterlatchError(error, "ERR_REVIEW_PENDING")) throw error;
      return new Response(error.message, { status: 409 });
    }
  }
  server = createServer((incoming, outgoing) => {
    json(incoming)
      .then(async (body) => {
        const { id, messages } = body as { id: string; messages: unknown };
        const response = await answer(id, messages);
        outgoing.writeHead(response.status, Object.fromEntries(response.headers));
        outgoing.end(await response.text());
      })
      .catch((error: unknown) => outgoing.writeHead(500).end(String(error)));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  api = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`; // a TCP port was asked for
});

afterEach(() => {
  server.close();
  server.closeAllConnections();
});

/** A question that waits in a conversation. */
async function asked(id: string): Promise<PlainChat> {
  const chat = new PlainChat(api, id);
  await chat.sendMessage({ text: "Refund 150." });
  expect(chat.call.state).toBe("approval-requested");
  expect(refunds).toEqual([]);
  return chat;
}

describe("the client of AI SDK 6 over HTTP", () => {
  verifies("ai.x.chat-client-6", "gets the result of a yes, and runs it once", async () => {
    const chat = await asked("one");
    const { messages } = chat;
    await chat.answer(true);
    expect(chat.call).toMatchObject({ state: "output-available", output: "refunded 150" });

    // The page as it was before: the same question, the same click.
    chat.messages = messages;
    await chat.answer(true);
    expect(isDeniedOutput(chat.call.output)).toBe(true);
    expect(refunds).toEqual([150]);
  });

  verifies("ai.x.chat-client-6", "is told of a no, with its reason", async () => {
    const chat = await asked("one");
    await chat.answer(false, "Not today.");
    expect(chat.call).toMatchObject({
      state: "output-denied",
      approval: { approved: false, reason: "Not today." },
    });
    expect(refunds).toEqual([]);
  });

  verifies("ai.x.chat-client-6", "runs nothing under a yes of another conversation", async () => {
    const chat = await asked("one");
    const other = new PlainChat(api, "two");
    other.messages = chat.messages;
    await other.answer(true);
    expect(isDeniedOutput(other.call.output)).toBe(true);
    expect(refunds).toEqual([]);
  });

  verifies("ai.x.chat-client-6", "runs nothing under a yes to other arguments", async () => {
    const chat = await asked("one");
    const text = JSON.stringify(chat.messages).replace('"amount":150', '"amount":999');
    chat.messages = JSON.parse(text) as typeof chat.messages;
    await chat.answer(true);
    expect(isDeniedOutput(chat.call.output)).toBe(true);
    expect(refunds).toEqual([]);
  });

  verifies("ai.x.chat-client-6", "is refused while nobody has answered", async () => {
    const chat = await asked("one");
    await chat.sendMessage();
    expect(chat.status).toBe("error");
    expect(chat.error?.message).toContain("waits for a person");
    expect(refunds).toEqual([]);
  });
});
