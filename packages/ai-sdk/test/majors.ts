import * as ai7 from "ai";
import { MockLanguageModelV4, convertArrayToReadableStream } from "ai/test";
import * as ai6 from "ai6";
import { MockLanguageModelV3 } from "ai6/test";
import type { MessageFunctions } from "../src/index.ts";

/** One call that the scripted model makes. */
export interface ScriptedCall {
  readonly id: string;
  readonly tool: string;
  /** Sent as JSON; a text is sent as it is, so that a call can be malformed. */
  readonly input?: unknown;
  /** The provider runs the call itself and this is its result. */
  readonly providerResult?: unknown;
}

/** One answer of the scripted model. */
export interface Turn {
  readonly text?: string;
  readonly calls?: readonly ScriptedCall[];
  /** Default: `tool-calls` where there are any, else `stop`. */
  readonly finish?: "stop" | "tool-calls" | "length";
}

/** One part of what a model is told of its tool calls. */
export interface Answer {
  readonly id: string;
  readonly tool: string;
  readonly output: { readonly type: string; readonly value?: unknown; readonly reason?: string };
}

/** What a part of the SDK's own stream or steps looks like, as far as tests read it. */
export interface Part {
  readonly type: string;
  readonly toolCallId?: string;
  readonly toolName?: string;
  readonly output?: unknown;
  readonly error?: unknown;
  readonly input?: unknown;
  readonly preliminary?: boolean;
  readonly approved?: boolean;
}

/** How a conversation with a scripted model went. */
export interface Conversation {
  readonly text: string;
  /** What the model was told after its first turn, in order. */
  readonly answers: readonly Answer[];
  /** The whole prompt of each request to the model. */
  readonly prompts: readonly unknown[];
  /** The names of the tools that the model was shown. */
  readonly shown: readonly string[];
  /** The content of all steps. */
  readonly content: readonly Part[];
  /** Every part of the stream; empty for `generate`. */
  readonly parts: readonly Part[];
  readonly answer: (id: string) => Answer["output"] | undefined;
  /** The output of a call as the application sees it. */
  readonly output: (id: string) => unknown;
}

export type Mode = "generate" | "stream";

/** What both majors are run through. */
export interface Major {
  readonly version: 6 | 7;
  converse(mode: Mode, turns: readonly Turn[], settings: object): Promise<Conversation>;
  /** The assistant's message as `useChat` would hold it, after a trip through JSON. */
  uiMessage(turns: readonly Turn[], settings: object): Promise<UIMessage>;
  toModelMessages(messages: readonly UIMessage[], tools: object): Promise<readonly unknown[]>;
  validate(messages: readonly UIMessage[], tools: object): Promise<readonly unknown[]>;
  agent(turns: readonly Turn[], settings: object): Promise<{ readonly text: string }>;
  /** The conversation with the answer in it, as `useChat` would hold it, after a trip through JSON. */
  reply(
    history: readonly UIMessage[],
    turns: readonly Turn[],
    settings: object,
  ): Promise<readonly UIMessage[]>;
  /** The major's own functions. */
  readonly ai: MessageFunctions<object>;
}

export interface UIMessage {
  readonly id: string;
  readonly role: "user" | "assistant";
  readonly parts: readonly UIPart[];
}

export interface UIPart {
  readonly type: string;
  readonly text?: string;
  readonly toolCallId?: string;
  readonly state?: string;
  readonly input?: unknown;
  readonly output?: unknown;
  readonly approval?: {
    readonly id: string;
    readonly approved?: boolean;
    readonly reason?: string;
  };
}

const USAGE = {
  inputTokens: { total: 1, noCache: 1, cacheRead: undefined, cacheWrite: undefined },
  outputTokens: { total: 1, text: 1, reasoning: undefined },
};

function contentOf({ text, calls }: Turn): object[] {
  return [...(text === undefined ? [] : [{ type: "text", text }]), ...callsOf(calls)];
}

function callsOf(calls: readonly ScriptedCall[] = []): object[] {
  const parts: object[] = [];
  for (const { id, tool, input = {}, providerResult } of calls) {
    const there = providerResult === undefined ? {} : { providerExecuted: true };
    const json = typeof input === "string" ? input : JSON.stringify(input);
    parts.push({ type: "tool-call", toolCallId: id, toolName: tool, input: json, ...there });
    if (providerResult !== undefined) {
      parts.push({ type: "tool-result", toolCallId: id, toolName: tool, result: providerResult });
    }
  }
  return parts;
}

function finishOf({ calls = [], finish }: Turn): object {
  const unified = finish ?? (calls.length === 0 ? "stop" : "tool-calls");
  return { unified, raw: unified };
}

function streamOf(turn: Turn): ReadableStream<object> {
  const parts: object[] = [{ type: "stream-start", warnings: [] }];
  if (turn.text !== undefined) {
    parts.push({ type: "text-start", id: "t" });
    parts.push({ type: "text-delta", id: "t", delta: turn.text });
    parts.push({ type: "text-end", id: "t" });
  }
  for (const part of callsOf(turn.calls)) {
    const { type, toolCallId: id, toolName, input } = part as Record<string, string>;
    if (type === "tool-call") {
      parts.push({ type: "tool-input-start", id, toolName });
      parts.push({ type: "tool-input-delta", id, delta: input });
      parts.push({ type: "tool-input-end", id });
    }
    parts.push(part);
  }
  parts.push({ type: "finish", finishReason: finishOf(turn), usage: USAGE });
  return convertArrayToReadableStream(parts);
}

