import type { JsonObject } from "@interlatch/core";
import { testGuard } from "@interlatch/core/testing";
import { tool } from "ai";
import { describe, expect } from "vitest";
import { z } from "zod";
import { verifies } from "../../../test/verifies.ts";
import { recorded } from "../test/audit.ts";
import { ANN } from "../test/chat.ts";
import { asks, counted } from "../test/counted.ts";
import { MAJORS, type Major, type Turn, type UIMessage, type UIPart } from "../test/majors.ts";
import { chunksOf, toolChunks, withChunks, type Chunk } from "../test/ui.ts";
import { guardAI, isDeniedOutput, type GuardableTools } from "./index.ts";

const POLICY = { pay: "review", search: "allow", refund: "deny" } as const;
const USER: UIMessage = { id: "m0", role: "user", parts: [{ type: "text", text: "go" }] };

/** A client and its server, with nothing between them but the body of requests and responses. */
async function page(sdk: Major, tools: GuardableTools) {
  const guard = await testGuard(POLICY);
  let history: readonly UIMessage[] = [USER];
  const part = (id: string): UIPart | undefined =>
    history.flatMap(({ parts }) => parts).findLast(({ toolCallId }) => toolCallId === id);
  return {
    guard,
    part,
    /** Sends the conversation, and gives the chunks of the response. */
    async send(turns: readonly Turn[] = []): Promise<readonly Chunk[]> {
      const g = guardAI(guard, guard.ticket(), { reviewer: ANN });
      const { model } = sdk.model(turns);
      const messages = await g.messages(JSON.parse(JSON.stringify(history)), tools, sdk.ai);
      const stopWhen = sdk.sdk.stepCountIs(3);
      const result = sdk.sdk.streamText({ model, messages, stopWhen, ...g.options(tools) });
      const response = result.toUIMessageStreamResponse({ originalMessages: history });
      const chunks = await chunksOf(response);
      history = await withChunks(sdk.sdk, history, chunks);
      return chunks;
    },
    /** A click on a question. */
    click(id: string, approved: boolean, reason?: string): void {
      const approval = {
        ...part(id)?.approval,
        id: "a",
        approved,
        ...(reason === undefined ? {} : { reason }),
      };
      const state = "approval-responded";
      history = history.map((message) => ({
        ...message,
        parts: message.parts.map((each) =>
          each.toolCallId === id ? { ...each, state, approval } : each,
        ),
      }));
    },
    /** A reviewer changes the arguments, in another place than the conversation. */
    async edit(changed: JsonObject): Promise<void> {
      const [asked] = await guard.approvals.list({ states: ["pending"] });
      const { id, digest } = asked!;
      const answer = "modify";
      await guard.approvals.decide({ id, digest, reviewer: ANN, answer, arguments: changed });
    },
  };
}

