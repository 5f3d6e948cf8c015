import type { CoverageEntry, Guard, Reviewer, Ticket } from "@interlatch/core";
import type { Bond } from "./bond.ts";
import { coverageOf } from "./coverage.ts";
import { guardTool } from "./guard-tool.ts";
import { readMessages, type MessageFunctions } from "./messages.ts";
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
   * `validateUIMessages` too. Guarding them twice changes nothing. Throws `ERR_OPTIONS` for tools that this
   * guard guards already with another ticket or under another name.
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
   * Rejects with `ERR_REVIEW_PENDING` while a call waits for a person, and runs nothing then; with `ERR_STORE` where
   * the approvals cannot be read; with an error of the SDK's for what is no list of UI messages.
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
 * Throws `ERR_OPTIONS` for a malformed `reviewer`.
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
  const bond: Bond = {
    guard,
    ticket,
    hooksBeforeDecision: options.inputHooks === "before-decision",
    streams: new Set(options.streams),
    conversation: Object.hasOwn(options, "reviewer")
      ? { reviewer: checkReviewer(options.reviewer) }
      : null,
  };
  const coverage = (given: GuardableTools): readonly CoverageEntry[] => {
    const entries = coverageOf(given);
    guard.cover(entries);
    return entries;
  };
  const tools = <Tools extends GuardableTools>(given: Tools): Tools => {
    coverage(given);
    return guardTools(given, bond);
  };
  const toolApproval = approveBy(bond);
  return {
    tools,
    toolApproval,
    coverage,
    options: (given) => ({ tools: tools(given), toolApproval }),
    messages: async (messages, given, ai) => readMessages(messages, tools(given), bond, ai),
  };
}

/** Without a prototype: AI SDK 6 looks a tool up without asking whether the set has it itself. */
function guardTools<Tools extends GuardableTools>(given: Tools, bond: Bond): Tools {
  const guarded: unknown = Object.create(
    null,
    Object.fromEntries(
      Object.entries(given).map(([name, tool]) => [
        name,
        {
          value: guardTool(tool, name, bond),
          enumerable: true,
          writable: true,
          configurable: true,
        },
      ]),
    ),
  );
  return guarded as Tools; // the same names, each with a tool of the same type
}
