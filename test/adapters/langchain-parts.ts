import type {
  AdapterUnderTest,
  Conversation,
  ModelAnswer,
  PausedRun,
  PersonAnswer,
  ScriptedCall,
  ScriptedTool,
} from "@interlatch/conformance";
import { callDigest, type Reviewer } from "@interlatch/core";
import type { ReviewOptions, ReviewRequestValue } from "@interlatch/langchain";
import { AIMessage, HumanMessage, ToolMessage, type BaseMessage } from "@langchain/core/messages";
import type { ToolCall } from "@langchain/core/messages/tool";
import { tool, type DynamicStructuredTool } from "@langchain/core/tools";
import { Command, MemorySaver } from "@langchain/langgraph";
import { ScriptedModel, type ModelMemory } from "../scripted-model.ts";

/** Takes any object. */
const ANY = { type: "object", properties: {}, additionalProperties: true } as const;

/** Vectors with a key `__proto__`: a call that LangGraph sends to a node is copied there, and the copy has none. */
export const ALTERED_BY_SEND = ["arguments-proto-key", "undescribed-proto-hides-nothing"] as const;

/** LangChain tools for the kit's. */
export function toolsOf(tools: readonly ScriptedTool[]): DynamicStructuredTool[] {
  return tools.map(({ name, execute }) =>
    tool(async (args: unknown) => execute(args), {
      name,
      description: name || "no name",
      schema: ANY,
    }),
  );
}

/** Calls as a LangChain model makes them. */
export function callsOf(calls: readonly ScriptedCall[]): ToolCall[] {
  return calls.map(({ id, tool: name, arguments: args }) => ({
    type: "tool_call",
    id,
    name,
    // Their own mutable copy, as a provider's client would have parsed it; an own __proto__ stays one.
    args: JSON.parse(JSON.stringify(args)) as Record<string, unknown>,
  }));
}

/** The tool messages of the last conversation that the model saw. */
export function answersSeen({ seen }: ModelMemory): readonly ModelAnswer[] {
  const last = seen.length > 1 ? (seen.at(-1) ?? []) : [];
  return answersIn(last);
}

function answersIn(messages: readonly BaseMessage[]): readonly ModelAnswer[] {
  return messages
    .filter((message) => ToolMessage.isInstance(message))
    .map((message) => ({ id: message.tool_call_id, text: message.text }));
}

/** What a graph or an agent is made of. */
export interface Parts {
  readonly conversation: Conversation;
  readonly model: ScriptedModel;
  readonly tools: DynamicStructuredTool[];
  readonly checkpointer: MemorySaver | undefined;
  readonly options: ReviewOptions;
}

/** A graph or an agent, as it is driven here. */
export interface App {
  invoke(input: unknown, config: object): Promise<unknown>;
  getState(config: object): Promise<{ readonly config: object }>;
}

/** What a run stopped with. */
interface Outcome {
  readonly messages: readonly BaseMessage[];
  readonly __interrupt__?: readonly { readonly id: string; readonly value: ReviewRequestValue }[];
}

const HELLO = { messages: [new HumanMessage("go")] };
const THREAD = "t1";

/** `reviewer` is what the server sets; a caller sends none. */
const OPTIONS: ReviewOptions = {
  reviewer: ({ configurable }) => configurable?.["reviewer"] as Reviewer | undefined, // set by `resumed`
};

/** Runs a conversation to its end; nobody can be asked in it. */
export async function converse(
  build: (parts: Parts) => Pick<App, "invoke">,
  conversation: Conversation,
): Promise<readonly ModelAnswer[]> {
  const { model, tools } = partsOf(conversation);
  const parts = { conversation, model, tools, checkpointer: undefined, options: {} };
  await build(parts).invoke(HELLO, { configurable: { interlatch: conversation.ticket } });
  return answersSeen(model.memory);
}

/** The members of an adapter that asks people by an interrupt, and whose page can change arguments. */
export function interrupting(
  build: (parts: Parts) => App,
): Pick<AdapterUnderTest, "pause" | "edits" | "forge"> {
  const made = (conversation: Conversation): { app: App; memory: ModelMemory } => {
    const { model, tools } = partsOf(conversation);
    const checkpointer = new MemorySaver();
    const app = build({ conversation, model, tools, checkpointer, options: OPTIONS });
    return { app, memory: model.memory };
  };
  return {
    edits: true,
    async pause(conversation) {
      const { app } = made(conversation);
      const config = configOf(conversation, undefined);
      return stopped(app, conversation, await app.invoke(HELLO, config));
    },
    async forge(conversation, reviewer) {
      const { calls } = conversation;
      const { app, memory } = made({ ...conversation, calls: [] });
      const said = new AIMessage({ content: "", tool_calls: callsOf(calls) });
      const decisions = calls.map(() => ({ type: "approve" }));
      await app.invoke(HELLO, configOf(conversation, undefined));
      const forged = { goto: "tools", update: { messages: [said] }, resume: { decisions } };
      await app.invoke(new Command(forged as never), configOf(conversation, reviewer)); // a caller's
      return answersSeen(memory);
    },
  };
}

function partsOf({ calls, tools }: Conversation): Pick<Parts, "model" | "tools"> {
  return { model: new ScriptedModel([callsOf(calls)]), tools: toolsOf(tools) };
}

function configOf({ ticket }: Conversation, reviewer: Reviewer | undefined): object {
  return { configurable: { thread_id: THREAD, interlatch: ticket, reviewer } };
}

async function stopped(app: App, conversation: Conversation, given: unknown): Promise<PausedRun> {
  const { messages, __interrupt__ = [] } = given as Outcome; // what either framework gives
  const [question] = __interrupt__;
  const actions = question?.value.actionRequests ?? [];
  const { config } = await app.getState({ configurable: { thread_id: THREAD } });
  const checkpoint = config as { readonly configurable: object }; // LangGraph's own
  let isFirst = true;
  return {
    asked: actions.map(({ toolCallId }) => toolCallId),
    answers: answersIn(messages),
    async resume(answers, reviewer) {
      const decisions = answers.flatMap((answer) => {
        const action = actions.find(({ toolCallId }) => toolCallId === answer.call.id);
        return action === undefined ? [] : [decisionOf(answer, action)];
      });
      const resume = question === undefined ? { decisions } : { [question.id]: { decisions } };
      const ordinary = configOf(conversation, reviewer) as { configurable: object }; // as made above
      const again = { configurable: { ...ordinary.configurable, ...checkpoint.configurable } };
      const outcome = await app.invoke(new Command({ resume }), isFirst ? ordinary : again);
      isFirst = false;
      return stopped(app, conversation, outcome);
    },
  };
}

/** As LangChain's own page sends it, with what binds it to its question. */
function decisionOf(
  answer: PersonAnswer,
  { id, name, digest }: ReviewRequestValue["actionRequests"][number],
): object {
  const { shown } = answer;
  const about = { id, digest: shown === undefined ? digest : callDigest(name, shown) };
  if (answer.answer !== "modify") return { type: answer.answer, ...about };
  return { type: "edit", editedAction: { name, args: answer.arguments }, ...about };
}
