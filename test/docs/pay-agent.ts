import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { AIMessage, HumanMessage } from "@langchain/core/messages";
import { fakeModel } from "@langchain/core/testing";
import { tool } from "@langchain/core/tools";
import { z } from "zod";

/** What the page about moving from LangChain's middleware was run against. */
const VERSION = "1.5.14";
const require = createRequire(import.meta.url);
const { version }: { version: string } = require("langchain/package.json");
assert.equal(version, VERSION, "the page names another version of langchain");

/** The payments that were really made. */
export const paid: string[] = [];

export const pay = tool(({ to }) => `paid ${paid.push(to)}`, {
  name: "pay",
  schema: z.object({ to: z.string() }),
});
export const mail = tool(() => "sent", { name: "mail", schema: z.object({ to: z.string() }) });

let calls = 0;

/** Asks for what the user names, `pay bob`, and ends when it has an answer. */
function next(messages: readonly { readonly text: string }[]): AIMessage {
  const last = messages.at(-1);
  if (!HumanMessage.isInstance(last)) return new AIMessage("Done.");
  const [name = "", to = ""] = last.text.split(" ");
  return new AIMessage({ content: "", tool_calls: [{ id: `c${++calls}`, name, args: { to } }] });
}

export const model = Array.from({ length: 20 }).reduce<ReturnType<typeof fakeModel>>(
  (made) => made.respond(next),
  fakeModel(),
);