describe.each(MAJORS)("AI SDK $version: the user interface shows", (sdk) => {
  const isSeven = sdk.version === 7;

  verifies("ai.x.ui", "an allowed call by its output", async () => {
    const { send, part } = await page(sdk, counted("search").tools);
    expect(toolChunks(await send(asks("search")))).toEqual(["tool-output-available"]);
    expect(part("c-search")).toMatchObject({ state: "output-available", output: "search 1" });
  });

  verifies("ai.39", "a denied call as denied, with the reason", async () => {
    const { send, part } = await page(sdk, counted("refund").tools);
    const reason = expect.stringContaining("forbids");
    const chunks = await send(asks("refund"));
    expect(toolChunks(chunks)).toEqual(
      isSeven
        ? ["tool-approval-request automatic", "tool-approval-response false", "tool-output-denied"]
        : ["tool-output-available"],
    );
    const shown = part("c-refund");
    // AI SDK 6 has no word for it before a person was asked: `isDeniedOutput` tells the page.
    if (isSeven) expect(shown).toMatchObject({ state: "output-denied", approval: { reason } });
    else expect(shown).toMatchObject({ output: { "@interlatch/denied": { reason } } });
    expect(isDeniedOutput(shown?.output)).toBe(!isSeven);
    expect(chunks.at(-1)).toMatchObject({ type: "finish", finishReason: "stop" });
  });

  verifies("ai.x.ui", "a question, and after a yes the output", async () => {
    const { guard, send, part, click } = await page(sdk, counted("pay").tools);
    expect(toolChunks(await send(asks("pay")))).toEqual(["tool-approval-request"]);
    expect(part("c-pay")?.state).toBe("approval-requested");
    click("c-pay", true);
    expect(toolChunks(await send())).toEqual(["tool-output-available"]);
    expect(part("c-pay")).toMatchObject({ state: "output-available", output: "pay 1" });
    expect(recorded(guard)).toMatchObject([{ code: "approved", outcome: "executed" }]);
  });

  verifies("ai.x.ui", "a no as denied, with the person's reason", async () => {
    const { send, part, click } = await page(sdk, counted("pay").tools);
    await send(asks("pay"));
    click("c-pay", false, "Too much.");
    expect(toolChunks(await send())).toEqual(["tool-output-denied"]);
    expect(part("c-pay")).toMatchObject({
      state: "output-denied",
      approval: { approved: false, reason: "Too much." },
    });
  });

  verifies("ai.x.ui", "what came of changed arguments", async () => {
    const { ran, tools } = counted("pay");
    const { send, part, edit } = await page(sdk, tools);
    await send(asks("pay"));
    await edit({ n: 0 });
    expect(toolChunks(await send())).toEqual(["tool-output-available"]);
    expect(part("c-pay")).toMatchObject({ state: "output-available", output: "pay 1" });
    expect(ran).toEqual([["pay", { n: 0 }]]);
  });

  verifies("ai.x.ui", "an approval that came too late as a denial", async () => {
    const { ran, tools } = counted("pay");
    const { guard, send, part, click } = await page(sdk, tools);
    await send(asks("pay"));
    guard.time.advance(15 * 60_000);
    click("c-pay", true);
    const chunks = toolChunks(await send());
    const shown = part("c-pay");
    expect([chunks, shown?.state]).toEqual(
      isSeven
        ? [["tool-output-denied"], "output-denied"]
        : [["tool-output-available"], "output-available"],
    );
    expect(isDeniedOutput(shown?.output)).toBe(!isSeven);
    expect(ran).toEqual([]);
  });

  verifies("ai.x.ui", "the parts of a stream, and a tool's error as an error", async () => {
    const search = tool({
      inputSchema: z.looseObject({}),
      async *execute() {
        yield "one";
        yield "two";
      },
    });
    const pay = tool({
      inputSchema: z.looseObject({}),
      execute: (): string => {
        throw new Error("no connection");
      },
    });
    const { send, part, click } = await page(sdk, { search, pay });
    const chunks = await send(asks("search"));
    const outputs = chunks.filter(({ type }) => type === "tool-output-available");
    expect(outputs.map(({ output }) => output)).toEqual(["one", "two", "two"]);
    await send(asks("pay"));
    click("c-pay", true);
    expect(toolChunks(await send())).toEqual(["tool-output-error"]);
    expect(part("c-pay")?.state).toBe("output-error");
  });

  verifies(
    "ai.x.ui-abort",
    "nothing of a call after the page has gone, and the record ends",
    async () => {
      const guard = await testGuard(POLICY);
      const gone = new AbortController();
      const search = tool({
        inputSchema: z.looseObject({}),
        async *execute(_input, { abortSignal }) {
          yield "one";
          gone.abort();
          abortSignal?.throwIfAborted();
          yield "two";
        },
      });
      const { model, requests } = sdk.model(asks("search"));
      const { options } = guardAI(guard, guard.ticket());
      const result = sdk.sdk.streamText({
        model,
        prompt: "go",
        abortSignal: gone.signal,
        stopWhen: sdk.sdk.stepCountIs(3),
        ...options({ search }),
      });
      const chunks = await chunksOf(result.toUIMessageStreamResponse());
      expect(chunks.at(-1)?.type).toBe("abort");
      expect(chunks.map(({ output }) => output)).not.toContain("two");
      expect(requests).toHaveLength(1);
      await guard.flush();
      expect(recorded(guard)).toMatchObject([{ code: "allowed", outcome: "error" }]);
      expect(guard.status().openCalls).toBe(0);
    },
  );

  verifies(
    "ai.x.ui-unread",
    "nothing where nobody looks, and all calls are decided all the same",
    async () => {
      const guard = await testGuard(POLICY);
      const { ran, tools } = counted("search", "refund");
      const { model } = sdk.model(asks("search", "refund"));
      const { options } = guardAI(guard, guard.ticket());
      const stopWhen = sdk.sdk.stepCountIs(3);
      const result = sdk.sdk.streamText({ model, prompt: "go", stopWhen, ...options(tools) });
      await result.consumeStream();
      expect(await result.text).toBe("done");
      expect(ran.map(([name]) => name)).toEqual(["search"]);
      expect(recorded(guard)).toHaveLength(2);
    },
  );
});
