import { convertArrayToReadableStream, type MockLanguageModelV4 } from "ai/test";
import type { MockLanguageModelV3 } from "ai6/test";

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

/** The mock model of a major. */
export type Model = typeof MockLanguageModelV4 | typeof MockLanguageModelV3;

/** What a model was asked: the SDK's own call options, as far as tests read them. */
export interface ModelRequest {
  readonly prompt: unknown;
  readonly tools?: readonly { readonly name: string }[];
}

/** The scripted model of one conversation, and what it was asked. */
export interface Scripted {
  readonly model: object;
  readonly requests: readonly ModelRequest[];
}

/** A model that takes its turns from a list; after the last it says `done`. */
export function scripted(Model: Model, turns: readonly Turn[]): Scripted {
  const requests: ModelRequest[] = [];
  const next = (request: unknown): Turn => {
    requests.push(request as ModelRequest); // the SDK's own call options
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
