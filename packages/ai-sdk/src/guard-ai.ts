import type { CoverageEntry, Guard, ResultStore, Reviewer, Ticket } from "@interlatch/core";
import type { AnyTools, Bond } from "./bond.ts";
import { coverageOf } from "./coverage.ts";
import { isDiscovered } from "./definition.ts";
import {
  checkGuard,
  checkInputHooks,
  checkMessageFunctions,
  checkOutputs,
  checkStreams,
  checkTools,
} from "./given.ts";
import { isOver, type Steps } from "./end.ts";
import { guardTool } from "./guard-tool.ts";
import { hideToolsBy, type HideTools } from "./hide-tools.ts";
import { readMessages, type MessageFunctions } from "./messages.ts";
import { Results } from "./results.ts";
import { checkReviewer } from "./reviewer.ts";
import { approveBy, type ToolApproval } from "./tool-approval.ts";

/** Options of {@link guardAI}. */
export interface GuardAIOptions {
  /**
   * `"before-decision"`: `onInputStart`, `onInputDelta` and `onInputAvailable` run as the SDK has it, for
   * calls that are then denied too. Only for hooks without an effect. Left out: the first two are dropped,
   * and `onInputAvailable` runs for calls that the policy allows without a review.
   */
  readonly inputHooks?: "before-decision";
  /**
   * Names of tools whose `execute` is a plain function that returns an async iterable, so that a call that
   * has to wait (for a reviewer, a store) can still stream. Async generator functions are recognised.
   */
  readonly streams?: readonly string[];
  /**
   * Asks for reviews in the conversation, by the SDK's own approval requests, and says whose answers it brings: the
   * person whom the host has authenticated for this request, never a name out of its body. Their answer counts as far
   * as the rule asks them. `undefined`: nobody's answer in the conversation counts; answers come through
   * `guard.approvals`, and the conversation goes on when it is sent again. Left out altogether: such a call waits for
   * the guard's `onReview`.
   */
  readonly reviewer?: Reviewer | undefined;
  /**
   * Where it is kept what the calls of a session gave, for {@link GuardedAI.messages}. Left out: in this process, for as
   * long as the guard lives. A host with several processes, or one that is restarted under running conversations, brings
   * one that they share.
   */
  readonly results?: ResultStore;
  /**
   * `"any"`: {@link GuardedAI.messages} lets outputs in a history reach the model whoever wrote them. For hosts that keep
   * the history themselves and take none from a client. Left out: only those that were recorded in this session.
   */
  readonly outputs?: "any";
}

/**
 * The `tools` object of either major: tools by the name the model calls them by. Wider than the SDK's own
 * `ToolSet`, so that one build serves both and a project may check types as strictly as it likes.
 */
export type GuardableTools = Readonly<Record<string, object>>;

/** What to spread into `generateText`, `streamText` or `ToolLoopAgent`. */
export interface GuardedOptions<Tools extends GuardableTools> {
  readonly tools: Tools;
  /** AI SDK 7 asks it before a tool is reached; AI SDK 6 does not know it and passes over it. */
  readonly toolApproval: ToolApproval;
}

/** A guard in the forms that the AI SDK takes. */
export interface GuardedAI {
  /** Tools and `toolApproval` in one. */
  options<Tools extends GuardableTools>(tools: Tools): GuardedOptions<Tools>;
  /**
   * The same tools, each of which runs through the guard. Give these to `convertToModelMessages` and
   * `validateUIMessages` too. Guarding them twice changes nothing. Throws `ERR_OPTIONS` for what is no object of
   * tools, and for tools that this guard guards already with another ticket or under another name.
   */
  tools<Tools extends GuardableTools>(tools: Tools): Tools;
  /**
   * A `toolApproval` function of AI SDK 7 for hosts that hand tools over by other ways than
   * {@link GuardedAI.options}. It keeps each tool's own `needsApproval`.
   */
  readonly toolApproval: ToolApproval;
  /**
   * Reads UI messages as a client sent them: checks them, takes the answers in them to the guard, and gives the
   * messages for the model. No message says who answered: that is {@link GuardAIOptions.reviewer}.
   *
   * An output of a guarded tool that was not recorded in this session, for exactly this call, is replaced by a sentence,
   * and so are the words of errors: whoever sends a history could have written them. It needs a ticket with a session,
   * and this function in every request, the first included: from then on outputs are recorded.
   *
   * Rejects with `ERR_REVIEW_PENDING` while a call waits for a person, and runs nothing then; with `ERR_STORE` where
   * the approvals cannot be read; with `ERR_OPTIONS` where a function of `ai` is missing; with an error of the SDK's for
   * what is no list of UI messages.
   *
   * @param messages - from the request's body
   * @param tools - the same as for {@link GuardedAI.options}
   * @param ai - the two functions of `ai` that know its messages, or `ai` itself
   *
   * @example
   * ```ts
   * import type { GuardedAI } from "@interlatch/ai-sdk";
   * import { convertToModelMessages, validateUIMessages, type ToolSet } from "ai";
   * declare const g: GuardedAI;
   * declare const tools: ToolSet;
   * declare const body: { messages: unknown };
   * const ai = { convertToModelMessages, validateUIMessages };
   * const messages = await g.messages(body.messages, tools, ai);
   * ```
   */
  messages<Message>(
    messages: unknown,
    tools: GuardableTools,
    ai: MessageFunctions<Message>,
  ): Promise<Message[]>;
  /**
   * A model middleware that shows the model only tools which this agent could ever be allowed, in every step, and cleans
   * the words of those that were discovered: {@link GuardedAI.tools} did not get them, or got them as `dynamic` ones. A
   * courtesy and no gate: a tool that was left out and is called all the same is denied.
   *
   * @example
   * ```ts
   * import type { GuardedAI } from "@interlatch/ai-sdk";
   * import { generateText, wrapLanguageModel, type ToolSet } from "ai";
   * declare const g: GuardedAI;
   * declare const tools: ToolSet;
   * declare const bare: Parameters<typeof wrapLanguageModel>[0]["model"];
   * const model = wrapLanguageModel({ model: bare, middleware: g.hideTools });
   * const result = await generateText({ model, prompt: "Where is order 7?", ...g.options(tools) });
   * ```
   */
  readonly hideTools: HideTools;
  /**
   * Ends the run after a step in which a call was denied as often as the guard's `maxRepeatedDenials`. A condition to
   * give beside your own: what else the model called in the step has run, and it has no further turn.
   *
   * @example
   * ```ts
   * import type { GuardedAI } from "@interlatch/ai-sdk";
   * import { isStepCount, streamText, type LanguageModel, type ToolSet } from "ai";
   * declare const g: GuardedAI;
   * declare const model: LanguageModel;
   * declare const tools: ToolSet;
   * const stopWhen = [g.stopWhen, isStepCount(10)];
   * const result = streamText({ model, prompt: "Refund it!", stopWhen, ...g.options(tools) });
   * ```
   */
  readonly stopWhen: (steps: Steps) => boolean;
  /** Which of these tools are enforced, and why not; `guard.coverage()` then knows them too. */
  coverage(tools: GuardableTools): readonly CoverageEntry[];
}

