import { guardAI } from "@interlatch/ai-sdk";
import type {
  AdapterUnderTest,
  ModelAnswer,
  ScriptedCall,
  ScriptedTool,
} from "@interlatch/conformance";
import * as seven from "ai";
import { convertArrayToReadableStream, MockLanguageModelV4 } from "ai/test";
import * as six from "ai6";
import { MockLanguageModelV3 } from "ai6/test";

type Arguments = Record<string, unknown>;

/** Takes any object. */
const ANY = { type: "object", properties: {}, additionalProperties: true } as const;
const USAGE = {
  inputTokens: { total: 1, noCache: 1, cacheRead: 0, cacheWrite: 0 },
  outputTokens: { total: 1, text: 1, reasoning: 0 },
};
const CALLS = { unified: "tool-calls", raw: undefined } as const;
const STOPS = { unified: "stop", raw: undefined } as const;

/** The model's two turns in the form that both majors' mock models take, generated and streamed. */
function script(calls: readonly ScriptedCall[]) {
  const asks = calls.map(({ id, tool, arguments: args }) => ({
    type: "tool-call" as const,
    toolCallId: id,
    toolName: tool,
    input: JSON.stringify(args),
  }));
  const done = { type: "text" as const, text: "Done." };
  const text = [
    { type: "text-start" as const, id: "t" },
    { type: "text-delta" as const, id: "t", delta: "Done." },
    { type: "text-end" as const, id: "t" },
  ];
  const generated = [
    { content: asks, finishReason: CALLS, usage: USAGE, warnings: [] },
    { content: [done], finishReason: STOPS, usage: USAGE, warnings: [] },
  ];
  const streamed = [
    {
      stream: convertArrayToReadableStream([
        ...asks,
        { type: "finish" as const, finishReason: CALLS, usage: USAGE },
      ]),
    },
    {
      stream: convertArrayToReadableStream([
        ...text,
        { type: "finish" as const, finishReason: STOPS, usage: USAGE },
      ]),
    },
  ];
  return { doGenerate: generated, doStream: streamed };
}

function byName<Tool>(
  tools: readonly ScriptedTool[],
  make: (tool: ScriptedTool) => Tool,
): Record<string, Tool> {
  // `fromEntries` makes own properties, `__proto__` included.
  return Object.fromEntries(tools.map((tool) => [tool.name, make(tool)]));
}

/** The tool results in the last prompt that the model saw. */
function answersSeen(
  prompts: readonly { readonly prompt: readonly object[] }[],
): readonly ModelAnswer[] {
  if (prompts.length < 2) return [];
  // The prompt's own form differs by major only in what is not read here.
  const messages = (prompts.at(-1)?.prompt ?? []) as readonly { role: string; content: unknown }[];
  return messages
    .filter(({ role }) => role === "tool")
    .flatMap(
      ({ content }) => content as readonly { type: string; toolCallId: string; output: unknown }[],
    )
    .filter(({ type }) => type === "tool-result")
    .map(({ toolCallId, output }) => ({ id: toolCallId, text: textOf(output) }));
}

/** What a model is told, as text: a text or a reason as it is, anything else as JSON. */
function textOf(output: unknown): string {
  const { type, value, reason } = output as { type: string; value?: unknown; reason?: string };
  if (type === "execution-denied") return reason ?? "";
  if (type === "text" || type === "error-text") return String(value);
  if (type !== "content") return JSON.stringify(value);
  const parts = value as readonly { type: string; text?: string }[];
  return parts.map((part) => part.text ?? JSON.stringify(part)).join("\n");
}

/** AI SDK 7, by `options`: guarded tools and `toolApproval`. */
export const aiSdk7: AdapterUnderTest = {
  name: "AI SDK 7, generateText",
  async converse({ guard, ticket, tools, calls }) {
    const { doGenerate } = script(calls);
    const model = new MockLanguageModelV4({ doGenerate });
    const set = byName(tools, ({ execute }) =>
      seven.tool({
        inputSchema: seven.jsonSchema<Arguments>(ANY),
        execute: (args) => execute(args),
      }),
    );
    const options = guardAI(guard, ticket).options(set);
    await seven.generateText({
      model,
      prompt: "go",
      maxRetries: 0,
      stopWhen: seven.isStepCount(3),
      ...options,
    });
    return answersSeen(model.doGenerateCalls);
  },
};

/** The same, streamed. */
export const aiSdk7Stream: AdapterUnderTest = {
  name: "AI SDK 7, streamText",
  async converse({ guard, ticket, tools, calls }) {
    const { doStream } = script(calls);
    const model = new MockLanguageModelV4({ doStream });
    const set = byName(tools, ({ execute }) =>
      seven.tool({
        inputSchema: seven.jsonSchema<Arguments>(ANY),
        execute: (args) => execute(args),
      }),
    );
    const options = guardAI(guard, ticket).options(set);
    const result = seven.streamText({
      model,
      prompt: "go",
      maxRetries: 0,
      stopWhen: seven.isStepCount(3),
      ...options,
    });
    await result.consumeStream();
    return answersSeen(model.doStreamCalls);
  },
};

/** AI SDK 6, by guarded tools: it has no `toolApproval`. */
export const aiSdk6: AdapterUnderTest = {
  name: "AI SDK 6, generateText",
  async converse({ guard, ticket, tools, calls }) {
    const { doGenerate } = script(calls);
    const model = new MockLanguageModelV3({ doGenerate });
    const set = byName(tools, ({ execute }) =>
      six.tool({ inputSchema: six.jsonSchema<Arguments>(ANY), execute: (args) => execute(args) }),
    );
    const guarded = guardAI(guard, ticket).tools(set);
    await six.generateText({
      model,
      prompt: "go",
      maxRetries: 0,
      stopWhen: six.stepCountIs(3),
      tools: guarded,
    });
    return answersSeen(model.doGenerateCalls);
  },
};

/** The same, streamed. */
export const aiSdk6Stream: AdapterUnderTest = {
  name: "AI SDK 6, streamText",
  async converse({ guard, ticket, tools, calls }) {
    const { doStream } = script(calls);
    const model = new MockLanguageModelV3({ doStream });
    const set = byName(tools, ({ execute }) =>
      six.tool({ inputSchema: six.jsonSchema<Arguments>(ANY), execute: (args) => execute(args) }),
    );
    const guarded = guardAI(guard, ticket).tools(set);
    const result = six.streamText({
      model,
      prompt: "go",
      maxRetries: 0,
      stopWhen: six.stepCountIs(3),
      tools: guarded,
    });
    await result.consumeStream();
    return answersSeen(model.doStreamCalls);
  },
};
