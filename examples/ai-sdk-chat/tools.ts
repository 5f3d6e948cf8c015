import { tool } from "ai";
import { z } from "zod";

/** A refund that was made. */
export interface Refund {
  readonly order: number;
  readonly amount: number;
}

/** What the tools did, noted inside the tools themselves. */
export const ledger: { readonly refunds: Refund[]; deleted: number } = { refunds: [], deleted: 0 };

/** Tools as any application writes them: none of them knows of a policy. */
export const tools = {
  list_orders: tool({
    description: "Lists the orders of the customer",
    inputSchema: z.object({}),
    execute: () => [
      { order: 17, total: 180 },
      { order: 18, total: 2400 },
    ],
  }),
  refund: tool({
    description: "Refunds a part of an order",
    inputSchema: z.object({ order: z.number(), amount: z.number() }),
    execute: (refund) => {
      ledger.refunds.push(refund);
      return { refunded: refund.amount };
    },
  }),
  delete_orders: tool({
    description: "Deletes all orders",
    inputSchema: z.object({}),
    execute: () => ({ deleted: ++ledger.deleted }),
  }),
};
