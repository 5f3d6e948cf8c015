import { tool } from "ai";
import { z } from "zod";

/** Tools as any application writes them. */
export const tools = {
  refund: tool({
    description: "Refunds a part of an order",
    inputSchema: z.object({ order: z.number(), amount: z.number() }),
    execute: ({ order, amount }) => `Refunded ${amount} for order ${order}.`,
  }),
};
