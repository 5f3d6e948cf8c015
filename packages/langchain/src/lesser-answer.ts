import { isDirectToolOutput, ToolMessage } from "@langchain/core/messages/tool";
import type { ToolDenial } from "@interlatch/core";
import { artifactOf, contentOf, type AnswerForm } from "./answer.ts";
import type { LesserResult } from "./lesser-tool.ts";
import { addNote, withNote } from "./rewrite.ts";

/**
 * What a tool returns where a lesser tool ran in its place: the other's result, with words beside it that say so. A
 * model that is not told takes it for the result of what it asked for.
 */
export function lesserAnswer(denial: ToolDenial, { id, pair, returnDirect }: AnswerForm): unknown {
  const { call, message } = denial;
  const result = denial.result as LesserResult; // what `lesserTool` gives
  const { made } = result;
  const isPair = result.pair && Array.isArray(made) && made.length === 2;
  const [content, artifact]: readonly unknown[] = isPair ? made : [made];
  if (isDirectToolOutput(content)) {
    const told = withNote(content, message);
    // One that names itself would answer a call that the model has not made.
    if (id !== undefined && ToolMessage.isInstance(told)) told.tool_call_id = id;
    return pair ? [told, artifact] : told;
  }
  if (id === undefined) {
    // Called by code: a text is read by somebody, any other value is typed and stays as it is.
    const told = typeof content === "string" ? addNote(content, message) : content;
    return pair ? [told, artifact] : told;
  }
  const answer = new ToolMessage({
    status: "success",
    ...(returnDirect ? {} : { name: call.tool }),
    tool_call_id: id,
    content: addNote(contentOf(content), message),
    artifact: { interlatch: { ...artifactOf(denial), artifact } },
  });
  return pair ? [answer, undefined] : answer;
}
