import { isDenial, type Guard, type Ticket } from "@interlatch/core";

/** Where refunds go: a payment service, or a list in a test. */
export type Pay = (order: number, amount: number) => Promise<void>;

/**
 * A desk that pays back what a model asks for, as far as the guard lets it.
 *
 * @returns what the model is told
 */
export async function refund(
  { guard, ticket, pay }: { readonly guard: Guard; readonly ticket: Ticket; readonly pay: Pay },
  call: { readonly id: string; readonly arguments: unknown },
): Promise<string> {
  const result = await guard.run(
    { ticket, id: call.id, tool: "refund", arguments: call.arguments },
    async ({ order, amount }: { order: number; amount: number }) => {
      await pay(order, amount);
      return `Refunded ${amount} for order ${order}.`;
    },
  );
  return isDenial(result) ? result.message : result;
}
