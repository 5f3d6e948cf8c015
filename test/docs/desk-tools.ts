import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { AIMessage } from "@langchain/core/messages";
import { tool } from "@langchain/core/tools";
import { z } from "zod";

// The page names the versions that it was run against.
const require = createRequire(import.meta.url);
for (const [name, version] of [
  ["@langchain/core", "1.4.0"],
  ["@langchain/langgraph", "1.7.3"],
]) {
  assert.equal(require(`${name}/package.json`).version, version);
}

/** What is left of the orders, and what was paid back. */
export const orders = new Map([
  [17, 180],
  [18, 2400],
  [19, 50],
]);
export const paid: number[] = [];

const anOrder = z.object({ order: z.number(), amount: z.number().optional() });
export const refund = tool(({ amount }) => `refunded ${paid.push(amount) && amount}`, {
  name: "refund",
  // Without an amount, all of it.
  schema: anOrder.transform(({ order, amount = orders.get(order) ?? 0 }) => ({ order, amount })),
});
const clear = (): string => {
  orders.clear();
  return "deleted";
};
export const deleteOrders = tool(clear, { name: "delete_orders", schema: z.object({}) });
export const purgeOrders = tool(clear, { name: "purge_orders", schema: z.object({}) });

let calls = 0;

/** What a model asks for in one turn. */
export function turn(...asked: readonly { readonly name: string; readonly args: object }[]) {
  const tool_calls = asked.map(({ name, args }) => ({
    id: `call-${++calls}`,
    name,
    args: { ...args },
  }));
  return { messages: [new AIMessage({ content: "", tool_calls })] };
}
