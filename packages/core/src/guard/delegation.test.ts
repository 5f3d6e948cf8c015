import fc from "fast-check";
import { describe, expect } from "vitest";
import {
  arbitraryArguments,
  arbitraryRule,
  policyWith,
} from "../../../../test/arbitrary-policy.ts";
import { compare, perMinute, policyOf } from "../../../../test/policies.ts";
import { verifies } from "../../../../test/verifies.ts";
import { evaluatorOf, requestOf } from "../../test/evaluation.ts";
import { isInterlatchError } from "../errors/errors.ts";
import { isDenial } from "../fallback/denial.ts";
import type { Expression } from "../policy/expression.ts";
import type { AgentProfile, Rule } from "../policy/ir.ts";
import type { JsonObject } from "../snapshot/json.ts";
import { testGuard, type TestGuard } from "../testing/index.ts";
import type { DecidedCall } from "./events.ts";
import type { Agent, Identity, Ticket } from "./identity.ts";

const RANK = { allow: 0, review: 1, deny: 2 } as const;
const AT = { file: "policy.yaml", line: 1 } as const;

/** `"ROLE" in agent.roles`. */
function hasRole(role: string): Expression {
  const roles = { kind: "field", of: { kind: "variable", name: "agent" }, name: "roles" } as const;
  return compare({ kind: "literal", value: role }, "in", roles);
}

function agent(...roles: readonly string[]): Agent {
  return { id: roles.join("-") || "nobody", roles };
}

const [ADMIN, CLERK, GUEST] = [agent("admin"), agent("clerk"), agent("guest")];

const profile = (role: string, tools: readonly string[] = ["tool"]): AgentProfile => ({
  when: hasRole(role),
  tools,
  at: AT,
});

function decide(guard: TestGuard, ticket: Ticket, args: JsonObject = {}, tool = "tool") {
  return guard.decide({ ticket, id: "c1", tool, arguments: args });
}

const role = fc.constantFrom("admin", "clerk", "guest");
const agents = fc.array(
  fc.uniqueArray(role, { maxLength: 2 }).map((roles) => agent(...roles)),
  { minLength: 2, maxLength: 4 },
);

/** Rules of which some are about the agent alone, or about the agent and the arguments. */
const rules = fc.array(
  fc
    .tuple(arbitraryRule(), fc.option(role, { nil: undefined, freq: 3 }))
    .map(([rule, of]): Partial<Rule> & Pick<Rule, "action"> => {
      if (of === undefined) return rule;
      const operands = [hasRole(of), ...(rule.when === undefined ? [] : [rule.when])];
      return { ...rule, when: { kind: "and", operands } };
    }),
  { maxLength: 6 },
);

