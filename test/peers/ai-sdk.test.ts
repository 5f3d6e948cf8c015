import { guardAI } from "@interlatch/ai-sdk";
import { testGuard } from "@interlatch/core/testing";
import {
  convertToModelMessages,
  generateText,
  isStepCount,
  tool,
  validateUIMessages,
  type ModelMessage,
  type UIMessage,
} from "ai";
import { MockLanguageModelV4 } from "ai/test";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { installedVersion } from "./installed.ts";

const usage = {
  inputTokens: { total: 1, noCache: 1, cacheRead: 0, cacheWrite: 0 },
  outputTokens: { total: 1, text: 1, reasoning: 0 },
};
const base = { usage, warnings: [] };
const asks = {
  ...base,
  content: [{ type: "tool-call" as const, toolCallId: "c1", toolName: "pay", input: "{}" }],
  finishReason: { unified: "tool-calls" as const, raw: undefined },
};
const ends = {
  ...base,
  content: [{ type: "text" as const, text: "Done." }],
  finishReason: { unified: "stop" as const, raw: undefined },
};

/** A model that asks to pay, then ends. */
const model = (): MockLanguageModelV4 => new MockLanguageModelV4({ doGenerate: [asks, ends] });
const stopWhen = isStepCount(2);

/** A tool that counts its runs and says by itself that a person must approve. */
function payTool() {
  const ran = { times: 0 };
  const pay = tool({
    inputSchema: z.object({}),
    needsApproval: true,
    execute: () => `paid ${++ran.times} times`,
  });
  return { ran, tools: { pay } };
}

describe("tool approval of ai 7.0.173", () => {
  it("is the version that is installed", async () => {
    expect(await installedVersion("ai")).toBe("7.0.173");
  });

  it("asks for a tool that has needsApproval, where nothing else is said", async () => {
    const { ran, tools } = payTool();
    const { content } = await generateText({ model: model(), prompt: "Go.", tools, stopWhen });

    expect(ran.times).toBe(0);
    expect(content.some(({ type }) => type === "tool-approval-request")).toBe(true);
  });

  it("lets a toolApproval function without an opinion cancel the tool's own needsApproval", async () => {
    const { ran, tools } = payTool();
    await generateText({
      model: model(),
      prompt: "Go.",
      tools,
      stopWhen,
      toolApproval: () => undefined,
    });

    expect(ran.times).toBe(1);
  });

  it("runs a call for a status it does not know", async () => {
    const { ran, tools } = payTool();
    const typo = "deny" as "denied"; // what a policy engine without these types may well return
    await generateText({
      model: model(),
      prompt: "Go.",
      tools,
      stopWhen,
      toolApproval: () => typo,
    });

    expect(ran.times).toBe(1);
  });

  it("runs the other calls of a step in which one is denied", async () => {
    const ran: string[] = [];
    const tools = {
      pay: tool({ inputSchema: z.object({}), execute: () => ran.push("pay") }),
      search: tool({ inputSchema: z.object({}), execute: () => ran.push("search") }),
    };
    const both = {
      ...asks,
      content: [...asks.content, { ...asks.content[0]!, toolCallId: "c2", toolName: "search" }],
    };
    await generateText({
      model: new MockLanguageModelV4({ doGenerate: [both, ends] }),
      prompt: "Go.",
      tools,
      stopWhen,
      toolApproval: { pay: "denied" },
    });

    expect(ran).toEqual(["search"]);
  });

  it("runs an approved call again for each replay of the approved history, also where approvals are signed", async () => {
    const { ran, tools } = payTool();
    const options = {
      tools,
      stopWhen,
      experimental_toolApprovalSecret: "a secret of the server, of 32 or more characters",
    };
    const asked: ModelMessage[] = [{ role: "user", content: "Go." }];
    const first = await generateText({ ...options, model: model(), messages: asked });
    const request = first.content.find((part) => part.type === "tool-approval-request");
    const approved: ModelMessage[] = [
      ...asked,
      ...first.responseMessages,
      {
        role: "tool",
        content: [
          {
            type: "tool-approval-response",
            approvalId: request?.approvalId ?? "",
            approved: true,
          },
        ],
      },
    ];
    expect(ran.times).toBe(0);
    for (let times = 0; times < 3; times++) {
      const ending = new MockLanguageModelV4({ doGenerate: ends });
      await generateText({ ...options, model: ending, messages: approved });
    }

    expect(ran.times).toBe(3);
  });

  it("runs the approved one of two calls, then fails because of the other, and runs it again when retried", async () => {
    const { ran, options, partly } = await twoAsked();
    for (let times = 1; times <= 2; times++) {
      const ending = new MockLanguageModelV4({ doGenerate: ends });
      await expect(generateText({ ...options, model: ending, messages: partly })).rejects.toThrow(
        "Tool result is missing",
      );
      expect(ran.times).toBe(times);
    }
  });
});

