import { isDenial, isInterlatchError, rewriteNote, type Denial } from "@interlatch/core";
import type { AdapterUnderTest, Conversation } from "../src/index.ts";
import { runLoop, type LoopMiddleware, type LoopModel } from "./loop.ts";

/** What somebody would publish for the loop: each call goes through the guard. */
export function guardMiddleware({
  guard,
  ticket,
  tools,
}: Pick<Conversation, "guard" | "ticket" | "tools">): LoopMiddleware {
  return async ({ callId: id, name: tool, input }, turn, next) => {
    let note = "";
    try {
      const result: unknown = await guard.run(
        { ticket, id, tool, arguments: input, batch: turn },
        async (effective, { decision }) => {
          note = rewriteNote(decision.rewrites) ?? "";
          return next(effective);
        },
        { fallbackTool: (lesser) => tools.find(({ name }) => name === lesser) },
      );
      return isDenial(result) ? outputOf(result) : `${textOf(result)}${note}`;
    } catch (error) {
      // Host and policy both want this one to end the run; what a tool throws is for the model.
      if (isInterlatchError(error) && error.code === "ERR_DENIED") throw error;
      return error instanceof Error ? error.message : "The tool failed.";
    }
  };
}

/** What the model is told of a denied call. */
function outputOf(denial: Denial): string {
  switch (denial.kind) {
    case "value":
      return textOf(denial.value);
    case "tool":
      return `${textOf(denial.result)} ${denial.message}`;
    case "message":
    case "route":
    case "throw":
      return denial.message;
  }
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** A model that makes these calls in its first turn, and none after. */
export function scripted(calls: Conversation["calls"]): LoopModel {
  const turn = calls.map(({ id, tool, arguments: input }) => ({ callId: id, name: tool, input }));
  return { next: (results) => (results.length === 0 ? turn : []) };
}

/** The adapter as the kit drives it. It cannot stop to ask, so the kit answers for people through the guard. */
export const loop: AdapterUnderTest = {
  name: "a loop of a few lines",
  async converse(conversation) {
    const results = await runLoop({
      model: scripted(conversation.calls),
      tools: conversation.tools.map(({ name, execute }) => ({ name, run: execute })),
      middleware: guardMiddleware(conversation),
    });
    return results.map(({ callId, output }) => ({ id: callId, text: output }));
  },
};
