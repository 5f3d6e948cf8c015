import assert from "node:assert/strict";
import { AIMessage } from "@langchain/core/messages";
import { fakeModel } from "@langchain/core/testing";
import { tool } from "@langchain/core/tools";
import type { MessagesAnnotation } from "@langchain/langgraph";
import { testGuard } from "@interlatch/core/testing";
import { z } from "zod";

export const guard = await testGuard({ search_orders: "allow", refund: "review" });
export const ticket = guard.ticket();

const refunds: number[] = [];
export const searchOrders = tool(() => "1 order", { name: "search_orders", schema: z.object({}) });
export const refund = tool(({ amount }) => `${refunds.push(amount)} refund`, {
  name: "refund",
  schema: z.object({ order: z.number(), amount: z.number() }),
});

const model = fakeModel()
  .respondWithTools([
    { id: "c1", name: "search_orders", args: {} },
    { id: "c2", name: "refund", args: { order: 17, amount: 5000 } },
  ])
  .respond(new AIMessage("It is refunded."));

export async function callModel({ messages }: typeof MessagesAnnotation.State) {
  return { messages: [await model.invoke(messages)] };
}

process.on("exit", () => {
  assert.deepEqual(refunds, [5000]);
  assert.equal(model.calls.length, 2);
});
