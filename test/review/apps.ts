import { HumanMessage, ToolMessage, type BaseMessage } from "@langchain/core/messages";
import type { ToolCall } from "@langchain/core/messages/tool";
import { tool, type ToolRunnableConfig } from "@langchain/core/tools";
import {
  Command,
  END,
  MemorySaver,
  MessagesAnnotation,
  START,
  StateGraph,
  type BaseCheckpointSaver,
} from "@langchain/langgraph";
import type { Policy, Reviewer } from "@interlatch/core";
import { testGuard, type TestGuard, type TestGuardOptions } from "@interlatch/core/testing";
import {
  denialOf,
  policyMiddleware,
  type ReviewAction,
  type ReviewOptions,
  type ReviewRequestValue,
} from "@interlatch/langchain";
import { guardGraph } from "@interlatch/langgraph";
import { createAgent } from "langchain";
import { z } from "zod";
import { ScriptedModel, type ModelMemory, type ScriptedTurn } from "../scripted-model.ts";
import { toolPolicy } from "../tool-policy.ts";

const MINUTES = 60_000;

/**
 * `look` is allowed and `refund` denied. People are asked about `pay` and `mail` (one of the group `finance`), about
 * `wire` (two of them) and about `close` (the user of the session).
 */
export const REVIEWS: Policy = toolPolicy(
  { look: {}, refund: {}, pay: {}, mail: {}, wire: {}, close: {} },
  [
    { name: "no_refunds", tools: ["refund"], action: "deny" },
    {
      name: "money",
      tools: ["pay", "mail"],
      action: "review",
      review: { by: ["finance"], quorum: 1, expiresMs: 15 * MINUTES },
    },
    {
      name: "two_people",
      tools: ["wire"],
      action: "review",
      review: { by: ["finance"], quorum: 2, expiresMs: 15 * MINUTES },
    },
    {
      name: "own_account",
      tools: ["close"],
      action: "review",
      review: { by: "user", quorum: 1, expiresMs: 15 * MINUTES },
    },
  ],
);

const NAMES = ["look", "refund", "pay", "mail", "wire", "close"] as const;

/** A default and a transform: what is judged, asked about and run is what the schema makes of a call. */
export const SCHEMA = z.object({
  to: z
    .string()
    .default("ann")
    .transform((name) => name.toLowerCase()),
  amount: z.number().optional(),
});

export const FINANCE: Reviewer = { id: "rita", groups: ["finance"] };
export const SECOND: Reviewer = { id: "sam", groups: ["finance"] };
export const OUTSIDER: Reviewer = { id: "olga", groups: ["sales"] };

/** Everything that a run was. */
export interface Outcome {
  readonly messages: readonly BaseMessage[];
  readonly __interrupt__?: readonly { readonly id: string; readonly value: ReviewRequestValue }[];
}

/** A compiled graph or agent. */
export interface Runnable {
  /** Of an agent: the graph that it is. */
  readonly graph?: object;
  invoke(input: unknown, config: object): Promise<Outcome>;
  stream(input: unknown, config: object): Promise<AsyncIterable<unknown>>;
  getState(
    config: object,
  ): Promise<{ readonly config: object; readonly values: Pick<Outcome, "messages"> }>;
  updateState(config: object, update: object, node: string): Promise<object>;
  getStateHistory(config: object): AsyncIterable<{
    readonly config: { readonly configurable?: object };
    readonly values: Partial<Pick<Outcome, "messages">>;
  }>;
}

/** What a framework makes of a guard, tools and a model. */
export type Framework = (parts: {
  readonly guard: TestGuard;
  readonly model: ScriptedModel;
  readonly tools: ReturnType<typeof toolsThat>;
  readonly checkpointer: BaseCheckpointSaver | undefined;
  readonly options: ReviewOptions;
}) => Runnable;

export const FRAMEWORKS: readonly (readonly [name: string, framework: Framework])[] = [
  [
    "a graph with a policy node",
    ({ guard, model, tools, checkpointer, options }) => {
      const gate = guardGraph(guard, tools, options);
      const graph = new StateGraph(MessagesAnnotation)
        .addNode("agent", async ({ messages }) => ({ messages: [await model.invoke(messages)] }))
        .addNode("policy", gate.policyNode({ tools: "tools", back: "agent" }), {
          ends: ["tools", "agent"],
        })
        .addNode("tools", gate.toolNode)
        .addEdge(START, "agent")
        .addConditionalEdges("agent", gate.route("policy"), ["policy", END])
        .addEdge("tools", "agent")
        .compile(checkpointer === undefined ? {} : { checkpointer });
      return graph as unknown as Runnable; // the same members, with types of its own state
    },
  ],
  [
    "an agent with the middleware",
    ({ guard, model, tools, checkpointer, options }) => {
      const agent = createAgent({
        model,
        tools,
        middleware: [policyMiddleware(guard, options)],
        ...(checkpointer === undefined ? {} : { checkpointer }),
      });
      const { graph } = agent;
      return {
        graph,
        invoke: (input, config) => agent.invoke(input as never, config as never), // as above
        stream: (input, config) => agent.stream(input as never, config as never), // as above
        getState: (config) => graph.getState(config),
        updateState: (config, update, node) => graph.updateState(config, update, node),
        getStateHistory: (config) => graph.getStateHistory(config),
      } as Runnable;
    },
  ],
];

