import type { Ticket } from "@interlatch/core";
import { testGuard, type TestGuard } from "@interlatch/core/testing";
import { guardAI } from "@interlatch/ai-sdk";
import { tool } from "ai";
import { describe, expect } from "vitest";
import { z } from "zod";
import { WAYS } from "../../packages/ai-sdk/test/majors.ts";
import { verifies } from "../verifies.ts";
import { decided, deskTicket, HELPER, POLICY, TOOLS } from "./policy.ts";

const ALL = TOOLS.map((name, index) => ({ id: `h${index}`, tool: name }));

describe.each(WAYS)("$title: a sub-agent in a tool", ({ sdk, mode }) => {
  /** The desk's loop, one tool of which runs a loop of its own under the given ticket. */
  async function run(
    guard: TestGuard,
    by: "converse" | "converseAgent",
    ticketOf: (ticket: Ticket) => Ticket,
  ): Promise<readonly string[]> {
    const ran: string[] = [];
    const ticket = deskTicket(guard);
    const tools = Object.fromEntries(
      TOOLS.map((name) => [
        name,
        tool({
          inputSchema: z.object({}),
          execute: () => {
            ran.push(name);
            return `${name} ran`;
          },
        }),
      ]),
    );
    const askHelper = tool({
      inputSchema: z.object({}),
      execute: async () => {
        const { options } = guardAI(guard, ticketOf(ticket));
        return (await sdk[by](mode, [{ calls: ALL }, { text: "helped" }], options(tools))).text;
      },
    });
    const turns = [{ calls: [{ id: "d1", tool: "ask_helper" }] }];
    const { options } = guardAI(guard, ticket);
    const told = await sdk.converse(mode, turns, options({ ask_helper: askHelper }));
    expect(told.answer("d1")).toEqual({ type: "text", value: "helped" });
    return ran;
  }

  for (const by of ["converse", "converseAgent"] as const) {
    const how = by === "converse" ? "a loop of its own" : "a ToolLoopAgent";
    verifies("delegation.ai.sub-agent", `as ${how}, may what both of them may`, async () => {
      const guard = await testGuard(POLICY);
      const ran = await run(guard, by, (ticket) => guard.delegate(ticket, HELPER));
      expect(ran).toEqual(["look"]);
      expect([...decided(guard)].sort()).toEqual([
        "helper for desk: look allow",
        "helper for desk: pay deny because of desk",
        "helper for desk: purge deny",
      ]);
    });

    verifies("delegation.ai.sub-agent", `as ${how}, is its caller under its ticket`, async () => {
      const guard = await testGuard(POLICY);
      expect(await run(guard, by, (ticket) => ticket)).toEqual(["look", "purge"]);
    });
  }
});
