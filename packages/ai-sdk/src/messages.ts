import { InterlatchError } from "@interlatch/core";
import { settle, type SaidOfCall, type Settled } from "./answers.ts";
import { ownTool, type AnyTools, type Bond } from "./bond.ts";
import { digestOf } from "./definition.ts";
import { knownPart } from "./known-parts.ts";
import { withOutcomes } from "./outcome-parts.ts";

/**
 * The two functions of `ai` that read a conversation. They come from the host: each major has its own, and this adapter
 * loads neither.
 */
export interface MessageFunctions<Message> {
  validateUIMessages(options: {
    readonly messages: unknown;
    readonly tools?: object;
  }): PromiseLike<readonly object[]>;
  convertToModelMessages(
    messages: readonly object[],
    // As wide as the SDK's own, whose every part may be left out.
    options?: { readonly tools?: object },
  ): PromiseLike<Message[]> | Message[];
}

/** A UI message of either major, as far as it is read here. */
interface UIMessage {
  readonly role: string;
  readonly parts: readonly UIPart[];
}

interface UIPart {
  readonly type: string;
  readonly toolName?: string;
  readonly toolCallId?: string;
  readonly state?: string;
  readonly input?: unknown;
  readonly providerExecuted?: boolean;
  readonly approval?: {
    readonly id: string;
    readonly approved?: boolean;
    readonly reason?: string;
  };
}

/** A part about a call that waits for a person, or would run next because one has answered. */
interface AskedPart extends UIPart {
  readonly toolCallId: string;
  readonly approval: NonNullable<UIPart["approval"]>;
}

/**
 * Reads a conversation as a client sent it: checks it, takes the answers in it to the guard, and gives the messages
 * for the model. Throws `ERR_REVIEW_PENDING` while somebody still has to answer, before anything runs: the SDK would
 * run the calls that have their answer, and then fail because of the others.
 */
export async function readMessages<Message>(
  messages: unknown,
  tools: object,
  bond: Bond,
  sdk: MessageFunctions<Message>,
): Promise<Message[]> {
  // What passed the SDK's own check has this form.
  const checked = (await sdk.validateUIMessages({
    messages: withOutcomes(messages),
    tools,
  })) as readonly UIMessage[];
  const sdkTools = tools as AnyTools; // what was guarded a moment ago
  bond.results.read();
  const known = bond.anyOutputs
    ? checked
    : await Promise.all(checked.map((message) => withKnown(message, sdkTools, bond)));
  const before = known.slice(0, -1).map(withoutAsked);
  const last = await Promise.all(
    known.slice(-1).map((message) => settled(message, sdkTools, bond)),
  );
  return sdk.convertToModelMessages([...before, ...last], { tools });
}

async function withKnown(message: UIMessage, tools: AnyTools, bond: Bond): Promise<UIMessage> {
  const parts = message.parts.map((part) => knownPart(part, tools, bond.results));
  return { ...message, parts: await Promise.all(parts) };
}

/** The last message, with every answer that the guard has. One after the other: answers may be of one approval. */
async function settled(message: UIMessage, tools: AnyTools, bond: Bond): Promise<UIMessage> {
  if (!message.parts.some(isAsked)) return message;
  const waiting: string[] = [];
  const parts: UIPart[] = [];
  for (const part of message.parts) {
    if (isUnfinished(part)) waiting.push(`${nameOf(part)}: it has no result yet`);
    parts.push(await settledPart(part, tools, bond, waiting));
  }
  if (waiting.length > 0) throw pending(waiting);
  return { ...message, parts };
}

/** A conversation that went on without an answer has left the call behind: it can no longer run, and has no result. */
function withoutAsked(message: UIMessage): UIMessage {
  return { ...message, parts: message.parts.filter((part) => !isAsked(part)) };
}

async function settledPart(
  part: UIPart,
  tools: AnyTools,
  bond: Bond,
  waiting: string[],
): Promise<UIPart> {
  if (!isAsked(part)) return part;
  const said = saidIn(part, tools);
  const become: Settled = await settle(said, bond);
  // The words of whoever the host vouches for; the model hears them, also when the conversation comes again.
  if (said.approved === false && bond.conversation?.reviewer !== undefined) {
    await bond.results.keep(said, { reason: said.reason });
  }
  switch (become.kind) {
    case "settled":
      return part;
    case "known": {
      // As if it were approved: the SDK then comes to the guarded tool, which knows what the answer was.
      const approval = { ...part.approval, approved: true };
      return { ...part, state: "approval-responded", approval };
    }
    case "waiting":
      waiting.push(`${nameOf(part)}: ${become.why}`);
      return part;
  }
}

function isAsked(part: UIPart): part is AskedPart {
  const { state, approval } = part;
  if (!isCallHere(part) || approval === undefined) return false;
  return state === "approval-requested" || state === "approval-responded";
}

/** A call of the same step that the client, say, has not run: the SDK would fail because of it in the same way. */
function isUnfinished(part: UIPart): boolean {
  return isCallHere(part) && (part.state === "input-available" || part.state === "input-streaming");
}

/** What the provider runs is the provider's to ask about. */
function isCallHere({ type, providerExecuted }: UIPart): boolean {
  return (type === "dynamic-tool" || type.startsWith("tool-")) && providerExecuted !== true;
}

function saidIn(part: AskedPart, tools: AnyTools): SaidOfCall {
  const { toolCallId: id, input, approval } = part;
  const tool = toolOf(part);
  const definition = digestOf(ownTool(tools, tool), tool);
  return { id, tool, input, definition, approved: approval.approved, reason: approval.reason };
}

function toolOf({ type, toolName }: UIPart): string {
  return type === "dynamic-tool" ? (toolName ?? "") : type.slice("tool-".length);
}

function nameOf(part: UIPart): string {
  return `${JSON.stringify(toolOf(part))} (call ${JSON.stringify(part.toolCallId)})`;
}

function pending(calls: readonly string[]): InterlatchError {
  const which = calls.join("; ");
  return new InterlatchError(
    "ERR_REVIEW_PENDING",
    `The conversation waits for a person's answer, and nothing of it has run. ${which}. Send it again once it is answered.`,
  );
}
