import type { MessageContent } from "@langchain/core/messages";
import { isDirectToolOutput, ToolMessage } from "@langchain/core/messages/tool";
import { rewriteNote, type Decision } from "@interlatch/core";
import { contentOf, type AnswerForm } from "./answer.ts";

/** The tool whose result it is, and where the result goes. */
export interface ResultForm extends AnswerForm {
  readonly name: string;
  readonly metadata: Record<string, unknown> | undefined;
}

/**
 * Tells the model beside the result that the policy changed the call before it ran; without it a model takes
 * a part for the whole. Artifacts, and the results of calls that ran as asked, come back untouched.
 */
export function withRewriteNote(result: unknown, decision: Decision, form: ResultForm): unknown {
  const note = rewriteNote(decision.rewrites);
  return note === null ? result : whenDone(result, (made) => noted(made, note, form));
}

/** Goes on with the result: now, when its promise settles, or where its stream ends. */
function whenDone(result: unknown, next: (made: unknown) => unknown): unknown {
  if (Object.prototype.toString.call(result) === "[object AsyncGenerator]") {
    return streamThen(result as Stream, next); // its tag says so
  }
  if (result instanceof Promise) return result.then((made: unknown) => whenDone(made, next));
  return next(result);
}

type Stream = AsyncGenerator<unknown, unknown, unknown>;

async function* streamThen(parts: Stream, next: (made: unknown) => unknown): Stream {
  return next(yield* parts);
}

function noted(made: unknown, note: string, { id, pair, name, metadata }: ResultForm): unknown {
  const isPair = pair && Array.isArray(made) && made.length === 2;
  const [content, artifact]: readonly unknown[] = isPair ? made : [made];
  if (isDirectToolOutput(content)) {
    for (const message of messagesIn(content)) message.content = addNote(message.content, note);
    return made;
  }
  if (id === undefined) {
    // Called by code: a text is read by somebody, any other value is typed and stays as it is.
    const told = typeof content === "string" ? addNote(content, note) : content;
    return isPair ? [told, artifact] : told;
  }
  const message = new ToolMessage({
    status: "success",
    name,
    tool_call_id: id,
    content: addNote(contentOf(content), note),
    artifact,
    ...(metadata === undefined ? {} : { metadata }),
  });
  return isPair ? [message, undefined] : message;
}

/** The tool messages that a tool made itself: the output, or what a graph command writes to the state. */
function messagesIn(output: object): readonly ToolMessage[] {
  if (ToolMessage.isInstance(output)) return [output];
  const update: unknown = "update" in output ? output.update : undefined;
  if (typeof update !== "object" || update === null || !("messages" in update)) return [];
  const messages: readonly unknown[] = Array.isArray(update.messages) ? update.messages : [];
  return messages.filter((message) => ToolMessage.isInstance(message));
}

function addNote<Content extends MessageContent>(content: Content, note: string): Content;
function addNote(content: MessageContent, note: string): MessageContent {
  if (typeof content === "string") return content === "" ? note : `${content}\n\n${note}`;
  return [...content, { type: "text", text: note }];
}
