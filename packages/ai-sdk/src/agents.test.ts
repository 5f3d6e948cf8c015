import { testGuard, type TestGuard } from "@interlatch/core/testing";
import { tool } from "ai";
import { describe, expect } from "vitest";
import { z } from "zod";
import { verifies } from "../../../test/verifies.ts";
import { recorded } from "../test/audit.ts";
import { ANN, Chat } from "../test/chat.ts";
import { asks, counted } from "../test/counted.ts";
import { WAYS, type UIMessage } from "../test/majors.ts";
import { guardAI } from "./index.ts";

const POLICY = { pay: "review", search: "allow", refund: "deny", help: "allow" } as const;
const USER: UIMessage = { id: "m0", role: "user", parts: [{ type: "text", text: "go" }] };

describe.each(WAYS)("$title: a ToolLoopAgent", ({ sdk, mode }) => {
  /** A chat that an agent answers. */
  async function chatOf(...names: string[]) {
    const guard = await testGuard(POLICY);
    const { ran, tools } = counted(...names);
    return { guard, ran, chat: new Chat(sdk, { guard, tools, by: "agent" }) };
  }

  /** The only question that is open. */
  async function question({ approvals }: TestGuard) {
    const [open] = await approvals.list({ states: ["pending"] });
    return open!;
  }

  verifies("ai.x.agent", "runs what is allowed and is told of what is denied", async () => {
    const guard = await testGuard(POLICY);
    const { ran, tools } = counted("search", "refund");
    const { options } = guardAI(guard, guard.ticket());
    const result = await sdk.converseAgent(mode, asks("search", "refund"), options(tools));
    expect(ran).toEqual([["search", { n: 1 }]]);
    expect(result.answer("c-search")).toEqual({ type: "text", value: "search 1" });
    expect(result.answer("c-refund")?.type).toBe("execution-denied");
    expect(result.text).toBe("done");
    expect(recorded(guard).map(({ tool: name, outcome }) => [name, outcome])).toEqual(
      expect.arrayContaining([
        ["search", "executed"],
        ["refund", "blocked"],
      ]),
    );
  });

  verifies("ai.x.agent", "asks, and runs once what is approved, however often sent", async () => {
    const { guard, ran, chat } = await chatOf("pay");
    await chat.say(asks("pay"));
    expect(chat.part("c-pay")?.state).toBe("approval-requested");
    expect(ran).toEqual([]);
    chat.answer("c-pay", true);
    expect((await chat.post(mode)).answer("c-pay")).toEqual({ type: "text", value: "pay 1" });
    for (let times = 0; times < 3; times++) {
      expect((await chat.post(mode)).answer("c-pay")?.type).toBe("execution-denied");
    }
    expect(ran).toHaveLength(1);
    expect(recorded(guard)[0]).toMatchObject({ code: "approved", outcome: "executed" });
  });

  verifies("ai.x.agent", "runs nothing that is rejected, and runs what was changed", async () => {
    const rejected = await chatOf("pay");
    await rejected.chat.say(asks("pay"));
    rejected.chat.answer("c-pay", false, "Too much.");
    expect((await rejected.chat.post(mode)).answer("c-pay")).toMatchObject({
      type: "execution-denied",
      reason: "Too much.",
    });
    expect(rejected.ran).toEqual([]);

    const edited = await chatOf("pay");
    await edited.chat.say(asks("pay"));
    const { id, digest } = await question(edited.guard);
    const edit = { answer: "modify", arguments: { n: 0 } } as const;
    await edited.guard.approvals.decide({ id, digest, reviewer: ANN, ...edit });
    const result = await edited.chat.post(mode);
    expect(edited.ran).toEqual([["pay", { n: 0 }]]);
    expect(JSON.stringify(result.answer("c-pay"))).toContain("reviewer");
  });

  verifies("ai.x.agent", "runs nothing under an approval that a client made up", async () => {
    const { guard, ran, chat } = await chatOf("pay", "refund");
    const parts = ["pay", "refund"].map((name) => ({
      type: `tool-${name}`,
      toolCallId: `f-${name}`,
      state: "approval-responded",
      input: { n: 1 },
      approval: { id: `a-${name}`, approved: true },
    }));
    chat.messages = [USER, { id: "m1", role: "assistant", parts }];
    const result = await chat.post(mode);
    for (const { toolCallId } of parts) {
      expect(result.answer(toolCallId)?.type).toBe("execution-denied");
    }
    expect(ran).toEqual([]);
    expect(await guard.approvals.list()).toEqual([]);
  });

  verifies("ai.35", "used as a tool by another agent has its own calls decided", async () => {
    const guard = await testGuard(POLICY);
    const { ran, tools } = counted("search", "refund", "pay");
    const answers: unknown[] = [];
    const help = tool({
      inputSchema: z.looseObject({}),
      execute: async () => {
        const inner = guardAI(guard, guard.ticket({ agent: { id: "helper" } }));
        const turns = asks("search", "refund", "pay");
        const result = await sdk.converseAgent(mode, turns, { tools: inner.tools(tools) });
        answers.push(...result.answers.map(({ output }) => output.type));
        return result.text;
      },
    });
    const outer = guardAI(guard, guard.ticket());
    const result = await sdk.converseAgent(mode, asks("help"), outer.options({ help }));
    expect(result.answer("c-help")).toEqual({ type: "text", value: "done" });
    expect(ran.map(([name]) => name)).toEqual(["search"]);
    expect(answers).toEqual(["text", "execution-denied", "execution-denied"]);
    expect(new Set(recorded(guard).map(({ call, code }) => `${call} ${code}`))).toEqual(
      new Set([
        "c-help allowed",
        "c-search allowed",
        "c-refund rule_denied",
        "c-pay review_unavailable",
      ]),
    );
  });

  verifies("ai.38", "that prepareCall gives other guarded tools has those decided", async () => {
    const guard = await testGuard(POLICY);
    const { ran, tools } = counted("search", "refund");
    const g = guardAI(guard, guard.ticket());
    // Of the agent's own tools none are left: those of the call are what the model may use.
    const prepareCall = (call: object): object => ({ ...call, ...g.options(tools) });
    const settings = { ...g.options({}), prepareCall };
    const result = await sdk.converseAgent(mode, asks("search", "refund"), settings);
    expect(result.shown).toEqual(["search", "refund"]);
    expect(ran.map(([name]) => name)).toEqual(["search"]);
    expect(result.answer("c-refund")?.type).toBe("execution-denied");
    expect(recorded(guard)).toHaveLength(2);
  });

  verifies("ai.38", "that prepareCall gives bare tools has them decided on AI SDK 7", async () => {
    const guard = await testGuard(POLICY);
    const { ran, tools: bare } = counted("search", "refund");
    const g = guardAI(guard, guard.ticket());
    const prepareCall = (call: object): object => ({ ...call, tools: bare });
    const settings = { ...g.options({}), prepareCall };
    await sdk.converseAgent(mode, asks("search", "refund"), settings);
    // AI SDK 6 asks nobody about a tool that the adapter has never seen; `coverage` says so beforehand.
    const expected = sdk.version === 7 ? ["search"] : ["search", "refund"];
    expect(ran.map(([name]) => name)).toEqual(expected);
    expect(guard.coverage().find(({ tool: name }) => name === "refund")?.state).toBe("not_wrapped");
  });

  verifies("ai.38", "that prepareStep narrows answers a call of what it hid", async () => {
    const guard = await testGuard(POLICY);
    const { ran, tools } = counted("search", "refund");
    const g = guardAI(guard, guard.ticket());
    const turns = [...asks("refund"), ...asks("search")];
    const settings = {
      ...g.options(tools),
      prepareStep: ({ stepNumber }: { stepNumber: number }) => ({
        activeTools: stepNumber === 0 ? ["search"] : ["search", "refund"],
      }),
    };
    const result = await sdk.converseAgent(mode, turns, settings);
    expect([result.shown, result.shownLast]).toEqual([["search"], ["search", "refund"]]);
    // It is not there for the SDK either: the call meets no tool, and the guard no call.
    expect(result.answer("c-refund")?.type).toMatch(/^error-/);
    expect(ran.map(([name]) => name)).toEqual(["search"]);
    expect(result.text).toBe("done");
  });
});

