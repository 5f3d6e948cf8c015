import type { LanguageModel } from "ai";
import { MockLanguageModelV4, convertArrayToReadableStream } from "ai/test";

/** Every prompt that the model was sent. */
export const prompts: string[] = [];

const USAGE = {
  inputTokens: { total: 1, noCache: 1, cacheRead: undefined, cacheWrite: undefined },
  outputTokens: { total: 1, text: 1, reasoning: undefined },
};

const CALLS = [
  { id: "call-1", name: "list_customers", input: { limit: 500 } },
  { id: "call-2", name: "delete_records", input: { table: "orders" } },
  { id: "call-3", name: "read_report", input: { quarter: "q3" } },
];

/**
 * A model with a script: to a user it answers with three tool calls, to their results with a sentence.
 * A real one takes its place as it is, such as `"anthropic/claude-sonnet-4.5"`, or `openai("gpt-5")` of
 * `@ai-sdk/openai` with its key in the environment.
 */
export const model: LanguageModel = new MockLanguageModelV4({
  doStream: async ({ prompt }) => {
    prompts.push(JSON.stringify(prompt));
    const asks = prompt.at(-1)?.role === "user" && prompts.length === 1;
    const unified = asks ? ("tool-calls" as const) : ("stop" as const);
    return {
      stream: convertArrayToReadableStream([
        { type: "stream-start" as const, warnings: [] },
        ...(asks
          ? CALLS.map(({ id, name, input }) => ({
              type: "tool-call" as const,
              toolCallId: id,
              toolName: name,
              input: JSON.stringify(input),
            }))
          : [
              { type: "text-start" as const, id: "t" },
              {
                type: "text-delta" as const,
                id: "t",
                delta: "I listed what I may, and deleted nothing.",
              },
              { type: "text-end" as const, id: "t" },
            ]),
        { type: "finish" as const, finishReason: { unified, raw: unified }, usage: USAGE },
      ]),
    };
  },
});
