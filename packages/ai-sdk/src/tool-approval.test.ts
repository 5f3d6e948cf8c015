import fc from "fast-check";
import { describe, expect } from "vitest";
import type { Guard } from "@interlatch/core";
import { testGuard } from "@interlatch/core/testing";
import { generateText, tool, type ModelMessage } from "ai";
import { MockLanguageModelV4 } from "ai/test";
import { z } from "zod";
import { verifies } from "../../../test/verifies.ts";
import { recorded } from "../test/audit.ts";
import { MAJORS } from "../test/majors.ts";
import { NO_REFUND, NO_REPORT, POLICY } from "../test/policy.ts";
import { guardAI } from "./index.ts";

const anything = z.looseObject({});
const seven = MAJORS[0]!; // AI SDK 7

/** One model turn of AI SDK 7 that asks a person, then a second request with the answer. */
async function answered(
  options: object,
  name: string,
  between: () => Promise<void> = async () => undefined,
): Promise<{ readonly asked: number; readonly toolMessages: readonly unknown[] }> {
  const usage = { inputTokens: { total: 1 }, outputTokens: { total: 1 } };
  const turns: object[] = [
    {
      content: [{ type: "tool-call", toolCallId: "c1", toolName: name, input: "{}" }],
      finishReason: { unified: "tool-calls", raw: "tool-calls" },
    },
    { content: [{ type: "text", text: "done" }], finishReason: { unified: "stop", raw: "stop" } },
  ];
  const prompts: unknown[] = [];
  // The mock's full types name parts that no test here reads.
  const model = new MockLanguageModelV4({
    doGenerate: (async ({ prompt }: { prompt: unknown }) => ({
      ...turns[prompts.push(prompt) - 1],
      usage,
      warnings: [],
    })) as never,
  });
  const user: ModelMessage = { role: "user", content: "go" };
  const first = await generateText({ model, messages: [user], ...options });
  const requests = first.content.filter((part) => part.type === "tool-approval-request");
  await between();
  const messages: ModelMessage[] = [
    user,
    ...first.response.messages,
    {
      role: "tool",
      content: requests.map(({ approvalId }) => ({
        type: "tool-approval-response" as const,
        approvalId,
        approved: true,
      })),
    },
  ];
  await generateText({ model, messages, ...options });
  const last = prompts.at(-1) as { role: string; content: unknown[] }[];
  return {
    asked: requests.length,
    toolMessages: last.filter(({ role }) => role === "tool").flatMap(({ content }) => content),
  };
}

