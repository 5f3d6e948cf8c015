import type { Agent, Policy, Ticket } from "@interlatch/core";
import type { TestGuard } from "@interlatch/core/testing";
import { compare } from "../policies.ts";
import { toolPolicy } from "../tool-policy.ts";

/** Who begins, and whom it hands work on to. */
export const DESK: Agent = { id: "desk", roles: ["clerk"] };
export const HELPER: Agent = { id: "helper", roles: ["admin"] };

export const TOOLS = ["look", "pay", "purge"] as const;

const only = (role: string) =>
  compare({ kind: "literal", value: role }, "in", {
    kind: "field",
    of: { kind: "variable", name: "agent" },
    name: "roles",
  });

/**
 * Everybody may `look`, an admin may `pay`, a clerk may `purge`: what a helper of the desk may is `look` alone. Any agent
 * may use the tools that hand work on.
 */
export const POLICY: Policy = toolPolicy(
  { look: {}, pay: { default: "deny" }, purge: { default: "deny" }, hand_over: {}, ask_helper: {} },
  [
    { name: "admins_pay", tools: ["pay"], action: "allow", when: only("admin") },
    { name: "clerks_purge", tools: ["purge"], action: "allow", when: only("clerk") },
  ],
);

export function deskTicket(guard: TestGuard): Ticket {
  return guard.for({ agent: DESK, user: { id: "ann" }, session: "s" });
}

/** The final decisions on the tools above: who acted for whom, and what came of it. */
export function decided({ audit }: TestGuard): readonly string[] {
  return audit.records.flatMap((record) => {
    if (record.type !== "call" || !TOOLS.some((name) => name === record.tool)) return [];
    const { agent, delegation = [], tool, effect, delegator } = record;
    const because = typeof delegator === "string" ? ` because of ${delegator}` : "";
    return [`${[agent, ...delegation].join(" for ")}: ${tool} ${effect}${because}`];
  });
}