function toolsThat(
  run: (name: string, args: object, id: string) => Promise<unknown>,
  returnDirect: boolean,
) {
  return NAMES.map((name) =>
    tool((args, config: ToolRunnableConfig) => run(name, args, config.toolCall?.id ?? ""), {
      name,
      schema: SCHEMA,
      returnDirect,
    }),
  );
}

/** Options of {@link start}. */
export interface StartOptions extends TestGuardOptions {
  readonly review?: ReviewOptions;
  readonly policy?: Policy;
  /** `null`: none. */
  readonly checkpointer?: BaseCheckpointSaver | null;
  /** What a tool does before it answers. */
  readonly during?: (name: string) => Promise<void>;
  /** What a tool answers to a call; default: `pay done`. */
  readonly gives?: (name: string, id: string) => unknown;
  /** Whether the tools' results are to be the last word of a run. */
  readonly returnDirect?: boolean;
}

/** A conversation whose model says these things, and what came of it. */
export interface Conversation {
  readonly guard: TestGuard;
  readonly app: Runnable;
  /** What the tools ran on, in order: `pay {"to":"ann"}`. */
  readonly ran: string[];
  readonly memory: ModelMemory;
  readonly checkpointer: BaseCheckpointSaver | undefined;
  /** The configuration of a run: its thread, its ticket, and whom the server has authenticated. */
  as(reviewer?: Reviewer, more?: object): { configurable: Record<string, unknown> };
  /** Says hello, and gives what people are asked. */
  ask(): Promise<Question>;
}

/** The interrupt that a run stopped at. */
export interface Question {
  readonly id: string;
  readonly value: ReviewRequestValue;
  readonly actions: readonly ReviewAction[];
}

export async function start(
  framework: Framework,
  turns: readonly ScriptedTurn[],
  { review = {}, policy = REVIEWS, checkpointer, ...more }: StartOptions = {},
): Promise<Conversation> {
  const { during, gives = (name) => `${name} done`, returnDirect = false, ...rest } = more;
  const guard = await testGuard(policy, rest);
  const ran: string[] = [];
  const model = new ScriptedModel([...turns]);
  const saver = checkpointer === null ? undefined : (checkpointer ?? new MemorySaver());
  const tools = toolsThat(async (name, args, id) => {
    await during?.(name);
    ran.push(`${name} ${JSON.stringify(args)}`);
    return gives(name, id);
  }, returnDirect);
  const options: ReviewOptions = {
    reviewer: ({ configurable }) => configurable?.["reviewer"] as Reviewer | undefined, // set by `as`
    ...review,
  };
  const app = framework({ guard, model, tools, checkpointer: saver, options });
  const interlatch = guard.ticket({ user: { id: "uma" } });
  const as: Conversation["as"] = (reviewer, more = {}) => ({
    configurable: { thread_id: "t1", interlatch, reviewer, ...more },
  });
  const ask = async (): Promise<Question> => questionOf(await app.invoke(HELLO, as()));
  return { guard, app, ran, memory: model.memory, checkpointer: saver, as, ask };
}

export const HELLO = { messages: [new HumanMessage("hello")] };

/** What the run stopped at. Throws where it did not stop, or more than once. */
export function questionOf({ __interrupt__ = [] }: Outcome): Question {
  const [one, ...others] = __interrupt__;
  if (one === undefined || others.length > 0) {
    throw new Error(`expected one interrupt and found ${__interrupt__.length}`);
  }
  return { ...one, actions: one.value.actionRequests };
}

/** Whether a run stopped to ask. */
export function hasStopped({ __interrupt__ = [] }: Outcome): boolean {
  return __interrupt__.length > 0;
}

type Decision = Readonly<Record<string, unknown>>;

/** An answer by the interrupt's id, each decision naming its call by approval and digest. */
export function answers(
  { id, actions }: Question,
  decide: (action: ReviewAction) => Decision | null,
): Command {
  const decisions = actions.flatMap((action) => {
    const decision = decide(action);
    return decision === null ? [] : [{ ...decision, id: action.id, digest: action.digest }];
  });
  return new Command({ resume: { [id]: { decisions } } });
}

export const APPROVE: Decision = { type: "approve" };
export const REJECT: Decision = { type: "reject" };

/** As LangChain's own page sends it: by order, and by no id. */
export function stock(...decisions: readonly Decision[]): Command {
  return new Command({ resume: { decisions } });
}

/** Each answered call: its id, and `ran` or the code of its denial. */
export function told({ messages }: Pick<Outcome, "messages">): readonly string[] {
  return messages
    .filter((message) => ToolMessage.isInstance(message))
    .map(
      (one) =>
        `${one.tool_call_id} ${denialOf(one)?.code ?? (one.status === "error" ? "error" : "ran")}`,
    )
    .toSorted();
}

/** Ids of calls that no tool message answers, or more than one. */
export function dangling({ messages }: Pick<Outcome, "messages">): readonly string[] {
  const asked = messages.flatMap((one) =>
    "tool_calls" in one ? (one.tool_calls as ToolCall[]) : [],
  );
  const answered = messages
    .filter((one) => ToolMessage.isInstance(one))
    .map((one) => one.tool_call_id);
  return asked.flatMap(({ id }) =>
    answered.filter((other) => other === id).length === 1 ? [] : [String(id)],
  );
}
