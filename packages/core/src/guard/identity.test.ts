import { describe, expect, it } from "vitest";
import { argument, compare, policyOf } from "../../../../test/policies.ts";
import { verifies } from "../../../../test/verifies.ts";
import { isInterlatchError } from "../errors/errors.ts";
import { isDenial } from "../fallback/denial.ts";
import { testGuard, type TestGuard } from "../testing/index.ts";
import type { Identity, Ticket } from "./identity.ts";

const onlyAdmins = policyOf({
  rules: [
    {
      action: "allow",
      when: compare({ kind: "literal", value: "admin" }, "in", {
        kind: "field",
        of: { kind: "variable", name: "agent" },
        name: "roles",
      }),
    },
  ],
});

function codeOf(guard: TestGuard, ticket: unknown, args: unknown = {}): string {
  const call = { ticket: ticket as Ticket | undefined, id: "c1", tool: "tool", arguments: args };
  const previewed = guard.decide(call).code;
  const result = guard.run(call, () => "ran");
  expect(isDenial(result) ? result.decision.code : "allowed").toBe(previewed);
  return previewed;
}

describe("a ticket", () => {
  verifies("core.identity.ticket", "stands for its identity, and nothing else does", async () => {
    const guard = await testGuard(onlyAdmins);
    const stranger = await testGuard(onlyAdmins);
    const identity = { agent: { id: "a", roles: ["admin"] }, session: "s" };
    const ticket = guard.for(identity);
    expect(codeOf(guard, ticket)).toBe("allowed");
    const forged: readonly unknown[] = [
      undefined,
      null,
      "ticket",
      7,
      {},
      identity,
      { ...ticket },
      Object.create(ticket as object),
      new Proxy(ticket as object, {}),
      JSON.parse(JSON.stringify(ticket)),
      structuredClone({ ...ticket }),
      stranger.for(identity),
      Object.freeze(Object.create(null)),
    ];
    for (const forgery of forged) expect(codeOf(guard, forgery)).toBe("identity_required");
  });

  it("holds nothing that could be read or changed", async () => {
    const guard = await testGuard(onlyAdmins);
    const ticket = guard.for({ agent: { id: "a", secret: "x" } });
    expect(Reflect.ownKeys(ticket)).toEqual([]);
    expect(Object.isFrozen(ticket)).toBe(true);
    expect(JSON.stringify(ticket)).toBe("{}");
  });

  it("without a session is one session of its own", async () => {
    const guard = await testGuard({ tool: "deny" });
    const identity = { agent: { id: "a" } };
    const codes = (ticket: Ticket): string[] =>
      [1, 2, 3, 4].map((n) => {
        const call = { ticket, id: `c${n}`, tool: "tool", arguments: {} };
        const result = guard.run(call, () => "ran");
        return isDenial(result) ? result.decision.code : "ran";
      });
    const denied = ["rule_denied", "rule_denied", "rule_denied", "repeated"];
    expect(codes(guard.for(identity))).toEqual(denied);
    expect(codes(guard.for(identity))).toEqual(denied);
  });
});

describe("an identity", () => {
  verifies("core.identity.malformed", "that is malformed makes no ticket", async () => {
    const guard = await testGuard(onlyAdmins);
    const malformed: readonly unknown[] = [
      undefined,
      null,
      "agent",
      {},
      { agent: null },
      { agent: "a" },
      { agent: ["a"] },
      { agent: {} },
      { agent: { id: "" } },
      { agent: { id: 7 } },
      { agent: { id: "a", roles: "admin" } },
      { agent: { id: "a", roles: ["admin", 7] } },
      { agent: { id: "a" }, user: "ann" },
      { agent: { id: "a" }, user: { name: "ann" } },
      { agent: { id: "a" }, tenant: "" },
      { agent: { id: "a" }, session: 7 },
      { agent: { id: "a" }, facts: [] },
      { agent: { id: "a" }, context: "x" },
      { agent: { id: "a", self: () => 1 } },
      Object.create({ agent: { id: "a" } }),
    ];
    for (const identity of malformed) {
      let caught: unknown;
      try {
        guard.for(identity as Identity);
      } catch (error) {
        caught = error;
      }
      expect(isInterlatchError(caught, "ERR_IDENTITY")).toBe(true);
    }
  });

  verifies(
    "core.identity.frozen",
    "changed after the ticket was made changes nothing",
    async () => {
      const guard = await testGuard(onlyAdmins);
      const roles: string[] = [];
      const agent: { id: string; roles: readonly string[] } = { id: "a", roles };
      const ticket = guard.for({ agent, session: "s" });
      roles.push("admin");
      agent.roles = ["admin"];
      expect(codeOf(guard, ticket)).toBe("no_match");
    },
  );

  verifies("core.identity.arguments", "is never taken from the arguments", async () => {
    const guard = await testGuard(onlyAdmins);
    const ticket = guard.ticket();
    const args = {
      agent: { id: "root", roles: ["admin"] },
      ticket: guard.ticket(),
      roles: ["admin"],
    };
    expect(codeOf(guard, ticket, args)).toBe("no_match");
  });

  it("has no roles where it names none", async () => {
    const noRoles = policyOf({
      rules: [
        {
          action: "allow",
          when: compare(
            {
              kind: "call",
              function: "size",
              arguments: [
                { kind: "field", of: { kind: "variable", name: "agent" }, name: "roles" },
              ],
            },
            "==",
            0,
          ),
        },
      ],
    });
    const guard = await testGuard(noRoles);
    expect(codeOf(guard, guard.for({ agent: { id: "a" } }))).toBe("allowed");
  });

  it("adds facts to those of the policy and replaces none", async () => {
    const first = {
      kind: "field",
      of: { kind: "variable", name: "facts" },
      name: "limit",
    } as const;
    const partners = {
      kind: "field",
      of: { kind: "variable", name: "facts" },
      name: "partners",
    } as const;
    const guard = await testGuard(
      policyOf({
        facts: { limit: 10, partners: ["a.test"] },
        rules: [
          {
            action: "allow",
            when: {
              kind: "and",
              operands: [
                compare(argument("n"), "<=", first),
                compare(argument("to"), "in", partners),
              ],
            },
          },
        ],
      }),
    );
    const ticket = guard.ticket({ facts: { limit: 1000, partners: ["b.test", 7], extra: 1 } });
    expect(codeOf(guard, ticket, { n: 11, to: "a.test" })).toBe("no_match");
    expect(codeOf(guard, ticket, { n: 10, to: "a.test" })).toBe("allowed");
    expect(codeOf(guard, ticket, { n: 10, to: "b.test" })).toBe("allowed");
    expect(codeOf(guard, guard.ticket(), { n: 10, to: "b.test" })).toBe("no_match");
  });
});

verifies("core.identity.role", "a single role is refused with the form that is read", async () => {
  const guard = await testGuard(onlyAdmins);
  const make = () => guard.for({ agent: { id: "a", role: "admin" } });
  expect(make).toThrow(/agent\.roles/);
});
