import { describe, expect, it } from "vitest";
import type { Identity, JsonObject } from "@interlatch/core";
import { compilePolicy } from "@interlatch/policy";
import { workbench } from "@interlatch/core/testing";
import { verifies } from "../../../../test/verifies.ts";
import { candidatesFor } from "./candidates.ts";
import type { Question } from "./question.ts";
import { smallestChanges } from "./smallest-change.ts";

const POLICY = `interlatch: 1
id: p
agents:
  staff: { when: agent.role == "clerk" || agent.role == "admin", tools: [export, pay, send] }
  night: { when: 'agent.function == "night" && user.team == "desk"', tools: [pay] }
tools:
  export:
    operation: read
    data: sensitive
    arguments:
      type: object
      properties: { table: { enum: [orders, customers] }, size: { type: integer, minimum: 1, maximum: 5000 }, dry: { type: boolean } }
      required: [table, size]
    default: allow
  pay:
    operation: spend
    data: internal
    arguments: { type: object, properties: { amount: { type: number }, note: { type: string } }, required: [amount] }
  send: { operation: egress, data: public }
rules:
  - { name: customers_stay, tool: export, when: 'arguments.table == "customers" && agent.role != "admin"', action: deny }
  - { name: large, tool: export, when: arguments.size > 1000, action: deny }
  - { name: small, tool: pay, when: arguments.amount < 100, action: allow }
  - { name: asked, tool: pay, when: arguments.amount >= 100 && arguments.amount <= 500, action: review }
  - { name: sends, tool: send, when: 'has(arguments.to) && arguments.to.endsWith("@acme.test") && request.time.getHours("UTC") < 6', action: allow }
`;

const CLERK: Identity = { agent: { id: "a1", roles: ["clerk"] } };

async function search(
  tool: string,
  args: JsonObject,
  identity: Identity = CLERK,
): Promise<readonly string[]> {
  const { bench, question } = await asked(tool, args, identity);
  return smallestChanges(bench, question).map(({ effect, text }) => `${effect} ${text}`);
}

async function asked(tool: string, args: JsonObject, identity: Identity) {
  const made = await compilePolicy({ files: [{ path: "p.yaml", text: POLICY }] });
  if (!made.ok) throw new Error(JSON.stringify(made.errors));
  const bench = await workbench(made.policy);
  const time = Date.parse("2026-01-01T12:30:00Z");
  const question: Question = { tool, arguments: args, identity, time };
  return { bench, question };
}

describe("the smallest change", () => {
  it("is a bound, where all that was tried beyond it fares as well", async () => {
    expect(await search("export", { table: "orders", size: 4000 })).toEqual([
      "allow with arguments.size at most 1000",
    ]);
    // Below it there is no room to try: a size of 0 is refused.
    expect(await search("export", { table: "orders", size: 0 })).toEqual([
      "allow with arguments.size at least 1",
    ]);
  });

  it("is another constant, a role, or an argument less", async () => {
    expect(await search("export", { table: "customers", size: 10 })).toEqual([
      'allow with arguments.table "orders"',
      "allow as an agent with the role admin",
    ]);
    expect(await search("export", { table: "orders", size: 10, sise: 3 })).toEqual([
      "allow without arguments.sise",
    ]);
  });

  it("is two changes where no single one is enough, beside one with which a person would be asked", async () => {
    expect(await search("export", { table: "customers", size: 4000 })).toEqual([
      'allow with arguments.size at most 1000 and with arguments.table "orders"',
      "allow with arguments.size at most 1000 and as an agent with the role admin",
    ]);
    const stranger: Identity = { agent: { id: "b" } };
    expect(await search("pay", { amount: 150 }, stranger)).toEqual([
      "review as an agent with the role clerk",
      "allow with arguments.amount at most 99 and as an agent with the role clerk",
      "allow with arguments.amount at most 99 and as an agent with the role admin",
    ]);
  });

  it("is another hour, where the policy looks at the clock: the next that passes", async () => {
    expect(await search("send", { to: "x@acme.test" })).toEqual([
      "allow at 2026-01-02T00:00:00.000Z",
    ]);
  });

  it("is nothing where the call is allowed, or where nothing was found", async () => {
    expect(await search("pay", { amount: 5 })).toEqual([]);
    expect(await search("nothing", {})).toEqual([]);
    expect(await search("send", {}, { agent: { id: "b" } })).toEqual([]);
  });

  verifies(
    "explain.smallest-change",
    "is one that the engine allows when the call is changed so",
    async () => {
      for (const [tool, args] of [
        ["export", { table: "customers", size: 10 }],
        ["export", { table: "orders", size: 4000 }],
        ["pay", { amount: 600 }],
      ] as const) {
        const { bench, question } = await asked(tool, args, CLERK);
        const ways = smallestChanges(bench, question);
        expect(ways.length).toBeGreaterThan(0);
        const single = ways.filter(
          ({ effect, text }) => effect === "allow" && !text.includes(" and "),
        );
        expect(single.length).toBeGreaterThan(0);
        for (const { text } of single) {
          const [, place = "", bound] = /^with (\S+) at (?:most|least) (.+)$/.exec(text) ?? [];
          const change = candidatesFor(bench.policy, question).find((one) =>
            bound === undefined
              ? one.text === text
              : one.place === place && one.number?.to === Number(bound),
          );
          if (change === undefined) throw new Error(`no such candidate: ${text}`);
          expect(bench.judge(change.apply(question)).decision.effect).toBe("allow");
        }
      }
    },
  );
});
