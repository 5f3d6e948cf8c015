import * as ai7 from "ai";
import { MockLanguageModelV4 } from "ai/test";
import * as ai6 from "ai6";
import { MockLanguageModelV3 } from "ai6/test";
import type { MessageFunctions } from "../src/index.ts";
import { scripted, type Model, type ModelRequest, type Scripted, type Turn } from "./script.ts";

export type { ScriptedCall, Turn } from "./script.ts";

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
  /** The names of the tools that the model was shown, first and last. */
  readonly shown: readonly string[];
  readonly shownLast: readonly string[];
  /** The content of all steps. */
  readonly content: readonly Part[];
  /** Every part of the stream; empty for `generate`. */
  readonly parts: readonly Part[];
  readonly answer: (id: string) => Answer["output"] | undefined;
  /** The output of a call as the application sees it. */
  readonly output: (id: string) => unknown;
}

export type Mode = "generate" | "stream";

/** By `generateText` and `streamText`, or by a `ToolLoopAgent`. */
export type By = "functions" | "agent";

/** What both majors are run through. */
export interface Major {
  readonly version: 6 | 7;
  readonly sdk: Sdk;
  /** A model of this major's own specification. */
  model(turns: readonly Turn[]): Scripted;
  /** By `generateText` or `streamText`, whose options `settings` are; `middleware` is put around the model. */
  converse(
    mode: Mode,
    turns: readonly Turn[],
    settings: object,
    middleware?: object,
  ): Promise<Conversation>;
  /** The same by a `ToolLoopAgent`; `call` is what its `generate` or `stream` gets. */
  converseAgent(
    mode: Mode,
    turns: readonly Turn[],
    settings: object,
    call?: object,
  ): Promise<Conversation>;
  /** The assistant's message as `useChat` would hold it, after a trip through JSON. */
  uiMessage(turns: readonly Turn[], settings: object): Promise<UIMessage>;
  toModelMessages(messages: readonly UIMessage[], tools: object): Promise<readonly unknown[]>;
  validate(messages: readonly UIMessage[], tools: object): Promise<readonly unknown[]>;
  /** The conversation with the answer in it, as `useChat` would hold it, after a trip through JSON. */
  reply(
    history: readonly UIMessage[],
    turns: readonly Turn[],
    settings: { readonly by?: By; readonly messages: unknown },
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

/** How a run ended, as both majors tell it. */
interface Finished {
  readonly text: string;
  readonly steps: readonly { readonly content: readonly Part[] }[];
}

/** A run that streams. */
export interface Streamed {
  readonly text: PromiseLike<string>;
  readonly steps: PromiseLike<Finished["steps"]>;
  readonly fullStream: AsyncIterable<Part>;
  toUIMessageStream(options?: object): ReadableStream<unknown>;
  toUIMessageStreamResponse(options?: object): Response;
  consumeStream(options?: object): PromiseLike<void>;
}

/** The functions that both majors have; their types differ in what these tests do not look at. */
export interface Sdk {
  generateText(options: object): Promise<Finished>;
  streamText(options: object): Streamed;
  stepCountIs(count: number): unknown;
  readUIMessageStream(options: object): AsyncIterable<UIMessage>;
  convertToModelMessages(messages: unknown, options: object): Promise<unknown[]> | unknown[];
  validateUIMessages(options: object): Promise<unknown[]>;
  wrapLanguageModel(options: object): object;
  createAgentUIStreamResponse(options: object): Promise<Response>;
  ToolLoopAgent: new (settings: object) => {
    readonly tools: object;
    generate(call: object): Promise<Finished>;
    stream(call: object): Promise<Streamed>;
  };
}

function major(version: 6 | 7, sdk: Sdk, Model: Model): Major {
  const common = { stopWhen: sdk.stepCountIs(4), maxRetries: 0 };
  const functions = { ...common, prompt: "go", onError: () => undefined };
  return {
    version,
    sdk,
    model: (turns) => scripted(Model, turns),
    async converse(mode, turns, settings, middleware) {
      const script = scripted(Model, turns);
      const model =
        middleware === undefined
          ? script.model
          : sdk.wrapLanguageModel({ model: script.model, middleware });
      const given = { ...functions, model, ...settings };
      const run = mode === "generate" ? sdk.generateText(given) : drained(sdk.streamText(given));
      return conversationOf(await run, script);
    },
    async converseAgent(mode, turns, settings, call = { prompt: "go" }) {
      const script = scripted(Model, turns);
      const agent = new sdk.ToolLoopAgent({ ...common, model: script.model, ...settings });
      const run = mode === "generate" ? agent.generate(call) : agent.stream(call).then(drained);
      return conversationOf(await run, script);
    },
    async uiMessage(turns, settings) {
      const { model } = scripted(Model, turns);
      const result = sdk.streamText({ ...functions, model, ...settings });
      let last: UIMessage | undefined;
      for await (const message of sdk.readUIMessageStream({ stream: result.toUIMessageStream() })) {
        last = message;
      }
      return JSON.parse(JSON.stringify({ ...last, id: "m1" })) as UIMessage;
    },
    async reply(history, turns, { by = "functions", messages, ...settings }) {
      const { model } = scripted(Model, turns);
      const given = { ...functions, prompt: undefined, model, ...settings };
      const result =
        by === "agent"
          ? await new sdk.ToolLoopAgent(given).stream({ messages })
          : sdk.streamText({ ...given, messages });
      const stream = result.toUIMessageStream({ originalMessages: history });
      return withAnswer(sdk, history, stream);
    },
    // The adapter's view of them is wider than each major's own types.
    ai: sdk as unknown as MessageFunctions<object>,
    toModelMessages: async (messages, tools) => sdk.convertToModelMessages(messages, { tools }),
    validate: (messages, tools) => sdk.validateUIMessages({ messages, tools }),
  };
}

/** A conversation with what a stream of UI chunks adds to it, as a client holds it. */
export async function withAnswer(
  sdk: Pick<Sdk, "readUIMessageStream">,
  history: readonly UIMessage[],
  stream: ReadableStream<unknown>,
): Promise<readonly UIMessage[]> {
  const last = history.at(-1);
  const goesOn = last?.role === "assistant";
  let answer: UIMessage | undefined;
  const message = goesOn ? structuredClone(last) : undefined;
  for await (const read of sdk.readUIMessageStream({ message, stream })) answer = read;
  const id = goesOn ? last.id : `m${history.length}`;
  const whole = [...(goesOn ? history.slice(0, -1) : history), { ...answer, id }];
  return JSON.parse(JSON.stringify(whole)) as UIMessage[];
}

async function drained(result: Streamed): Promise<Finished & { readonly parts: readonly Part[] }> {
  const parts: Part[] = [];
  for await (const part of result.fullStream) parts.push(part);
  const [text, steps] = await Promise.all([result.text, result.steps]);
  return { text, steps, parts };
}

function conversationOf(
  { text, steps, parts = [] }: Finished & { readonly parts?: readonly Part[] },
  { requests }: Scripted,
): Conversation {
  const content = steps.flatMap((step) => step.content);
  const prompts = requests.map(({ prompt }) => prompt);
  const answers = answersIn(prompts.at(-1));
  return {
    text,
    answers,
    prompts,
    shown: namesIn(requests[0]),
    shownLast: namesIn(requests.at(-1)),
    content,
    parts,
    answer: (id) => answers.find((answer) => answer.id === id)?.output,
    output: (id) =>
      content.find(({ type, toolCallId }) => type === "tool-result" && toolCallId === id)?.output,
  };
}

function namesIn(request: ModelRequest | undefined): readonly string[] {
  return request?.tools?.map(({ name }) => name) ?? [];
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
