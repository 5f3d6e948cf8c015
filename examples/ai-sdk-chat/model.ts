import { generateId, type LanguageModel } from "ai";
import { MockLanguageModelV4, convertArrayToReadableStream } from "ai/test";

/** What the model is sent: the type is the SDK's. */
type Prompt = Parameters<MockLanguageModelV4["doStream"]>[0]["prompt"];

const USAGE = {
  inputTokens: { total: 1, noCache: 1, cacheRead: undefined, cacheWrite: undefined },
  outputTokens: { total: 1, text: 1, reasoning: undefined },
};

/**
 * Stands in for a model: it knows three wishes, and says of a result what it was. A real one takes its place as it is,
 * such as `"anthropic/claude-sonnet-4.5"`.
 */
export const model: LanguageModel = new MockLanguageModelV4({
  doStream: async ({ prompt }) => {
    const call = callFor(prompt);
    const unified = call === undefined ? ("stop" as const) : ("tool-calls" as const);
    return {
      stream: convertArrayToReadableStream([
        { type: "stream-start" as const, warnings: [] },
        ...(call === undefined ? text(sentenceFor(prompt)) : [call]),
        { type: "finish" as const, finishReason: { unified, raw: unified }, usage: USAGE },
      ]),
    };
  },
});

/** The tool that the user's last words ask for. */
function callFor(prompt: Prompt) {
  const last = prompt.at(-1);
  if (last?.role !== "user") return undefined;
  const said = last.content.map((part) => (part.type === "text" ? part.text : "")).join(" ");
  const [, amount, order] = /refund (\d+) for order (\d+)/i.exec(said) ?? [];
  if (amount !== undefined) return call("refund", { order: Number(order), amount: Number(amount) });
  if (/delete/i.test(said)) return call("delete_orders", {});
  return /orders/i.test(said) ? call("list_orders", {}) : undefined;
}

function call(toolName: string, input: object) {
  return {
    type: "tool-call" as const,
    toolCallId: `call-${generateId()}`,
    toolName,
    input: JSON.stringify(input),
  };
}

function sentenceFor(prompt: Prompt): string {
  const last = prompt.at(-1);
  if (last?.role !== "tool") return "I can list orders, refund a part of one, and delete them.";
  const result = last.content.findLast(({ type }) => type === "tool-result");
  if (result?.type !== "tool-result") return "I heard nothing of it.";
  return result.output.type === "execution-denied"
    ? `I could not do that. ${result.output.reason ?? ""}`.trimEnd()
    : "Done.";
}

function text(delta: string) {
  return [
    { type: "text-start" as const, id: "t" },
    { type: "text-delta" as const, id: "t", delta },
    { type: "text-end" as const, id: "t" },
  ];
}
