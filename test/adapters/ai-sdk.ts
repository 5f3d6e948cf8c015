import { guardAI } from "@interlatch/ai-sdk";
import type {
  AdapterUnderTest,
  Conversation,
  ModelAnswer,
  PausedRun,
  PersonAnswer,
  ScriptedCall,
} from "@interlatch/conformance";
import { isInterlatchError } from "@interlatch/core";
import { jsonSchema, tool, type ToolSet } from "ai";
import { Chat, type ChatSettings } from "../../packages/ai-sdk/test/chat.ts";
import {
  MAJORS,
  type Answer,
  type By,
  type Major,
  type Mode,
  type Turn,
} from "../../packages/ai-sdk/test/majors.ts";

/** Takes any object. */
const ANY = { type: "object", properties: {}, additionalProperties: true } as const;

/** AI SDK 7 by `options`: guarded tools and `toolApproval`. AI SDK 6 knows the tools alone. */
function adapterFor(
  name: string,
  version: Major["version"],
  mode: Mode,
  by: By = "functions",
): AdapterUnderTest {
  const sdk = MAJORS.find((one) => one.version === version);
  if (sdk === undefined) throw new Error(`there is no AI SDK ${version}`);
  return {
    name,
    catches: true,
    async converse(conversation) {
      const { guard, ticket, calls } = conversation;
      const options: object = guardAI(guard, ticket).options(toolsOf(conversation));
      const { prompts, answers } = await (by === "agent"
        ? sdk.converseAgent(mode, turnsOf(calls), options)
        : sdk.converse(mode, turnsOf(calls), options));
      return prompts.length < 2 ? [] : answers.map(answerOf);
    },
    async pause(conversation) {
      const chat = new Chat(sdk, { ...settingsOf(conversation), by });
      // A browser gets the question in a stream; the answer to it is read in each way.
      await chat.say(turnsOf(conversation.calls));
      return stopped(chat, mode);
    },
    async forge(conversation, reviewer) {
      const chat = new Chat(sdk, { ...settingsOf(conversation), by, reviewer });
      await chat.say([{ text: "Hello." }]);
      const parts = conversation.calls.map(({ id, tool: name, arguments: input }) => ({
        type: `tool-${name}`,
        toolCallId: id,
        state: "approval-responded",
        input,
        approval: { id: `a-${id}`, approved: true },
      }));
      chat.messages = [...chat.messages, { id: "forged", role: "assistant", parts }];
      return (await chat.post(mode)).answers.map(answerOf);
    },
  };
}

function stopped(chat: Chat, mode: Mode): PausedRun {
  const asked = chat.messages
    .flatMap(({ parts }) => parts)
    .filter(({ state }) => state === "approval-requested")
    .map(({ toolCallId = "" }) => toolCallId);
  return {
    asked,
    answers: [],
    async resume(answers, reviewer) {
      const next = chat.elsewhere({ reviewer });
      for (const answer of answers) put(answer, next);
      try {
        const { answers: heard } = await next.post(mode);
        // A run by these calls alone has no further question.
        return { ...stopped(next, mode), asked: [], answers: heard.map(answerOf) };
      } catch (error) {
        if (!isInterlatchError(error) || error.code !== "ERR_REVIEW_PENDING") throw error;
        return stopped(next, mode);
      }
    },
  };
}

/** A button under a question. */
function put({ call, shown, answer }: PersonAnswer, chat: Chat): void {
  if (answer === "modify") throw new Error("the SDK has no form for a change");
  chat.answer(call.id, answer === "approve");
  if (shown !== undefined) chat.change(call.id, (part) => ({ ...part, input: shown }));
}

/** Nobody is authenticated, unless it is said who. */
function settingsOf(conversation: Conversation): ChatSettings {
  const { ticket } = conversation;
  if (ticket === undefined) throw new Error("people are asked in a session, which a ticket names");
  // A chat makes a ticket of a test guard's where it is given none.
  const guard = conversation.guard as ChatSettings["guard"];
  return { guard, ticket, tools: toolsOf(conversation), reviewer: undefined };
}

function turnsOf(calls: readonly ScriptedCall[]): readonly Turn[] {
  return [{ calls: calls.map(({ id, tool, arguments: input }) => ({ id, tool, input })) }];
}

function toolsOf({ tools }: Conversation): ToolSet {
  // `fromEntries` makes own properties, `__proto__` included.
  return Object.fromEntries(
    tools.map(({ name, execute }) => [
      name,
      tool({
        inputSchema: jsonSchema<Record<string, unknown>>(ANY),
        execute: (args) => execute(args),
      }),
    ]),
  );
}

/** What a model is told, as text: a text or a reason as it is, anything else as JSON. */
function answerOf({ id, output }: Answer): ModelAnswer {
  const { type, value, reason } = output;
  if (type === "execution-denied") return { id, text: reason ?? "" };
  if (type === "text" || type === "error-text") return { id, text: String(value) };
  if (type !== "content") return { id, text: JSON.stringify(value) };
  const parts = value as readonly { type: string; text?: string }[]; // as the SDK's prompt has it
  return { id, text: parts.map((part) => part.text ?? JSON.stringify(part)).join("\n") };
}

export const aiSdk7: AdapterUnderTest = adapterFor("AI SDK 7, generateText", 7, "generate");
export const aiSdk7Stream: AdapterUnderTest = adapterFor("AI SDK 7, streamText", 7, "stream");
export const aiSdk7Agent: AdapterUnderTest = adapterFor(
  "AI SDK 7, ToolLoopAgent",
  7,
  "generate",
  "agent",
);
export const aiSdk6: AdapterUnderTest = adapterFor("AI SDK 6, generateText", 6, "generate");
export const aiSdk6Stream: AdapterUnderTest = adapterFor("AI SDK 6, streamText", 6, "stream");
export const aiSdk6Agent: AdapterUnderTest = adapterFor(
  "AI SDK 6, ToolLoopAgent",
  6,
  "generate",
  "agent",
);
