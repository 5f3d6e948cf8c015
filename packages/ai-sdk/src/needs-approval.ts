import type { CallInput, Denial } from "@interlatch/core";
import { isAnswered } from "./answered.ts";
import { isMethod, type AnyTool, type Bond, type Method } from "./bond.ts";
import { digestOf } from "./definition.ts";
import { handOver } from "./hand-over.ts";

/** Registered globally, so that two installed copies of this package know each other's tools. */
const OWN = Symbol.for("interlatch.ai-sdk.needs-approval");

/** What the SDK gives to `needsApproval` beside the input; AI SDK 6 and 7 name the context differently. */
interface AskingOptions {
  readonly toolCallId?: string;
  readonly messages?: unknown;
}

/**
 * Denials that were recorded when the question was to be asked, by the input object that the SDK hands to `execute`
 * next: AI SDK 6 cannot be told of a denial any earlier.
 */
const denials = new WeakMap<object, Denial>();

/** The denial that a call with this input has met already, once. */
export function takeDenial(input: unknown): Denial | undefined {
  if (typeof input !== "object" || input === null) return undefined;
  const denial = denials.get(input);
  denials.delete(input);
  return denial;
}

/** What a tool said of approvals before it was guarded. */
export function ownNeedsApproval({ needsApproval }: AnyTool): unknown {
  if (!isMethod(needsApproval) || !Object.hasOwn(needsApproval, OWN)) return needsApproval;
  return (needsApproval as Method & { readonly [OWN]: unknown })[OWN]; // only `guardNeedsApproval` sets it
}

/** What a `needsApproval` comes to for one call. */
export async function isNeeded(
  needsApproval: unknown,
  tool: AnyTool,
  asked: readonly unknown[],
): Promise<boolean> {
  return Boolean(
    isMethod(needsApproval) ? await Reflect.apply(needsApproval, tool, asked) : needsApproval,
  );
}

/**
 * A `needsApproval` that asks for a call which the policy wants reviewed, and for what the tool itself wants asked. AI
 * SDK 6 has no other way, and 7 takes it where it was given no `toolApproval`.
 */
export function guardNeedsApproval(tool: AnyTool, name: string, bond: Bond): Method {
  const { guard, ticket } = bond;
  const { needsApproval } = tool;
  const definition = digestOf(tool, name);
  const guarded: Method = async (...asked) => {
    const [input, given] = asked;
    const { toolCallId: id, messages } = (given ?? {}) as AskingOptions; // the SDK's own form
    const call: CallInput = { ticket, id, tool: name, definition, arguments: input };
    const { effect } = guard.decide(call);
    if (effect === "allow") return isNeeded(needsApproval, tool, asked);
    // AI SDK 6 takes back an approval that is not needed any more. The guarded `execute` knows better why, and says it.
    if (isAnswered(messages, id)) return true;
    // Nobody is asked about a denied call.
    if (effect === "deny") return false;
    const [opened] = await guard.open([call], { reviews: true, leave: ["tool", "throw"] });
    if (opened?.approval?.state === "pending") return true;
    if (opened?.denial === undefined) return isNeeded(needsApproval, tool, asked);
    if (typeof input === "object" && input !== null) denials.set(input, opened.denial);
    return false;
  };
  return Object.defineProperty(guarded, OWN, { value: needsApproval });
}

/**
 * A `needsApproval` for a tool that the SDK runs by itself. It is asked where there is no `toolApproval`, and is then
 * the only place to decide: a denied call becomes a question, and runs nothing whatever the answer.
 */
export function guardSearch(tool: AnyTool, name: string, bond: Bond): Method {
  const { needsApproval } = tool;
  const definition = digestOf(tool, name);
  const guarded: Method = async (...asked) => {
    const [input, given] = asked;
    const { toolCallId: id } = (given ?? {}) as AskingOptions; // the SDK's own form
    const { ticket } = bond;
    const call: CallInput = { ticket, id, tool: name, definition, arguments: input };
    return (await handOver(call, bond)) !== null || isNeeded(needsApproval, tool, asked);
  };
  return Object.defineProperty(guarded, OWN, { value: needsApproval });
}
