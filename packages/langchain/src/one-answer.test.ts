import { AIMessage, HumanMessage, ToolMessage } from "@langchain/core/messages";
import { expect, it } from "vitest";
import { call } from "../../../test/scripted-model.ts";
import { withOneAnswerEach } from "./one-answer.ts";

it("keeps the first answer to a call, in each turn that uses its id", () => {
  const ask = new AIMessage({ content: "", tool_calls: [call("look", {}, "c1")] });
  const answer = (content: string, id = "c1") => new ToolMessage({ content, tool_call_id: id });
  const messages = [
    new HumanMessage("go"),
    ask,
    answer("denied"),
    answer("limited"),
    answer("other", "c2"),
    ask,
    answer("again"),
  ];
  const kept = withOneAnswerEach(messages).map(({ text }) => text);
  expect(kept).toEqual(["go", "", "denied", "other", "", "again"]);
});