/** The scripted model of one conversation; after its last turn it says `done`. */
function scripted(
  Model: typeof MockLanguageModelV4 | typeof MockLanguageModelV3,
  turns: readonly Turn[],
): {
  readonly model: object;
  readonly requests: { prompt: unknown; tools?: { name: string }[] }[];
} {
  const requests: { prompt: unknown; tools?: { name: string }[] }[] = [];
  const next = (request: unknown): Turn => {
    requests.push(request as (typeof requests)[number]); // the SDK's own call options
    return turns[requests.length - 1] ?? { text: "done" };
  };
  // The parts are written in the form that both specifications share, so neither type names them.
  const model = new (Model as unknown as new (of: object) => object)({
    doGenerate: async (request: unknown) => {
      const turn = next(request);
      return { content: contentOf(turn), finishReason: finishOf(turn), usage: USAGE, warnings: [] };
    },
    doStream: async (request: unknown) => ({ stream: streamOf(next(request)) }),
  });
  return { model, requests };
}

/** The functions that both majors have; their types differ in what these tests do not look at. */
interface Sdk {
  generateText(options: object): Promise<{ text: string; steps: { content: Part[] }[] }>;
  streamText(options: object): {
    text: PromiseLike<string>;
    steps: PromiseLike<{ content: Part[] }[]>;
    fullStream: AsyncIterable<Part>;
    toUIMessageStream(options?: object): ReadableStream<unknown>;
  };
  stepCountIs(count: number): unknown;
  readUIMessageStream(options: object): AsyncIterable<UIMessage>;
  convertToModelMessages(messages: unknown, options: object): Promise<unknown[]> | unknown[];
  validateUIMessages(options: object): Promise<unknown[]>;
  ToolLoopAgent: new (settings: object) => { generate(options: object): Promise<{ text: string }> };
}

function major(
  version: 6 | 7,
  sdk: Sdk,
  Model: typeof MockLanguageModelV4 | typeof MockLanguageModelV3,
): Major {
  const common = { prompt: "go", stopWhen: sdk.stepCountIs(4), maxRetries: 0 };
  return {
    version,
    async converse(mode, turns, settings) {
      const { model, requests } = scripted(Model, turns);
      const given = { ...common, model, onError: () => undefined, ...settings };
      const parts: Part[] = [];
      let text: string;
      let steps: { content: Part[] }[];
      if (mode === "generate") {
        ({ text, steps } = await sdk.generateText(given));
      } else {
        const result = sdk.streamText(given);
        for await (const part of result.fullStream) parts.push(part);
        [text, steps] = await Promise.all([result.text, result.steps]);
      }
      const content = steps.flatMap((step) => step.content);
      const prompts = requests.map(({ prompt }) => prompt);
      const answers = answersIn(prompts.at(-1));
      return {
        text,
        answers,
        prompts,
        shown: requests[0]?.tools?.map(({ name }) => name) ?? [],
        content,
        parts,
        answer: (id) => answers.find((answer) => answer.id === id)?.output,
        output: (id) =>
          content.find(({ type, toolCallId }) => type === "tool-result" && toolCallId === id)
            ?.output,
      };
    },
    async uiMessage(turns, settings) {
      const { model } = scripted(Model, turns);
      const result = sdk.streamText({ ...common, model, ...settings });
      let last: UIMessage | undefined;
      for await (const message of sdk.readUIMessageStream({ stream: result.toUIMessageStream() })) {
        last = message;
      }
      return JSON.parse(JSON.stringify({ ...last, id: "m1" })) as UIMessage;
    },
    async reply(history, turns, settings) {
      const { model } = scripted(Model, turns);
      const given = { ...common, model, prompt: undefined, onError: () => undefined, ...settings };
      const result = sdk.streamText(given);
      const stream = result.toUIMessageStream({ originalMessages: history });
      const last = history.at(-1);
      const goesOn = last?.role === "assistant";
      let answer: UIMessage | undefined;
      const message = goesOn ? structuredClone(last) : undefined;
      for await (const read of sdk.readUIMessageStream({ message, stream })) answer = read;
      const id = goesOn ? last.id : `m${history.length}`;
      const whole = [...(goesOn ? history.slice(0, -1) : history), { ...answer, id }];
      return JSON.parse(JSON.stringify(whole)) as UIMessage[];
    },
    // The adapter's view of them is wider than each major's own types.
    ai: sdk as unknown as MessageFunctions<object>,
    toModelMessages: async (messages, tools) => sdk.convertToModelMessages(messages, { tools }),
    validate: (messages, tools) => sdk.validateUIMessages({ messages, tools }),
    agent: (turns, settings) => {
      const { model } = scripted(Model, turns);
      return new sdk.ToolLoopAgent({ model, maxRetries: 0, ...settings }).generate({
        prompt: "go",
      });
    },
  };
}

function answersIn(prompt: unknown): readonly Answer[] {
  const messages = prompt as { role: string; content: unknown }[]; // the SDK's own prompt
  return messages
    .filter(({ role }) => role === "tool")
    .flatMap(({ content }) => content as (Record<string, unknown> & { type: string })[])
    .filter(({ type }) => type === "tool-result")
    .map(({ toolCallId, toolName, output }) => ({
      id: toolCallId as string,
      tool: toolName as string,
      output: output as Answer["output"],
    }));
}

/** AI SDK 7 and 6, each with its own mock model. */
export const MAJORS: readonly Major[] = [
  major(7, ai7 as unknown as Sdk, MockLanguageModelV4),
  major(6, ai6 as unknown as Sdk, MockLanguageModelV3),
];

/** Every way to run a conversation. */
export const WAYS: readonly { readonly title: string; readonly sdk: Major; readonly mode: Mode }[] =
  MAJORS.flatMap((sdk) =>
    (["generate", "stream"] as const).map((mode) => ({
      title: `AI SDK ${sdk.version}, ${mode}`,
      sdk,
      mode,
    })),
  );
