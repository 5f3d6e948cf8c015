import { callDigest, canonicalJson, DECISION_CODES } from "@interlatch/core";
import type { Guard, Json, ResultStore, Reviewer, Ticket } from "@interlatch/core";
import { answersIn, answerTo } from "./answered.ts";
import { settle } from "./answers.ts";
import { ownTool, type AnyTools, type Bond } from "./bond.ts";
import { digestOf } from "./definition.ts";
import { Results } from "./results.ts";
import { checkReviewer } from "./reviewer.ts";
import { approveBy, type ToolApproval, type ToolApprovalRequest } from "./tool-approval.ts";

/** The interface of a policy engine in `@ai-sdk/policy-opa`. */
export interface PolicyClient {
  /** `path` says nothing to this one: which policy holds is the bundle's business. */
  evaluate<Input = unknown, Result = unknown>(path: string, input: Input): Promise<Result>;
}

/** Options of {@link policyClient}. */
export interface PolicyClientOptions {
  /**
   * Whose clicks in the conversation count: the person whom the host has authenticated for this request. Left out:
   * nobody's; answers come through `guard.approvals`.
   */
  readonly reviewer?: Reviewer | undefined;
  /** See `results` of `guardAI`. */
  readonly results?: ResultStore;
}

/**
 * A policy engine for `opaPolicy` and `opaCapabilityMiddleware` of `@ai-sdk/policy-opa`: the guard decides, records and
 * asks people in place of OPA. It always has an opinion; what it cannot read, and every failure, is a denial.
 *
 * It stands where the SDK asks before a call, and not around the tool: whatever reaches the tool by another way (a
 * sub-agent, code mode, a direct call) is not decided. `guardAI(…).tools` guards the tools themselves; hand the whole
 * request over (`toInput: (request) => request`), so that a call of a guarded tool is counted once.
 *
 * Throws `ERR_OPTIONS` for a malformed `reviewer`.
 *
 * @param ticket - who acts for whom, from `guard.for(identity)`: nothing of the input says so
 *
 * @example
 * ```ts
 * import { policyClient } from "@interlatch/ai-sdk";
 * import type { Guard, Ticket } from "@interlatch/core";
 * declare const guard: Guard;
 * declare const ticket: Ticket;
 * const client = policyClient(guard, ticket);
 * const { decision } = await client.evaluate<unknown, { decision: string }>("agent/call", {
 *   tool: { name: "refund" },
 *   args: { order: 7 },
 * });
 * ```
 */
export function policyClient(
  guard: Guard,
  ticket: Ticket | undefined,
  options: PolicyClientOptions = {},
): PolicyClient {
  const bond: Bond = {
    guard,
    ticket,
    hooksBeforeDecision: false,
    streams: new Set(),
    conversation: { reviewer: checkReviewer(options.reviewer) },
    results: new Results(guard, ticket, options.results).read(),
    over: new Set(),
    anyOutputs: false,
  };
  const approve = approveBy(bond);
  return {
    evaluate: async <Input, Result>(_path: string, input: Input) => {
      const given = (input ?? {}) as Partial<AnyInput>; // whatever it is, its members can be asked for
      const isCall = given.toolCall !== undefined || given.tool !== undefined;
      const result = isCall ? await decided(given, approve, bond) : { tools: visible(bond) };
      return result as Result; // one of the two forms that the package knows
    },
  };
}

/** What `opaPolicy` gives: its own form, or the SDK's whole request where `toInput` hands it on. */
interface AnyInput extends ToolApprovalRequest {
  readonly tool: { readonly name?: unknown };
  readonly args: unknown;
}

/** In the words that the package takes; whatever else it is told it denies. */
type Told =
  | { readonly decision: "allow" | "requires-approval" }
  | { readonly decision: "deny"; readonly reason: string };

async function decided(input: Partial<AnyInput>, approve: ToolApproval, bond: Bond): Promise<Told> {
  try {
    const { toolCall, tools, messages = [] } = input;
    const request = toolCall === undefined ? named(input) : { ...input, toolCall, tools, messages };
    await takeAnswer(request, bond);
    const status = await approve(request);
    if (status === "not-applicable") return { decision: "allow" };
    if (status === "user-approval") return { decision: "requires-approval" };
    return { decision: "deny", reason: status.reason };
  } catch {
    return { decision: "deny", reason: DECISION_CODES.internal_error.model };
  }
}

/**
 * The package's own form names no call. Its content does: the same call that comes again, once somebody has answered, is
 * the one that they were asked about.
 */
function named({ tool, args, messages }: Partial<AnyInput>): ToolApprovalRequest {
  const toolName = String(tool?.name);
  const content = canonicalJson([toolName, (args ?? null) as Json]); // from the model's JSON
  const toolCallId = `content:${callDigest(toolName, { args: (args ?? null) as Json })}`;
  const answered = answersIn(messages).find(
    ({ call }) => canonicalJson([call.toolName ?? null, (call.input ?? null) as Json]) === content,
  );
  const history = answered === undefined ? [] : answerTo(toolCallId, answered.answer);
  return { tools: undefined, messages: history, toolCall: { toolName, toolCallId, input: args } };
}

/** Takes the click to the guard, where the host vouches for whose it is; the SDK comes back for approved calls alone. */
async function takeAnswer(
  { toolCall, tools, messages }: ToolApprovalRequest,
  bond: Bond,
): Promise<void> {
  const { toolCallId: id, toolName: tool, input } = toolCall;
  const answered = answersIn(messages).find(({ call }) => call.toolCallId === id);
  if (answered === undefined) return;
  const { approved, reason } = answered.answer;
  const definition = digestOf(ownTool(tools as AnyTools | undefined, tool), tool); // the SDK's own set
  await settle({ id, tool, input, definition, approved, reason }, bond);
}

/** The tools of the policy, and of the application, that could ever be allowed. */
function visible({ guard, ticket }: Bond): readonly string[] {
  const known = guard.coverage().map(({ tool }) => ({ name: tool }));
  return guard.visibleTools(ticket, known).map(({ name }) => name);
}