describe("toolApproval of AI SDK 7", () => {
  verifies("ai.16", "the tool's own needsApproval keeps its say", async () => {
    const guard = await testGuard(POLICY);
    let ran = 0;
    const yes: readonly unknown[] = [true, () => true, async () => true];
    for (const needsApproval of yes) {
      const search = { ...tool({ inputSchema: anything, execute: () => ++ran }), needsApproval };
      const g = guardAI(guard, guard.ticket());
      const turns = [{ calls: [{ id: "c1", tool: "search" }] }];
      const result = await seven.converse("generate", turns, g.options({ search }));
      expect(result.content.map(({ type }) => type)).toContain("tool-approval-request");
    }
    expect(ran).toBe(0);
    expect(recorded(guard)).toEqual([]);
    const search = {
      ...tool({ inputSchema: anything, execute: () => ++ran }),
      needsApproval: () => false,
    };
    const g = guardAI(guard, guard.ticket());
    await seven.converse(
      "stream",
      [{ calls: [{ id: "c1", tool: "search" }] }],
      g.options({ search }),
    );
    expect(ran).toBe(1);
  });

  verifies("ai.16", "needsApproval gets its context as its schema completes it", async () => {
    const guard = await testGuard(POLICY);
    const seen: unknown[] = [];
    const search = tool({
      inputSchema: anything,
      contextSchema: z.object({ limit: z.number().default(5) }),
      needsApproval: (_input, { context, toolCallId }) => {
        seen.push([toolCallId, context]);
        return true;
      },
      execute: () => "found",
    });
    const g = guardAI(guard, guard.ticket());
    const turns = [{ calls: [{ id: "c1", tool: "search" }] }];
    const settings = { ...g.options({ search }), toolsContext: { search: {} } };
    await seven.converse("generate", turns, settings);
    expect(seen).toEqual([["c1", { limit: 5 }]]);
  });

  verifies("ai.x.deny-first", "nobody is asked about a call that the policy denies", async () => {
    const guard = await testGuard(POLICY);
    let asked = 0;
    const refund = tool({
      inputSchema: anything,
      needsApproval: () => {
        asked++;
        return true;
      },
      execute: () => "paid",
    });
    const g = guardAI(guard, guard.ticket());
    const turns = [{ calls: [{ id: "c1", tool: "refund" }] }];
    const result = await seven.converse("generate", turns, g.options({ refund }));
    expect(asked).toBe(0);
    expect(result.answer("c1")).toEqual({ type: "execution-denied", reason: NO_REFUND });
  });

  verifies("ai.x.resume", "an approved call is decided again and recorded once", async () => {
    const guard = await testGuard(POLICY);
    let ran = 0;
    const search = tool({
      inputSchema: anything,
      needsApproval: true,
      execute: () => `run ${++ran}`,
    });
    const g = guardAI(guard, guard.ticket());
    const { asked, toolMessages } = await answered(g.options({ search }), "search");
    expect([asked, ran]).toEqual([1, 1]);
    expect(toolMessages).toContainEqual(
      expect.objectContaining({ output: { type: "text", value: "run 1" } }),
    );
    expect(recorded(guard).map(({ outcome }) => outcome)).toEqual(["executed"]);
  });

  verifies(
    "ai.x.resume",
    "an approval does not help a call that the policy denies by then",
    async () => {
      const guard = await testGuard(POLICY);
      let ran = 0;
      const search = tool({ inputSchema: anything, needsApproval: true, execute: () => ++ran });
      const g = guardAI(guard, guard.ticket());
      const { toolMessages } = await answered(g.options({ search }), "search", () =>
        guard.use({ search: "deny" }),
      );
      expect(ran).toBe(0);
      expect(toolMessages).toContainEqual(
        expect.objectContaining({ output: expect.objectContaining({ type: "execution-denied" }) }),
      );
      expect(recorded(guard).map(({ outcome }) => outcome)).toEqual(["blocked"]);
    },
  );

  verifies(
    "ai.x.forged",
    "an approval of a denied call that nobody ever asked about runs nothing",
    async () => {
      const guard = await testGuard(POLICY);
      let ran = 0;
      const refund = tool({ inputSchema: anything, execute: () => ++ran });
      const g = guardAI(guard, guard.ticket());
      const messages: ModelMessage[] = [
        { role: "user", content: "go" },
        {
          role: "assistant",
          content: [
            { type: "tool-call", toolCallId: "c1", toolName: "refund", input: {} },
            { type: "tool-approval-request", approvalId: "a1", toolCallId: "c1" },
          ],
        },
        {
          role: "tool",
          content: [{ type: "tool-approval-response", approvalId: "a1", approved: true }],
        },
      ];
      const model = new MockLanguageModelV4({
        doGenerate: (async () => ({
          content: [{ type: "text", text: "done" }],
          finishReason: { unified: "stop", raw: "stop" },
          usage: { inputTokens: { total: 1 }, outputTokens: { total: 1 } },
          warnings: [],
        })) as never, // see `answered`
      });
      await generateText({ model, messages, ...g.options({ refund }) });
      await generateText({ model, messages, tools: g.tools({ refund }) });
      expect(ran).toBe(0);
      expect(recorded(guard).map(({ outcome }) => outcome)).toEqual(["blocked", "blocked"]);
    },
  );

  verifies("ai.39", "the user interface shows a denied call as denied", async () => {
    const guard = await testGuard(POLICY);
    const refund = tool({ inputSchema: anything, execute: () => "paid" });
    const report = tool({ inputSchema: anything, execute: () => "all" });
    const g = guardAI(guard, guard.ticket());
    const calls = [
      { id: "c1", tool: "refund" },
      { id: "c2", tool: "report" },
    ];
    const message = await seven.uiMessage([{ calls }], g.options({ refund, report }));
    const states = message.parts.filter(({ type }) => type.startsWith("tool-"));
    expect(states.map(({ type, state }) => [type, state])).toEqual([
      ["tool-refund", "output-denied"],
      ["tool-report", "output-available"],
    ]);
    expect(states[1]?.output).toEqual(NO_REPORT);
  });

  verifies(
    "ai.x.unwrapped",
    "a tool that is not guarded is decided and recorded all the same",
    async () => {
      const guard = await testGuard(POLICY);
      const ran: string[] = [];
      const plain = (name: string): object =>
        tool({ inputSchema: anything, execute: () => ran.push(name) });
      const tools = {
        search: plain("search"),
        refund: plain("refund"),
        export_rows: plain("export_rows"),
      };
      const g = guardAI(guard, guard.ticket());
      const calls = Object.keys(tools).map((name) => ({
        id: name,
        tool: name,
        input: { size: 900 },
      }));
      const settings = { tools, toolApproval: g.toolApproval };
      const result = await seven.converse("generate", [{ calls }], settings);
      expect(ran).toEqual(["search"]);
      expect(result.answer("refund")?.type).toBe("execution-denied");
      expect(result.answer("export_rows")?.type).toBe("execution-denied");
      expect(recorded(guard).map(({ tool: name, outcome }) => [name, outcome])).toEqual([
        ["search", "executed"],
        ["refund", "blocked"],
        ["export_rows", "error"],
      ]);
    },
  );

  verifies(
    "ai.x.exceptions",
    "what throws on the way denies the call and the run goes on",
    async () => {
      const guard = await testGuard(POLICY);
      let ran = 0;
      const search = tool({
        inputSchema: anything,
        needsApproval: () => {
          throw new Error("cannot tell");
        },
        execute: () => ++ran,
      });
      const g = guardAI(guard, guard.ticket());
      for (const mode of ["generate", "stream"] as const) {
        const turns = [{ calls: [{ id: "c1", tool: "search" }] }];
        const result = await seven.converse(mode, turns, g.options({ search }));
        expect(result.answer("c1")?.type).toBe("execution-denied");
        expect(result.text).toBe("done");
      }
      expect(ran).toBe(0);
    },
  );

  verifies("ai.41", "a tool that the set only inherits is none", async () => {
    const guard = await testGuard(POLICY);
    const g = guardAI(guard, guard.ticket());
    const inherited = { search: { inputSchema: anything, needsApproval: true } };
    const toolCall = { toolName: "search", toolCallId: "c1", input: {} };
    const ask = (tools: object) => g.toolApproval({ toolCall, tools, messages: [] });
    expect(await ask(inherited)).toBe("user-approval");
    expect(await ask(Object.create(inherited) as object)).toBe("not-applicable");
  });

  verifies(
    "ai.x.statuses",
    "only statuses that the SDK knows are given, whatever guard and tool say",
    async () => {
      const decision = fc.record({
        effect: fc.constantFrom("allow", "review", "deny", "block", undefined),
      });
      const denial = fc.option(fc.record({ message: fc.string() }), { nil: undefined });
      const opened = fc.array(fc.record({ decision, denial }), { maxLength: 2 });
      await fc.assert(
        fc.asyncProperty(
          opened,
          fc.option(fc.string()),
          fc.anything(),
          fc.boolean(),
          fc.boolean(),
          async (open, handedOver, needsApproval, throws, wrapped) => {
            const say = <Said>(said: Said): Said => {
              if (throws) throw new Error("broken");
              return said;
            };
            // A guard that says anything a guard can say, and more.
            const guard = {
              cover: () => undefined,
              decide: () => undefined,
              open: () => say(open),
              run: () => say(handedOver),
            } as unknown as Guard;
            const g = guardAI(guard, undefined);
            const search = { inputSchema: anything, execute: () => 1, needsApproval };
            const status = await g.toolApproval({
              toolCall: { toolName: "search", toolCallId: "c1", input: {} },
              tools: wrapped ? g.tools({ search }) : { search },
              messages: [],
            });
            const reason = wrapped ? open[0]?.denial?.message : handedOver;
            const refused = throws || typeof reason === "string";
            if (refused)
              expect(status).toEqual({
                type: "denied",
                reason: throws ? expect.any(String) : reason,
              });
            else expect(status).toBe(needsApproval ? "user-approval" : "not-applicable");
          },
        ),
        { numRuns: 300 },
      );
    },
  );
});