/**
 * Lets a guard decide every tool call of the AI SDK 7 or 6.
 *
 * A denied call does not run and does not end the run: the model gets `execution-denied` with a reason, or
 * the value that the policy gives instead. Streams stay streams, and a call that nobody has to wait for
 * stays synchronous.
 *
 * Throws `ERR_OPTIONS` for what is no guard, and for malformed options.
 *
 * @param ticket - who acts for whom in this run, from `guard.for(identity)`; without one every call is
 *   denied `identity_required`
 *
 * @example
 * ```ts
 * import { guardAI } from "@interlatch/ai-sdk";
 * import type { Guard } from "@interlatch/core";
 * import { streamText, type LanguageModel, type ToolSet } from "ai";
 * declare const guard: Guard;
 * declare const model: LanguageModel;
 * declare const tools: ToolSet;
 * const ticket = guard.for({ agent: { id: "shop", roles: ["customer_service"] }, session: "s1" });
 * const g = guardAI(guard, ticket);
 * const result = streamText({ model, prompt: "Where is order 7?", ...g.options(tools) });
 * ```
 */
export function guardAI(
  guard: Guard,
  ticket: Ticket | undefined,
  options: GuardAIOptions = {},
): GuardedAI {
  checkGuard(guard);
  // What is inherited is no option of the host's: a polluted `Object.prototype` would set them all.
  const chosen: GuardAIOptions = Object.assign(Object.create(null) as object, options);
  const bond: Bond = {
    guard,
    ticket,
    hooksBeforeDecision: checkInputHooks(chosen.inputHooks),
    streams: new Set(checkStreams(chosen.streams)),
    conversation: Object.hasOwn(chosen, "reviewer")
      ? { reviewer: checkReviewer(chosen.reviewer) }
      : null,
    results: new Results(guard, ticket, chosen.results),
    over: new Set(),
    anyOutputs: checkOutputs(chosen.outputs),
  };
  const own = new Set<string>();
  const coverage = (given: GuardableTools): readonly CoverageEntry[] => {
    checkTools(given);
    const entries = coverageOf(given, bond);
    guard.cover(entries);
    return entries;
  };
  const tools = <Tools extends GuardableTools>(given: Tools): Tools => {
    checkTools(given);
    for (const [name, tool] of Object.entries(given)) if (!isDiscovered(tool)) own.add(name);
    const guarded = guardTools(given, bond);
    coverage(guarded);
    return guarded;
  };
  const toolApproval = approveBy(bond);
  return {
    tools,
    toolApproval,
    stopWhen: (steps) => isOver(steps, bond),
    hideTools: hideToolsBy(bond, own),
    coverage,
    options: (given) => ({ tools: tools(given), toolApproval }),
    messages: async (messages, given, ai) => {
      checkMessageFunctions(ai);
      return readMessages(messages, tools(given), bond, ai);
    },
  };
}

/** Without a prototype: AI SDK 6 looks a tool up without asking whether the set has it itself. */
function guardTools<Tools extends GuardableTools>(given: Tools, bond: Bond): Tools {
  const siblings: AnyTools = { ...given };
  const guarded: unknown = Object.create(
    null,
    Object.fromEntries(
      Object.entries(given).map(([name, tool]) => [
        name,
        {
          value: guardTool(tool, name, siblings, bond),
          enumerable: true,
          writable: true,
          configurable: true,
        },
      ]),
    ),
  );
  return guarded as Tools; // the same names, each with a tool of the same type
}
