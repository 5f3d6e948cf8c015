import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { testGuard } from "@interlatch/core/testing";
import { tool, type LanguageModel } from "ai";
import { MockLanguageModelV4 } from "ai/test";
import { z } from "zod";

// The page names the versions that it was run against.
const require = createRequire(import.meta.url);
for (const [name, version] of [
  ["@ai-sdk/policy-opa", "1.0.112"],
  ["ai", "7.0.112"],
]) {
  assert.equal(require(`${name}/package.json`).version, version);
}

/** What OPA answers under the Rego of the page. */
export const opa = {
  evaluate: async <Input, Result>(_path: string, input: Input): Promise<Result> => {
    const { tool: asked } = input as { tool: { name: string } }; // the package's own input
    const decision = asked.name === "refund" ? "requires-approval" : "not-applicable";
    return { decision } as Result; // each caller names the form that it reads
  },
};

export const paid: number[] = [];
export const refund = tool({
  inputSchema: z.object({ order: z.number(), amount: z.number() }),
  execute: ({ amount }) => `paid ${paid.push(amount)}`,
});

const usage = {
  inputTokens: { total: 1, noCache: 1, cacheRead: 0, cacheWrite: 0 },
  outputTokens: { total: 1, text: 1, reasoning: 0 },
};
let calls = 0;
/** Asks a user for the last of its tools, and ends when it has an answer. */
export const model: LanguageModel = new MockLanguageModelV4({
  doGenerate: async ({ prompt, tools = [] }) => {
    const asks = prompt.at(-1)?.role === "user";
    const unified = asks ? ("tool-calls" as const) : ("stop" as const);
    const toolName = tools.at(-1)?.name ?? "none";
    const input = JSON.stringify({ order: 17, amount: 900 });
    const call = { type: "tool-call" as const, toolCallId: `c${++calls}`, toolName, input };
    return {
      content: [asks ? call : { type: "text" as const, text: "Done." }],
      finishReason: { unified, raw: unified },
      usage,
      warnings: [],
    };
  },
});

export const guard = await testGuard({ refund: "review", helper: "allow" });
export const ticket = guard.ticket();
export const signedIn = { id: "rita", groups: ["reviewer"] };
