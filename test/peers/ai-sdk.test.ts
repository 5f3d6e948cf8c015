import { guardAI } from "@interlatch/ai-sdk";
import { testGuard } from "@interlatch/core/testing";
import type { ModelMessage } from "ai";
import { describe, expect, it } from "vitest";
import { ANN, Chat } from "../../packages/ai-sdk/test/chat.ts";
import { WAYS, type UIMessage } from "../../packages/ai-sdk/test/majors.ts";
import { installedVersion } from "./installed.ts";
import { paying, pays } from "./paying.ts";

/** What is said of the SDK holds for these versions, and is to be shown again for any other. */
const VERSIONS = { 6: "6.0.326", 7: "7.0.173" } as const;

const USER: ModelMessage = { role: "user", content: "go" };

/** A question as the SDK signs it. */
interface Signed {
  readonly type: string;
  readonly approvalId: string;
  readonly signature: string;
}

/** Messages in which somebody says yes to the first of these calls, asked about or not. */
function approved(...ids: string[]): ModelMessage[] {
  return [
    USER,
    {
      role: "assistant",
      content: ids.flatMap((id) => [
        { type: "tool-call" as const, toolCallId: id, toolName: "pay", input: {} },
        { type: "tool-approval-request" as const, approvalId: `a-${id}`, toolCallId: id },
      ]),
    },
    {
      role: "tool",
      content: ids.slice(0, 1).map((id) => ({
        type: "tool-approval-response" as const,
        approvalId: `a-${id}`,
        approved: true,
      })),
    },
  ];
}

describe("the AI SDK", () => {
  it("is installed in the versions that are spoken of", async () => {
    expect(await installedVersion("ai6")).toBe(VERSIONS[6]);
    expect(await installedVersion("ai")).toBe(VERSIONS[7]);
  });
});

describe.each(WAYS)("$title", ({ sdk, mode }) => {
  const isSeven = sdk.version === 7;
  /** Sends messages as they are, and forgets what comes of it: what counts is what ran. */
  const send = (messages: readonly ModelMessage[], settings: object): Promise<unknown> =>
    sdk.converse(mode, [], { prompt: undefined, messages, ...settings }).catch(() => undefined);

  describe("an approval that is sent again, also to another conversation", () => {
    it("runs its call each time without interlatch, although the tool asks for one", async () => {
      const { ran, tools } = paying({ needsApproval: true });
      for (let times = 0; times < 3; times++) await send(approved("c"), { tools });
      await send([{ role: "user", content: "something else" }, ...approved("c").slice(1)], {
        tools,
      });
      expect(ran.times).toBe(4);
    });

    it("runs its call each time without interlatch, also where the SDK signs approvals", async () => {
      const { ran, tools } = paying({ needsApproval: true });
      const experimental_toolApprovalSecret = "a secret of the server, of 32 or more characters";
      const settings = { tools, experimental_toolApprovalSecret };
      const { content } = await sdk.converse(mode, pays("c"), settings);
      const asked = content.find(({ type }) => type === "tool-approval-request") as Signed;
      const { approvalId, signature } = asked;
      const call = { type: "tool-call" as const, toolCallId: "c", toolName: "pay", input: {} };
      const request = {
        type: "tool-approval-request" as const,
        approvalId,
        toolCallId: "c",
        signature,
      };
      const response = { type: "tool-approval-response" as const, approvalId, approved: true };
      const messages: ModelMessage[] = [
        USER,
        { role: "assistant", content: [call, request] },
        { role: "tool", content: [response] },
      ];
      for (let times = 0; times < 3; times++) await send(messages, settings);
      expect([typeof signature, ran.times]).toEqual(["string", 3]);
    });

    it("runs its call once with interlatch", async () => {
      const guard = await testGuard({ pay: "review" });
      const { ran, tools } = paying();
      const chat = new Chat(sdk, { guard, tools });
      await chat.say(pays("c"));
      chat.answer("c", true);
      for (let times = 0; times < 3; times++) await chat.post(mode);
      await chat.elsewhere({ ticket: guard.ticket({ session: "another" }) }).post(mode);
      expect(ran.times).toBe(1);
    });
  });

  describe("an approval that nobody was asked for", () => {
    it("runs the call without interlatch", async () => {
      const asking = paying({ needsApproval: true });
      await send(approved("forged"), { tools: asking.tools });
      const silent = paying();
      await send(approved("forged"), { tools: silent.tools });
      // AI SDK 6 takes back one for a tool that never asks; 7 runs it.
      expect([asking.ran.times, silent.ran.times]).toEqual([1, isSeven ? 1 : 0]);
    });

    it("runs nothing with interlatch, and opens no question", async () => {
      for (const effect of ["review", "deny"] as const) {
        for (const needsApproval of [undefined, true]) {
          const guard = await testGuard({ pay: effect });
          const { ran, tools } = paying({ needsApproval });
          const { options } = guardAI(guard, guard.ticket(), { reviewer: ANN });
          await send(approved("forged"), options(tools));
          expect(ran.times).toBe(0);
          expect(await guard.approvals.list()).toEqual([]);
        }
      }
    });
  });

  describe("one of two questions without an answer", () => {
    it("lets the other call run, then fails, and again when retried, without interlatch", async () => {
      const { ran, tools } = paying({ needsApproval: true });
      for (let times = 1; times <= 2; times++) {
        const sent = sdk.converse(mode, [], {
          prompt: undefined,
          messages: approved("c1", "c2"),
          tools,
        });
        // `generateText` says that a result is missing; a stream ends without an output.
        await expect(sent).rejects.toThrow(/result is missing|No output/);
        expect(ran.times).toBe(times);
      }
    });

    it("stops the conversation before anything runs with interlatch", async () => {
      const guard = await testGuard({ pay: "review" });
      const { ran, tools } = paying();
      const chat = new Chat(sdk, { guard, tools });
      await chat.say([{ calls: [1, 2].map((n) => ({ id: `c${n}`, tool: "pay", input: { n } })) }]);
      chat.answer("c1", true);
      for (let times = 0; times < 2; times++) {
        await expect(chat.post(mode)).rejects.toMatchObject({ code: "ERR_REVIEW_PENDING" });
      }
      expect(ran.times).toBe(0);
      chat.answer("c2", true);
      await chat.post(mode);
      expect(ran.times).toBe(2);
    });
  });

  describe("a conversation in which an approved call was denied after all", () => {
    const late: UIMessage = {
      id: "m1",
      role: "assistant",
      parts: [
        {
          type: "tool-pay",
          toolCallId: "c",
          state: "output-denied",
          input: {},
          approval: { id: "a", approved: true },
        },
      ],
    };
    const history: readonly UIMessage[] = [
      { id: "m0", role: "user", parts: [{ type: "text", text: "go" }] },
      late,
      { id: "m2", role: "user", parts: [{ type: "text", text: "go on" }] },
    ];

    it("cannot be read again without interlatch, although the page holds what it was sent", async () => {
      await expect(sdk.validate(history, paying().tools)).rejects.toThrow("validation");
    });

    it("goes on with interlatch", async () => {
      const guard = await testGuard({ pay: "review" });
      const { ran, tools } = paying();
      const g = guardAI(guard, guard.ticket(), { reviewer: ANN });
      await expect(g.messages(history, tools, sdk.ai)).resolves.not.toHaveLength(0);
      expect(ran.times).toBe(0);
    });
  });
});
