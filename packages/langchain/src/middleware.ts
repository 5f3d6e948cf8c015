import { InterlatchError, isInterlatchError } from "@interlatch/core";
import type { BaseMessage } from "@langchain/core/messages";
import { AIMessage, ToolMessage } from "@langchain/core/messages";
import type { ToolCall } from "@langchain/core/messages/tool";
import type { ClientTool, ServerTool } from "@langchain/core/tools";
import type { CoverageEntry, Guard, OpenOptions } from "@interlatch/core";
import { wordsOf } from "./answer.ts";
import { coverageOf } from "./coverage.ts";
import { checkGiven } from "./given.ts";
import { guardAmong } from "./guard-tool.ts";
import { ticketOf, type IdentityOptions, type RunContext } from "./identity.ts";
import type { Siblings } from "./lesser-tool.ts";
import { runTool } from "./run.ts";
import { withOneAnswerEach } from "./one-answer.ts";
import { isClientTool } from "./tool-kinds.ts";
import type { ReviewOptions, ReviewRun } from "./review/options.ts";
import { reviewTurn } from "./review/turn.ts";
import { forgottenIn, startsSubAgents, watchSubAgents } from "./sub-agents.ts";
import { holds, isBubbleUp } from "./thrown.ts";
import { isOver, openCalls } from "./turn.ts";
import { visibleTools } from "./visible.ts";

/** What the middleware reads of a model request. */
export interface ModelCallRequest {
  readonly messages: BaseMessage[];
  readonly tools: (ClientTool | ServerTool)[];
  readonly runtime: RunContext;
}

/** What the middleware reads of a request to run a tool. */
export interface ToolCallRequest {
  readonly toolCall: ToolCall;
  readonly tool: ClientTool | ServerTool | undefined;
  readonly state: { readonly messages: readonly BaseMessage[] };
  readonly runtime: RunContext & { readonly signal?: AbortSignal | undefined };
}

/** What {@link policyMiddleware} gives: an entry for `createAgent({ middleware })`. */
export interface PolicyMiddleware {
  readonly name: "interlatch";
  wrapModelCall<Request extends ModelCallRequest, Response>(
    request: Request,
    handler: (request: Request) => Response | Promise<Response>,
  ): Promise<Response>;
  /** Where the guard ends runs, see `maxRepeatedDenials`. */
  readonly beforeModel?: {
    hook(state: { readonly messages: readonly BaseMessage[] }): { jumpTo: "end" } | undefined;
    readonly canJumpTo: ["end"];
  };
  readonly afterModel: {
    hook(
      state: { readonly messages: readonly BaseMessage[] },
      runtime: ReviewRun,
    ): Promise<{ messages: ToolMessage[]; jumpTo?: "model" | "end" } | undefined>;
    readonly canJumpTo: ["model", "end"];
  };
  wrapToolCall<Request extends ToolCallRequest, Result>(
    request: Request,
    handler: (request: Request) => Result | Promise<Result>,
  ): Promise<Result | ToolMessage>;
}

/**
 * Guards every tool of a `createAgent` agent. Put it last in the list, so that it is the innermost: it then
 * judges what the other middleware made of a call.
 *
 * It shows the model only tools that this agent could ever be allowed (the words of discovered tools are cleaned where
 * the tools went through `guardTools` first, for a middleware may not change a tool), judges all calls of a turn before any
 * of them runs and answers the denied ones, and guards each tool at the call. One denied call never drops its
 * siblings and never ends the run. A tool that throws gives a tool message, as it does without middleware.
 *
 * Calls that need a review stop the run in one interrupt; see {@link ReviewOptions}. That takes a checkpointer, and a
 * ticket that names a session.
 *
 * Throws `ERR_OPTIONS` for what is no guard, and for options that mean nothing.
 *
 * @example
 * ```ts
 * import { createAgent } from "langchain";
 * import { policyMiddleware } from "@interlatch/langchain";
 * import type { Guard } from "@interlatch/core";
 * declare const guard: Guard;
 * const agent = createAgent({ model: "openai:gpt-5", tools: [], middleware: [policyMiddleware(guard)] });
 * const interlatch = guard.for({ agent: { id: "shop" }, session: "s1" });
 * await agent.invoke({ messages: "Refund order 7." }, { configurable: { interlatch } });
 * ```
 */
