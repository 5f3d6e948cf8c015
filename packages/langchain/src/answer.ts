import type { MessageContent } from "@langchain/core/messages";
import { ToolMessage } from "@langchain/core/messages";
import type { BundleIdentity, DecisionCode, Denial } from "@interlatch/core";

/** What a denial's tool message says to the application, at `artifact.interlatch`. No model is sent an artifact. */
export interface DenialArtifact {
  readonly code: DecisionCode;
  /** The deciding rule, where one decided. */
  readonly rule: string | null;
  readonly bundle: BundleIdentity | null;
  /** The tool that ran instead, whose result the message has. */
  readonly instead?: string;
  /** The run is to end here: see `maxRepeatedDenials`. */
  readonly end?: true;
}

/** What a denial says to the application. */
export function artifactOf(denial: Denial): DenialArtifact {
  const { code, rule, bundle } = denial.decision;
  return {
    code,
    rule,
    bundle,
    ...(denial.kind === "tool" ? { instead: denial.tool } : {}),
    ...(denial.end === true ? { end: true } : {}),
  };
}

/**
 * The tool message for a denied call: `status: "error"` and the words for the model, or, where the policy
 * falls back to a value, `status: "success"` and that value as the tool's result.
 *
 * @param isNamed - whether it has the tool's name; see {@link AnswerForm.returnDirect}
 */
export function denialMessage(denial: Denial, isNamed = true): ToolMessage {
  const { call, kind, message } = denial;
  return new ToolMessage({
    status: kind === "value" ? "success" : "error",
    ...(isNamed ? { name: call.tool } : {}),
    tool_call_id: call.id ?? "",
    content: kind === "value" ? contentOf(denial.value) : message,
    artifact: { interlatch: artifactOf(denial) },
  });
}

/** Where an answer goes: under which id, and in the pair that `content_and_artifact` tools return. */
export interface AnswerForm {
  /** `undefined`: the tool was called by code, which gets the bare result. */
  readonly id: string | undefined;
  readonly pair: boolean;
  /**
   * Whether the tool's result ends the run. `createReactAgent` then ends it with any message of the tool's name, and a
   * denial would be the last word; without the name the model has a further turn.
   */
  readonly returnDirect: boolean;
}

/** What a tool returns in place of its result when the call is denied. */
export function denialResult(denial: Denial, { id, pair, returnDirect }: AnswerForm): unknown {
  const bare = denial.kind === "value" ? denial.value : denial.message;
  if (id === undefined) return pair ? [bare, undefined] : bare;
  const answer = denialMessage(denial, !returnDirect || denial.kind === "value");
  // Of a tool called inside another one the framework answers under the outer call's id.
  answer.tool_call_id = id;
  return pair ? [answer, undefined] : answer;
}

/**
 * Whether a message is a denial of interlatch, and which.
 *
 * It is for showing, not for deciding: a tool can write such an artifact too. The record knows.
 */
export function denialOf(message: unknown): DenialArtifact | undefined {
  if (!ToolMessage.isInstance(message)) return undefined;
  const artifact: unknown = message.artifact;
  if (typeof artifact !== "object" || artifact === null || !("interlatch" in artifact)) {
    return undefined;
  }
  const { interlatch } = artifact;
  const isDenial =
    typeof interlatch === "object" &&
    interlatch !== null &&
    "code" in interlatch &&
    typeof interlatch.code === "string";
  return isDenial ? (interlatch as DenialArtifact) : undefined; // what `denialMessage` writes
}

/** A result as message content, in the framework's way: texts and content blocks as they are, all else as JSON. */
export function contentOf(result: unknown): MessageContent {
  if (typeof result === "string") return result;
  // Blocks are told by their `type`; which kinds there are is the provider's business.
  if (Array.isArray(result) && result.every(isBlock)) return result as MessageContent;
  try {
    return JSON.stringify(result) ?? "";
  } catch {
    // A bigint, a cycle: the tool has run, and its call must not end as an error for its result's form.
    return wordsOf(result);
  }
}

/** Any value as text. What a tool returns or throws may refuse even that. */
export function wordsOf(value: unknown): string {
  try {
    return String(value);
  } catch {
    return "a value without words";
  }
}

function isBlock(item: unknown): boolean {
  return typeof item === "object" && item !== null && "type" in item;
}