/** A history in which one of two calls is approved and nobody has answered about the other. */
async function twoAsked() {
  const { ran, tools } = payTool();
  const options = { tools, stopWhen };
  const both = {
    ...asks,
    content: [...asks.content, { ...asks.content[0]!, toolCallId: "c2" }],
  };
  const asked: ModelMessage[] = [{ role: "user", content: "Go." }];
  const first = await generateText({
    ...options,
    model: new MockLanguageModelV4({ doGenerate: both }),
    messages: asked,
  });
  const request = first.content.find((part) => part.type === "tool-approval-request");
  const approvalId = request?.approvalId ?? "";
  const response = { type: "tool-approval-response" as const, approvalId, approved: true };
  const partly: ModelMessage[] = [
    ...asked,
    ...first.responseMessages,
    { role: "tool", content: [response] },
  ];
  return { ran, options, partly };
}

describe("the same with interlatch", () => {
  const ann = { id: "ann", groups: ["reviewer"] };
  const user: UIMessage = { id: "m1", role: "user", parts: [{ type: "text", text: "Go." }] };
  const ai = { convertToModelMessages, validateUIMessages };

  /** A tool that the policy wants reviewed, asked about in a conversation that ends in these answers. */
  async function asked(answers: readonly (boolean | undefined)[]) {
    const ran = { times: 0 };
    const execute = (): string => `paid ${++ran.times} times`;
    const tools = { pay: tool({ inputSchema: z.object({}), execute }) };
    const guard = await testGuard({ pay: "review" });
    const g = guardAI(guard, guard.ticket(), { reviewer: ann });
    const content = answers.map((_, index) => ({ ...asks.content[0]!, toolCallId: `c${index}` }));
    const model = new MockLanguageModelV4({ doGenerate: { ...asks, content } });
    await generateText({ model, prompt: "Go.", ...g.options(tools) });
    const parts = answers.map((approved, index) => ({
      type: "tool-pay",
      toolCallId: `c${index}`,
      input: {},
      ...(approved === undefined
        ? { state: "approval-requested", approval: { id: `a${index}` } }
        : { state: "approval-responded", approval: { id: `a${index}`, approved } }),
    }));
    const history = [user, { id: "m2", role: "assistant", parts }];
    const send = async (): Promise<void> => {
      const ending = new MockLanguageModelV4({ doGenerate: ends });
      const messages = await g.messages(history, tools, ai);
      await generateText({ model: ending, messages, ...g.options(tools) });
    };
    return { ran, send };
  }

  it("runs an approved call once, however often its history is sent", async () => {
    const { ran, send } = await asked([true]);
    for (let times = 0; times < 3; times++) await send();
    expect(ran.times).toBe(1);
  });

  it("runs nothing while one of two calls has no answer", async () => {
    const { ran, send } = await asked([true, undefined]);
    for (let times = 0; times < 2; times++) {
      await expect(send()).rejects.toMatchObject({ code: "ERR_REVIEW_PENDING" });
    }
    expect(ran.times).toBe(0);
  });
});