describe("an agent that acts for others", () => {
  verifies(
    "delegation.intersection",
    "never gets less restrictively what one of them alone would not get",
    async () => {
      let tightened = 0;
      const profiles = fc.option(fc.uniqueArray(role, { minLength: 1 }), { nil: undefined });
      const base = fc.constantFrom("allow" as const, "deny" as const);
      await fc.assert(
        fc.asyncProperty(
          rules,
          agents,
          profiles,
          base,
          arbitraryArguments,
          async (list, chain, known, effect, args) => {
            const policy = {
              ...policyWith(list, { default: effect }),
              agents:
                known === undefined
                  ? null
                  : Object.fromEntries(known.map((one) => [one, profile(one)])),
            };
            const evaluator = await evaluatorOf(policy);
            const request = requestOf(evaluator, args);
            const alone = chain.map((one) =>
              evaluator.evaluate({ ...request, agent: one as JsonObject }),
            );
            const [acting, ...delegation] = chain as unknown as readonly JsonObject[];
            const all = evaluator.evaluate({ ...request, agent: acting ?? {}, delegation });

            const tightest = Math.max(...alone.map(({ verdict }) => RANK[verdict.effect]));
            const { verdict } = all;
            expect(RANK[verdict.effect]).toBeGreaterThanOrEqual(tightest);
            if (verdict.delegator !== undefined) tightened++;
            if (verdict.effect === "deny") return;
            // Nothing but what is common to all can be done, and all that any of them must do is done.
            for (const one of alone) {
              expect(verdict.obligations).toEqual(
                expect.arrayContaining([...one.verdict.obligations]),
              );
              expect(verdict.reviews).toEqual(expect.arrayContaining([...one.verdict.reviews]));
              const [most, made] = [one.arguments["size"], all.arguments["size"]];
              if (typeof most === "number") expect(made).toBeLessThanOrEqual(most);
            }
          },
        ),
        { numRuns: 600 },
      );
      // Chains in which nobody restricts anybody would prove nothing.
      expect(tightened).toBeGreaterThan(50);
    },
  );

  verifies("delegation.rules", "does not evade a rule about one of them", async () => {
    const guard = await testGuard(
      policyOf({
        rules: [
          { action: "allow" },
          { name: "no_guests", action: "deny", when: hasRole("guest") },
          { name: "ask_for_clerks", action: "review", when: hasRole("clerk") },
        ],
      }),
    );
    const admin = guard.for({ agent: ADMIN, session: "s" });
    expect(decide(guard, admin).effect).toBe("allow");
    for (const delegation of [[GUEST], [ADMIN, GUEST], [GUEST, ADMIN], [CLERK, GUEST]]) {
      const made = decide(guard, guard.for({ agent: agent("admin", "x"), delegation }));
      expect(made).toMatchObject({ effect: "deny", rule: "no_guests", delegator: "guest" });
    }
    const forClerk = guard.for({ agent: ADMIN, delegation: [CLERK], session: "s" });
    const asked = decide(guard, forClerk);
    expect(asked).toMatchObject({ effect: "review", rule: "ask_for_clerks", delegator: "clerk" });
    expect(decide(guard, guard.delegate(admin, CLERK))).not.toHaveProperty("delegator");
    // A sub-agent of a guest that is an admin: by the other way to say so.
    const sub = guard.delegate(guard.for({ agent: GUEST, session: "s" }), ADMIN);
    expect(decide(guard, sub)).toMatchObject({ code: "rule_denied", delegator: "guest" });
  });

  verifies("delegation.scope", "stays in the profile of every one of them", async () => {
    const guard = await testGuard(
      policyOf({
        tools: { read: { default: "allow" }, write: { default: "allow" } },
        agents: { readers: profile("guest", ["read"]), all: profile("admin", ["read", "write"]) },
      }),
    );
    const of = (...[acting, ...delegation]: readonly [Agent, ...Agent[]]) => {
      const ticket = guard.for({ agent: acting, delegation });
      return ["read", "write"].map((tool) => decide(guard, ticket, {}, tool).code);
    };
    const allowed = "allowed_by_default";
    expect(of(ADMIN)).toEqual([allowed, allowed]);
    expect(of(ADMIN, GUEST)).toEqual([allowed, "out_of_scope"]);
    expect(of(GUEST, ADMIN)).toEqual([allowed, "out_of_scope"]);
    expect(of(ADMIN, ADMIN, GUEST)).toEqual([allowed, "out_of_scope"]);
    for (const chain of [[CLERK], [ADMIN, CLERK], [CLERK, ADMIN], [ADMIN, ADMIN, CLERK]]) {
      const [acting = CLERK, ...delegation] = chain;
      expect(of(acting, ...delegation)).toEqual(["unknown_agent", "unknown_agent"]);
    }
  });

  verifies("delegation.visible", "is shown what each of them could be allowed", async () => {
    const guard = await testGuard(
      policyOf({
        tools: { read: { default: "allow" }, write: { default: "allow" } },
        agents: { readers: profile("guest", ["read"]), all: profile("admin", ["read", "write"]) },
      }),
    );
    const shown = (identity: Identity): readonly string[] =>
      guard
        .visibleTools(guard.for(identity), [{ name: "read" }, { name: "write" }])
        .map(({ name }) => name);
    expect(shown({ agent: ADMIN })).toEqual(["read", "write"]);
    expect(shown({ agent: ADMIN, delegation: [GUEST] })).toEqual(["read"]);
    expect(shown({ agent: ADMIN, delegation: [ADMIN, CLERK] })).toEqual([]);
  });

  verifies("delegation.obligations", "has done what any of them must do", async () => {
    const guard = await testGuard(
      policyOf({
        tools: { tool: { batch: { argument: "size" } } },
        rules: [
          { action: "allow" },
          { action: "allow", when: hasRole("clerk"), maxBatchSize: 50 },
          {
            action: "allow",
            when: hasRole("guest"),
            maxBatchSize: 70,
            redact: { paths: [["secret"]], as: "mark" },
          },
          { action: "allow", when: hasRole("admin"), redact: { paths: [["key"]], as: "mark" } },
        ],
      }),
    );
    const args = { size: 100, secret: "s", key: "k" };
    const made = decide(guard, guard.for({ agent: ADMIN, delegation: [CLERK, GUEST] }), args);
    expect(made.effect).toBe("allow");
    expect(made.arguments).toMatchObject({ size: 50 });
    expect(JSON.stringify(made.arguments)).not.toMatch(/"[sk]"/);
    const paths = made.rewrites.map((rewrite) => rewrite.path).sort();
    expect(paths).toEqual(["arguments.key", "arguments.secret", "arguments.size"]);
  });

  verifies("delegation.limits", "has its own count of what is limited by the agent", async () => {
    const guard = await testGuard(
      policyOf({ rules: [{ action: "allow", rateLimit: perMinute(1) }] }),
    );
    const ticket = guard.ticket();
    const runs = (of: Ticket, id: string): unknown => {
      const made = guard.run({ ticket: of, id, tool: "tool", arguments: {} }, () => "ran");
      return isDenial(made) ? made.decision.code : made;
    };
    expect([runs(ticket, "c1"), runs(ticket, "c2")]).toEqual(["ran", "rate_limited"]);
    const sub = guard.delegate(ticket, CLERK);
    expect([runs(sub, "c3"), runs(sub, "c4")]).toEqual(["ran", "rate_limited"]);
  });
});

