import { InterlatchError } from "@interlatch/core";
import type { BaseMessage } from "@langchain/core/messages";
import { AIMessage, ToolMessage } from "@langchain/core/messages";
import type { ToolCall } from "@langchain/core/messages/tool";
import type { ClientTool, ServerTool } from "@langchain/core/tools";
import type { CoverageEntry, Guard } from "@interlatch/core";
import { wordsOf } from "./answer.ts";
import { coverageOf } from "./coverage.ts";
import { guardTool } from "./guard-tool.ts";
import { ticketOf, type IdentityOptions, type RunContext } from "./identity.ts";
import { runTool } from "./run.ts";
import { isClientTool, nameOf } from "./tool-kinds.ts";
import type { ReviewOptions, ReviewRun } from "./review/options.ts";
import { reviewTurn } from "./review/turn.ts";
import { holds, isBubbleUp } from "./thrown.ts";
import { openCalls } from "./turn.ts";

/** What the middleware reads of a model request. */
export interface ModelCallRequest {
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
  readonly afterModel: {
    hook(
      state: { readonly messages: readonly BaseMessage[] },
      runtime: ReviewRun,
    ): Promise<{ messages: ToolMessage[]; jumpTo?: "model" } | undefined>;
    readonly canJumpTo: ["model"];
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
 * It shows the model only tools that this agent could ever be allowed, judges all calls of a turn before any
 * of them runs and answers the denied ones, and guards each tool at the call. One denied call never drops its
 * siblings and never ends the run. A tool that throws gives a tool message, as it does without middleware.
 *
 * Calls that need a review stop the run in one interrupt; see {@link ReviewOptions}. That takes a checkpointer, and a
 * ticket that names a session.
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
  // Which tool the model meant by a call, so that its arguments can be read with that tool's schema. A hint
  // for judging the turn: a call that is not in it is judged at the tool. By name as well, for a run that went on from
  // its checkpoint, where the call is another object.
  const meant = new WeakMap<ToolCall, ClientTool>();
  const known = new Map<string, ClientTool>();

  return {
    name: "interlatch",

    async wrapModelCall(request, handler) {
      const { tools, runtime } = request;
      guard.cover(tools.map((tool) => coveredBy(tool, guard)));
      const named = tools.map((tool) => ({ name: nameOf(tool) }));
      const visible = guard.visibleTools(ticketOf(guard, runtime, options), named);
      const names = new Set(visible.map(({ name }) => name));
      const shown = tools.filter((tool) => names.has(nameOf(tool)));
      const response = await handler({ ...request, tools: shown });
      const calls = AIMessage.isInstance(response) ? (response.tool_calls ?? []) : [];
      for (const call of calls) {
        // Among all tools: one that was hidden and is called anyway is judged like any other.
        const tool = tools.find((one) => isClientTool(one) && one.name === call.name);
        if (tool === undefined || !isClientTool(tool)) continue;
        meant.set(call, tool);
        known.set(call.name, tool);
      }
      return response;
    },

    afterModel: {
      canJumpTo: ["model"],
      async hook(state, runtime) {
        const calls = openCalls(state.messages);
        if (calls.length === 0) return undefined;
        const ticket = ticketOf(guard, runtime, options);
        const toolOf = (call: ToolCall): ClientTool | undefined =>
          meant.get(call) ?? known.get(call.name);
        const turn = await reviewTurn(guard, ticket, calls, toolOf, runtime, options);
        const { messages, remaining } = turn;
        if (messages.length === 0) return undefined;
        // With nothing left to run the agent would end here, without an answer.
        return remaining.length === 0 ? { messages, jumpTo: "model" } : { messages };
      },
    },

    async wrapToolCall(request, handler) {
      const { tool, toolCall, state, runtime } = request;
      try {
        if (tool !== undefined && isClientTool(tool)) {
          // At the tool and not around it: middleware further in may change the arguments once more.
          return await handler({ ...request, tool: guardTool(tool, guard, options) });
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
        if (isBubbleUp(error) || runtime.signal?.aborted === true) throw error;
        return failure(error, toolCall);
      }
    },
  };
}

const PLAIN = { stream: false, pair: false, metadata: undefined } as const;

function coveredBy(tool: ClientTool | ServerTool, guard: Guard): CoverageEntry {
  const entry = coverageOf(tool, guard);
  switch (entry.state) {
    case "not_wrapped":
      return { ...entry, state: "enforced", why: "policyMiddleware guards it at the call" };
    case "out_of_reach":
      return { ...entry, state: "hidden", why: `${entry.why}, as policyMiddleware does` };
    case "enforced":
    case "hidden":
      return entry;
  }
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
