import { DECISION_CODES, type CallInput, type Denial } from "@interlatch/core";
import type { ModelMessage } from "ai";
import { isAnswered } from "./answered.ts";
import { isMethod, ownTool, type AnyTool, type AnyTools, type Bond } from "./bond.ts";
import { digestOf } from "./definition.ts";
import { noteEnd } from "./end.ts";
import { isGuarded } from "./guard-tool.ts";
import { handOver } from "./hand-over.ts";
import { isNeeded, ownNeedsApproval } from "./needs-approval.ts";
import { check } from "./schema.ts";

/** What AI SDK 7 gives to a `toolApproval` function, as far as it is read here. */
export interface ToolApprovalRequest {
  readonly toolCall: {
    readonly toolName: string;
    readonly toolCallId: string;
    readonly input?: unknown;
    readonly providerExecuted?: boolean | undefined;
  };
  readonly tools: object | undefined;
  readonly toolsContext?: unknown;
  readonly messages: readonly ModelMessage[];
}

/** The statuses given; AI SDK 7 would run a call for any it does not know. */
export type ToolApprovalStatus =
  | "not-applicable"
  | "user-approval"
  | { readonly type: "denied"; readonly reason: string };

/** A `toolApproval` function of AI SDK 7 for all tools. Never throws: an exception would end the run. */
export type ToolApproval = (request: ToolApprovalRequest) => Promise<ToolApprovalStatus>;

/** Denies before the tool is reached, so that the user interface shows a denied call as one. */
export function approveBy(bond: Bond): ToolApproval {
  return async (request) => {
    try {
      const status = await statusByPolicy(request, bond);
      if (typeof status === "object" && status !== null) {
        const { toolCallId: id, toolName: tool, input } = request.toolCall;
        await bond.results.keep({ id, tool, input }, { reason: status.reason });
      }
      if (status !== null) return status;
      return (await needsApproval(request)) ? "user-approval" : "not-applicable";
    } catch {
      return { type: "denied", reason: DECISION_CODES.internal_error.model };
    }
  };
}

/** What the policy says of a call; `null`: nothing against it. */
async function statusByPolicy(
  { toolCall, tools, messages }: ToolApprovalRequest,
  bond: Bond,
): Promise<ToolApprovalStatus | null> {
  // It has run already: a denial on record would be a lie.
  if (toolCall.providerExecuted === true) return null;
  const { toolName, toolCallId, input } = toolCall;
  const tool = toolNamed(tools, toolName);
  const call: CallInput = {
    ticket: bond.ticket,
    id: toolCallId,
    tool: toolName,
    definition: digestOf(tool, toolName),
    arguments: input,
    batch: messages,
  };
  const isGuardedHere = isGuarded(tool, toolName, bond);
  if (bond.conversation !== null) {
    const status = await reviewed(call, isGuardedHere, isAnswered(messages, toolCallId), bond);
    if (status !== null) return status;
  } else if (isGuardedHere) {
    // Everything else, a value in place of a result among it, is for the guarded `execute`.
    return refused(bond.guard.open([call], { leave: AT_THE_TOOL })[0]?.denial, call, bond);
  }
  return isGuardedHere ? null : deniedFor(await handOver(call, bond));
}

/**
 * Asks people about a call that needs it. Where the history brings an answer, nobody is asked anew: whoever made up a
 * call and its approval would else have a question opened, and what has run would be asked about again.
 */
async function reviewed(
  call: CallInput,
  isGuardedHere: boolean,
  answered: boolean,
  bond: Bond,
): Promise<ToolApprovalStatus | null> {
  const [opened] = await bond.guard.open([call], {
    reviews: answered ? "opened" : true,
    ...(isGuardedHere ? { leave: AT_THE_TOOL } : {}),
  });
  if (opened?.denial !== undefined) return refused(opened.denial, call, bond);
  // One that is answered goes on: whatever the history says of it, it runs if the guard's own approval is there.
  return opened?.approval?.state === "pending" && !answered ? "user-approval" : null;
}

/** Kinds of denials that only the guarded `execute` can hand over: as an output, or an error. */
const AT_THE_TOOL = ["value", "tool", "throw"] as const;

function refused(
  denial: Denial | undefined,
  { id }: CallInput,
  bond: Bond,
): ToolApprovalStatus | null {
  noteEnd(id, denial, bond);
  return deniedFor(denial?.message ?? null);
}

function deniedFor(reason: string | null): ToolApprovalStatus | null {
  return reason === null ? null : { type: "denied", reason };
}

/** The tool's own say, which the SDK no longer asks for where there is a `toolApproval` function. */
async function needsApproval(request: ToolApprovalRequest): Promise<boolean> {
  const { toolCall, tools, messages } = request;
  const tool = toolNamed(tools, toolCall.toolName);
  if (tool === undefined) return false;
  const own = ownNeedsApproval(tool);
  const { toolCallId, input } = toolCall;
  // The SDK checks the context for a function alone.
  const context = isMethod(own) ? await contextOf(tool, request) : undefined;
  return isNeeded(own, tool, [input, { toolCallId, messages, context }]);
}

/** The tool's context, checked and completed by its schema as the SDK does it. */
async function contextOf(
  { contextSchema }: AnyTool,
  { toolCall, toolsContext }: ToolApprovalRequest,
): Promise<unknown> {
  const contexts = (toolsContext ?? {}) as Readonly<Record<string, unknown>>; // by tool name
  const { toolName } = toolCall;
  const context = Object.hasOwn(contexts, toolName) ? contexts[toolName] : undefined;
  if (contextSchema === undefined) return context;
  const checked = await check(contextSchema, context);
  if (!checked.success) throw checked.error;
  return checked.value;
}

function toolNamed(tools: object | undefined, name: string): AnyTool | undefined {
  return ownTool(tools as AnyTools | undefined, name); // the SDK's own set of tools
}
