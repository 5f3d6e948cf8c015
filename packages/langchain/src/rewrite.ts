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
    const told = withNote(content, note);
    return isPair ? [told, artifact] : told;
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

/**
 * What a tool made for the graph itself, a message or a command with messages for the state, with the note in its
 * messages. A copy: the tool may give the same message for its next call, which nobody changed.
 */
export function withNote(output: object, note: string): object {
  if (ToolMessage.isInstance(output))
    return replaced(output, { content: addNote(output.content, note) });
  const update: unknown = "update" in output ? output.update : undefined;
  if (typeof update !== "object" || update === null || !("messages" in update)) return output;
  if (!Array.isArray(update.messages)) return output;
  const messages = update.messages.map((message: unknown) =>
    ToolMessage.isInstance(message) ? withNote(message, note) : message,
  );
  return replaced(output, { update: { ...update, messages } });
}

/** A copy of an object, of its class, with some members replaced. */
function replaced<Whole extends object>(whole: Whole, members: object): Whole {
  const copy = Object.create(
    Object.getPrototypeOf(whole) as object | null,
    Object.getOwnPropertyDescriptors(whole),
  ) as Whole; // the same members as before
  return Object.assign(copy, members);
}

/** Text behind a result. */
export function addNote<Content extends MessageContent>(content: Content, note: string): Content;
export function addNote(content: MessageContent, note: string): MessageContent {
  if (typeof content === "string") return content === "" ? note : `${content}\n\n${note}`;
  return [...content, { type: "text", text: note }];
}
