import { isDenial } from "@interlatch/core";

/**
 * A desk that pays back what a model asks for, as far as the guard lets it, and says what the model is told.
 *
 * @param {{ guard: import("@interlatch/core").Guard, ticket: import("@interlatch/core").Ticket, pay: (amount: number) => void }} desk
 * @param {{ id: string, arguments: unknown }} call
 */
export async function refund({ guard, ticket, pay }, call) {
  const asked = { ticket, id: call.id, tool: "refund", arguments: call.arguments };
  const result = await guard.run(asked, ({ amount }) => {
    pay(amount);
    return `Refunded ${amount}.`;
  });
  return isDenial(result) ? result.message : result;
}
