import { guardAI } from "@interlatch/ai-sdk";
import { generateText, isStepCount, jsonSchema, tool } from "ai";
import { MockLanguageModelV4 } from "ai/test";
import * as six from "ai6";
import { MockLanguageModelV3 } from "ai6/test";
import type { ScriptedCall } from "./calls.ts";
import type { Framework } from "./framework.ts";
import { DESCRIPTION } from "./tools.ts";

type Arguments = Record<string, unknown>;
const OPEN = { type: "object", additionalProperties: true } as const;
const USAGE = {
  inputTokens: { total: 1, noCache: 1, cacheRead: 0, cacheWrite: 0 },
  outputTokens: { total: 1, text: 1, reasoning: 0 },
};

/** What a model says in its two turns. A real one is put in its place by `model: openai("…")` or the like. */
function turns(call: ScriptedCall) {
  const base = { usage: USAGE, warnings: [] };
  const asks = {
    type: "tool-call",
    toolCallId: call.id,
    toolName: call.tool,
    input: JSON.stringify(call.arguments),
  } as const;
  const calls = { unified: "tool-calls", raw: undefined } as const;
  const stops = { unified: "stop", raw: undefined } as const;
  return [
    { ...base, content: [asks], finishReason: calls },
    { ...base, content: [{ type: "text" as const, text: "Done." }], finishReason: stops },
  ];
}

/** The Vercel AI SDK 7. */
export const aiSdk7: Framework = {
  name: "AI SDK 7",
  async run(guard, ticket, call, box) {
    const model = new MockLanguageModelV4({ doGenerate: [...turns(call)] });
    const tools = Object.fromEntries(
      Object.entries(box.tools).map(([name, execute]) => [
        name,
        tool({ description: DESCRIPTION, inputSchema: jsonSchema<Arguments>(OPEN), execute }),
      ]),
    );
    const { options } = guardAI(guard, ticket);
    await generateText({ model, prompt: "Go.", stopWhen: isStepCount(2), ...options(tools) });
    return answerOf(model.doGenerateCalls[1]?.prompt);
  },
};

/** The Vercel AI SDK 6, by the same adapter. */
export const aiSdk6: Framework = {
  name: "AI SDK 6",
  async run(guard, ticket, call, box) {
    const model = new MockLanguageModelV3({ doGenerate: [...turns(call)] });
    const tools = Object.fromEntries(
      Object.entries(box.tools).map(([name, execute]) => [
        name,
        six.tool({
          description: DESCRIPTION,
          inputSchema: six.jsonSchema<Arguments>(OPEN),
          execute,
        }),
      ]),
    );
    const guarded = guardAI(guard, ticket).tools(tools);
    const stopWhen = six.stepCountIs(2);
    await six.generateText({ model, prompt: "Go.", stopWhen, tools: guarded });
    return answerOf(model.doGenerateCalls[1]?.prompt);
  },
};

/** The tool's part of the second prompt: all that the model learns of its call. */
function answerOf(prompt: readonly { role: string; content: unknown }[] | undefined): string {
  return JSON.stringify(prompt?.find(({ role }) => role === "tool")?.content ?? null);
}
