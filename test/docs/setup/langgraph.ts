import assert from "node:assert/strict";
import { AIMessage } from "@langchain/core/messages";
import { fakeModel } from "@langchain/core/testing";
import { tool } from "@langchain/core/tools";
import type { MessagesAnnotation } from "@langchain/langgraph";
import { z } from "zod";
import { openShop } from "../../../test/docs/shop.ts";

export const { guard, ticket } = await openShop();

let searches = 0;
const refunds: number[] = [];
export const searchOrders = tool(() => `${++searches} order`, {
  name: "search_orders",
  schema: z.object({}),
});
export const refund = tool(({ amount }) => `${refunds.push(amount)} refund`, {
  name: "refund",
  schema: z.object({ order: z.number(), amount: z.number() }),
});

const model = fakeModel()
  .respondWithTools([
    { id: "c1", name: "search_orders", args: {} },
    { id: "c2", name: "refund", args: { order: 17, amount: 5000 } },
  ])
  .respond(new AIMessage("I could not refund it."));

export async function callModel({ messages }: typeof MessagesAnnotation.State) {
  return { messages: [await model.invoke(messages)] };
}

process.on("exit", () => {
  assert.ok(searches > 0);
  assert.deepEqual(refunds, []);
  const read = model.calls[1]?.messages.map(({ text }) => text) ?? [];
  assert.ok(read.includes("Finance makes refunds above 1,000."), read.join("\n"));
});