describe("a delegated ticket", () => {
  verifies(
    "delegation.ticket",
    "is of the same user, tenant, session and facts, with the parent in its chain",
    async () => {
      const guard = await testGuard({ tool: "allow" });
      const seen: DecidedCall[] = [];
      guard.on("call", (call) => seen.push(call));
      const whole = { user: { id: "ann" }, tenant: "t", facts: { a: 1 }, context: { b: 2 } };
      const root = guard.for({ agent: { id: "root", claim: 1 }, ...whole });
      const leaf = guard.delegate(guard.delegate(root, CLERK), { id: "leaf" });
      for (const [index, ticket] of [root, leaf].entries()) {
        void guard.run({ ticket, id: `c${index}`, tool: "tool", arguments: {} }, () => "ran");
      }
      const [first, second] = seen.map(({ identity }) => identity);
      expect(first).not.toHaveProperty("delegation");
      expect(second).toEqual({
        ...first,
        agent: { id: "leaf", roles: [] },
        delegation: [CLERK, { id: "root", claim: 1, roles: [] }],
      });
      // Without a session of the host's, too: they are one run.
      expect(second?.session).toMatch(/^run:/);
    },
  );

  verifies(
    "delegation.bounds",
    "is made of a ticket of this guard and an agent alone",
    async () => {
      const guard = await testGuard({ tool: "allow" });
      const stranger = await testGuard({ tool: "allow" });
      const ticket = guard.ticket();
      const refused = (make: () => unknown): boolean => {
        try {
          make();
          return false;
        } catch (error) {
          return isInterlatchError(error, "ERR_IDENTITY");
        }
      };
      for (const from of [
        undefined,
        {},
        { ...ticket },
        stranger.ticket(),
        JSON.stringify(ticket),
      ]) {
        expect(refused(() => guard.delegate(from as Ticket, CLERK))).toBe(true);
      }
      for (const to of [undefined, null, "clerk", {}, { id: "" }, { id: "a", role: "admin" }]) {
        expect(refused(() => guard.delegate(ticket, to as Agent))).toBe(true);
      }
      const many = (count: number) => Array.from({ length: count }, (_, n) => ({ id: `a${n}` }));
      for (const delegation of ["a", { id: "a" }, ["a"], [null], [{ id: "" }], many(9)]) {
        expect(refused(() => guard.for({ agent: CLERK, delegation } as Identity))).toBe(true);
      }
      expect(refused(() => guard.for({ agent: CLERK, delegation: many(8) }))).toBe(false);
      const last = many(8).reduce(
        (from, one) => guard.delegate(from, one),
        guard.for({ agent: CLERK }),
      );
      expect(refused(() => guard.delegate(last, ADMIN))).toBe(true);
    },
  );

  verifies(
    "delegation.bounds",
    "grows no further where two agents hand work to and fro",
    async () => {
      const guard = await testGuard({ tool: "allow" });
      let ticket = guard.for({ agent: GUEST });
      for (let n = 0; n < 50; n++) ticket = guard.delegate(ticket, n % 2 === 0 ? ADMIN : GUEST);
      void guard.run({ ticket, id: "c1", tool: "tool", arguments: {} }, () => "ran");
      const call = guard.audit.records.find(({ type }) => type === "call");
      expect(call).toMatchObject({ agent: "guest", delegation: ["admin"] });
    },
  );

  verifies("delegation.records", "leaves its chain in the records", async () => {
    const guard = await testGuard(
      policyOf({ rules: [{ action: "allow" }, { action: "deny", when: hasRole("guest") }] }),
    );
    const ticket = guard.for({ agent: ADMIN, delegation: [CLERK, GUEST], session: "s" });
    void guard.run({ ticket, id: "c1", tool: "tool", arguments: {} }, () => "ran");
    void guard.run({ ticket: guard.ticket(), id: "c2", tool: "tool", arguments: {} }, () => "ran");
    const [denied, plain] = guard.audit.records.filter(({ type }) => type === "call");
    expect(denied).toMatchObject({
      agent: "admin",
      delegation: ["clerk", "guest"],
      delegator: "guest",
      code: "rule_denied",
    });
    expect(plain).not.toHaveProperty("delegation");
    expect(plain).not.toHaveProperty("delegator");
  });

  verifies("delegation.session", "knows what its session has read", async () => {
    const guard = await testGuard({ tool: "allow" });
    const ticket = guard.ticket();
    const sub = guard.delegate(ticket, CLERK);
    const before = decide(guard, ticket).risk.score;
    void guard.run({ ticket: sub, id: "c1", tool: "tool", arguments: {} }, () => "ran");
    expect(decide(guard, ticket).risk.score).toBeGreaterThan(before);
    expect(decide(guard, sub).risk).toEqual(decide(guard, ticket).risk);
  });

  verifies(
    "delegation.review",
    "needs an approval of its own, from outside its chain",
    async () => {
      const guard = await testGuard({ tool: "review" });
      const ticket = guard.ticket({ agent: CLERK });
      const sub = guard.delegate(ticket, ADMIN);
      const call = { id: "c1", tool: "tool", arguments: {} };
      const asked = async (of: Ticket) => {
        const [opened] = await guard.open([{ ...call, ticket: of }], { reviews: true });
        return opened?.approval ?? expect.fail();
      };
      const answer = (approval: { id: string; digest: string }, id: string) =>
        guard.approvals.decide({
          id: approval.id,
          digest: approval.digest,
          reviewer: { id, groups: ["reviewer"] },
          answer: "approve",
        });
      const approval = await asked(ticket);
      expect((await answer(approval, "ann")).ok).toBe(true);
      const run = async (of: Ticket): Promise<unknown> => {
        const made: unknown = await guard.run({ ...call, ticket: of }, () => "ran", {
          reviews: "opened",
        });
        return isDenial(made) ? made.decision.code : made;
      };
      expect(await run(sub)).toBe("review_unavailable");
      const other = await asked(sub);
      expect(other.id).not.toBe(approval.id);
      expect(other.agent).toEqual({ id: "admin", roles: ["admin"], delegation: ["clerk"] });
      expect((await answer(other, "Clerk")).ok).toBe(false);
      expect(await run(sub)).toBe("review_pending");
      expect((await answer(other, "ann")).ok).toBe(true);
      expect(await run(sub)).toBe("ran");
      expect(await run(ticket)).toBe("ran");
    },
  );
});