export function policyMiddleware(
  guard: Guard,
  options: IdentityOptions & ReviewOptions = {},
): PolicyMiddleware {
  checkGiven("policyMiddleware", guard, options);
  // Which tool the model meant by a call, so that its arguments can be read with that tool's schema. A hint
  // for judging the turn: a call that is not in it is judged at the tool. By name as well, for a run that went on from
  // its checkpoint, where the call is another object.
  const meant = new WeakMap<ToolCall, ClientTool>();
  // The tools of the agent that made the call. By the call alone: another agent's tool of the same name is another tool.
  const among = new WeakMap<ToolCall, Siblings>();
  const known = new Map<string, ClientTool>();

  return {
    name: "interlatch",

    ...(guard.endsRuns ? { beforeModel: END_WHEN_OVER } : {}),

    async wrapModelCall(request, handler) {
      const { tools, runtime } = request;
      guard.cover(tools.map((tool) => coveredBy(tool, guard)));
      const shown = visibleTools(guard, tools, runtime, options);
      const messages = withOneAnswerEach(request.messages);
      const response = await handler({ ...request, messages, tools: shown });
      const calls = AIMessage.isInstance(response) ? (response.tool_calls ?? []) : [];
      for (const call of calls) {
        among.set(call, tools);
        // Among all tools: one that was hidden and is called anyway is judged like any other.
        const tool = tools.find((one) => isClientTool(one) && one.name === call.name);
        if (tool === undefined || !isClientTool(tool)) continue;
        meant.set(call, tool);
        known.set(call.name, tool);
      }
      return response;
    },

    afterModel: {
      canJumpTo: ["model", "end"],
      async hook(state, runtime) {
        const calls = openCalls(state.messages);
        if (calls.length === 0) return undefined;
        const ticket = ticketOf(guard, runtime, options);
        const toolOf = (call: ToolCall): ClientTool | undefined =>
          meant.get(call) ?? known.get(call.name);
        const turn = await reviewTurn(guard, ticket, calls, toolOf, runtime, options, LEAVE);
        const { messages, remaining } = turn;
        if (messages.length === 0) return undefined;
        // Calls that are left run first; `beforeModel` then ends what is over.
        if (remaining.length > 0) return { messages };
        // Without a jump the agent would end here, and the model never hear of the denials.
        return { messages, jumpTo: isOver(messages) ? "end" : "model" };
      },
    },

    async wrapToolCall(request, handler) {
      const { tool, toolCall, state, runtime } = request;
      try {
        if (tool !== undefined && isClientTool(tool)) {
          // At the tool and not around it: middleware further in may change the arguments once more.
          const asked = callIn(state.messages, toolCall);
          const siblings = (asked === undefined ? undefined : among.get(asked)) ?? [];
          const guarded = guardAmong(siblings, tool, guard, options);
          const ready = startsSubAgents(tool) ? watchSubAgents(guarded, guard) : guarded;
          return await handler({ ...request, tool: ready });
        }
        const facts = { guard, name: toolCall.name, identity: options, ...PLAIN };
        const config = { configurable: { ...runtime.configurable }, context: runtime.context };
        const result = runTool(facts, toolCall.args, { ...config, toolCall, state }, (args) =>
          // Middleware further in may know a tool for it, which then runs on what was judged.
          // The effective form of the call's own arguments.
          handler({ ...request, toolCall: { ...toolCall, args: args as ToolCall["args"] } }),
        );
        return (await result) as Awaited<ReturnType<typeof handler>> | ToolMessage;
      } catch (error) {
        const isMeant = isBubbleUp(error) || isInterlatchError(error, "ERR_DENIED");
        if (isMeant || runtime.signal?.aborted === true) throw error;
        return failure(error, toolCall);
      }
    },
  };
}

/** A node of its own in the agent, so only where a guard ends runs. */
const END_WHEN_OVER: NonNullable<PolicyMiddleware["beforeModel"]> = {
  canJumpTo: ["end"],
  hook: ({ messages }) => (isOver(messages) ? { jumpTo: "end" } : undefined),
};

/** The call as the model's message has it: the framework runs a copy. */
function callIn(messages: readonly BaseMessage[], { id }: ToolCall): ToolCall | undefined {
  const last = messages.findLast((message) => AIMessage.isInstance(message));
  return last?.tool_calls?.find((call) => call.id === id);
}

/** Where tools are wrapped at the call, nothing but a guarded tool gets what remains of a turn. */
const LEAVE: OpenOptions = { leave: "tool" };

const PLAIN = {
  siblings: [],
  definition: undefined,
  stream: false,
  pair: false,
  returnDirect: false,
  metadata: undefined,
} as const;

function coveredBy(tool: ClientTool | ServerTool, guard: Guard): CoverageEntry {
  const entry = coverageOf(tool, guard);
  switch (entry.state) {
    case "not_wrapped":
      return {
        ...entry,
        state: "enforced",
        why: atTheCall(tool),
        ...forgottenIn(entry.tool, guard),
      };
    case "out_of_reach":
      return { ...entry, state: "hidden", why: `${entry.why}, as policyMiddleware does` };
    case "enforced":
    case "hidden":
      return entry;
  }
}

/** Of the tool of `deepagents` that starts other agents it also says what guards those: they have lists of their own. */
function atTheCall(tool: ClientTool | ServerTool): string {
  const why = "policyMiddleware guards it at the call";
  return startsSubAgents(tool)
    ? `${why}; the sub-agents that it starts need policyMiddleware in their own lists`
    : why;
}

/** What `createAgent` itself makes of a tool's error, and no longer does once a middleware wraps tool calls. */
function failure(error: unknown, { id, name }: ToolCall): ToolMessage {
  const isInputError = holds(
    () => error instanceof Error && "~brand" in error && error["~brand"] === "ToolInvocationError",
  );
  const content = isInputError
    ? (error as Error).message // as was just seen
    : `${wordsOf(error)}\n Please fix your mistakes.`;
  return new ToolMessage({ status: "error", name, tool_call_id: id ?? "", content });
}

// `middleware: [policyMiddleware]`, without the call, would be an agent without a guard that looks like one with it:
// LangChain takes any object for a middleware and looks for its hooks.
Object.defineProperty(policyMiddleware, "wrapToolCall", {
  get(): never {
    throw new InterlatchError(
      "ERR_OPTIONS",
      "policyMiddleware is to be called: middleware: [policyMiddleware(guard)].",
    );
  },
});