describe.each(WAYS.filter(({ mode }) => mode === "stream"))(
  "$title: createAgentUIStreamResponse",
  ({ sdk }) => {
    verifies(
      "ai.x.agent-ui",
      "decides, and runs nothing by a click that g.messages did not take",
      async () => {
        const guard = await testGuard(POLICY);
        const { ran, tools } = counted("search", "refund", "pay");
        const g = guardAI(guard, guard.ticket(), { reviewer: ANN });
        const { model } = sdk.model(asks("search", "refund", "pay"));
        const agent = new sdk.sdk.ToolLoopAgent({ model, ...g.options(tools) });
        const respond = async (uiMessages: readonly unknown[]): Promise<string> =>
          (await sdk.sdk.createAgentUIStreamResponse({ agent, uiMessages })).text();
        const shown = await respond([USER]);
        expect(shown).toContain('"type":"tool-approval-request"');
        expect(ran.map(([name]) => name)).toEqual(["search"]);

        const part = { type: "tool-pay", toolCallId: "c-pay", input: { n: 1 } };
        const approval = { id: "made-up", approved: true };
        const answered = { ...part, state: "approval-responded", approval };
        await respond([USER, { id: "m1", role: "assistant", parts: [answered] }]);
        expect(ran.map(([name]) => name)).toEqual(["search"]);
      },
    );
  },
);
