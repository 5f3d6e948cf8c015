import type { LanguageModel } from "ai";
import { MockLanguageModelV4 } from "ai/test";

const usage = {
  inputTokens: { total: 1, noCache: 1, cacheRead: 0, cacheWrite: 0 },
  outputTokens: { total: 1, text: 1, reasoning: 0 },
};

/** What the SDK sends a model. */
type Prompt = Parameters<MockLanguageModelV4["doGenerate"]>[0]["prompt"];

let calls = 0;

/** Stands in for a model: "Refund 50 for order 17" becomes a call, and what came of it the answer. */
export const model: LanguageModel = new MockLanguageModelV4({
  doGenerate: async ({ prompt }) => {
    const [, amount, order] = /Refund (\d+) for order (\d+)/.exec(JSON.stringify(prompt)) ?? [];
    const last = prompt.at(-1);
    const asks = last?.role === "user" && amount !== undefined;
    const unified = asks ? ("tool-calls" as const) : ("stop" as const);
    const call = {
      type: "tool-call" as const,
      toolCallId: `call-${++calls}`,
      toolName: "refund",
      input: JSON.stringify({ order: Number(order), amount: Number(amount) }),
    };
    const text = { type: "text" as const, text: asks ? "" : sentenceFor(prompt) };
    return {
      content: [asks ? call : text],
      finishReason: { unified, raw: unified },
      usage,
      warnings: [],
    };
  },
});

function sentenceFor(prompt: Prompt): string {
  const last = prompt.at(-1);
  const result = last?.role === "tool" ? last.content[0] : undefined;
  if (result?.type !== "tool-result") return "I can refund a part of an order.";
  const { output } = result;
  if (output.type === "execution-denied") return `I could not do that. ${output.reason ?? ""}`;
  return output.type === "text" ? output.value : "Done.";
}
