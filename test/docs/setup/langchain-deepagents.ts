import assert from "node:assert/strict";
import { AIMessage } from "@langchain/core/messages";
import { fakeModel } from "@langchain/core/testing";
import { tool } from "@langchain/core/tools";
import { z } from "zod";
import { openShop } from "../../../test/docs/shop.ts";
import { createDeepAgent, GENERAL_PURPOSE_SUBAGENT } from "../../../test/frameworks/deep-agent.ts";

export const { guard, ticket } = await openShop();

const refunds: number[] = [];
export const refund = tool(({ amount }) => `${refunds.push(amount)} refund`, {
  name: "refund",
  description: "Gives money back.",
  schema: z.object({ order: z.number(), amount: z.number() }),
});

export const model = fakeModel()
  .respondWithTools([{ id: "c1", name: "refund", args: { order: 17, amount: 5000 } }])
  .respond(new AIMessage("I could not refund it."));

process.on("exit", () => {
  assert.deepEqual(refunds, []);
  assert.equal(typeof createDeepAgent, "function");
  assert.equal(GENERAL_PURPOSE_SUBAGENT.name, "general-purpose");
  const read = model.calls[1]?.messages.map(({ text }) => text) ?? [];
  assert.ok(read.includes("Finance makes refunds above 1,000."), read.join("\n"));
});
