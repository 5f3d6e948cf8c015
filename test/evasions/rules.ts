import assert from "node:assert/strict";
import type { Policy } from "@interlatch/core";
import {
  attempt,
  built,
  guardOf,
  mustDeny,
  mustRun,
  refused,
  signing,
  type Evasion,
} from "./evasion.ts";
import { guardOver } from "../signed.ts";

const TOOL = "tools: { t: { operation: write, resources: none } }\n";

/** Loads a policy that was changed after it was built, signed all the same, as by a build that was tampered with. */
async function loadChanged(text: string, change: (policy: object) => unknown): Promise<void> {
  const { bundle, trust } = await signing();
  // Any JSON can be signed; what is loaded decides what it is.
  const changed = change(structuredClone(await built(text))) as Policy;
  const { guard } = await guardOver(await bundle(changed), trust);
  const { code } = await attempt(guard, "t", {});
  assert.notEqual(code, "ran");
}

/** Attacks by rules: what they leave out, what they never say, what a default makes of it. */
export const ruleEvasions: readonly Evasion[] = [
  {
    id: "evasion.T13",
    title: "no opinion is a denial",
    run: async () => {
      const { guard } = await guardOf(`
tools: { t: { operation: write, resources: none }, u: { operation: write, resources: none }, v: { operation: write, resources: none } }
define: { never: "false" }
rules:
  - { name: r, tool: t, when: arguments.n == 1, action: allow }
  - { name: past, tool: u, action: allow, until: 2025-12-31 }
  - { name: unless, tool: u, unless: arguments.n == 1, action: allow }
  - { name: nothing, tool: v, when: never, action: allow }
  - { name: other, tool: v, when: arguments.n == 1, action: deny }
`);
      await mustRun(guard, "t", { n: 1 });
      await mustDeny(guard, "t", [{}, { n: 2 }, { n: "1" }, { n: [1] }, { n: null }], "no_match");
      // An exception that cannot be judged is no reason to go on.
      await mustRun(guard, "u", { n: 2 });
      await mustDeny(guard, "u", [{}, { n: 1 }], "no_match");
      await mustDeny(guard, "v", [{ n: 2 }], "no_match");
    },
  },
  {
    id: "evasion.T16",
    title: "an empty policy and a tool without a default deny",
    run: async () => {
      for (const text of ["rules: []\n", "tools: {}\nrules: []\n", "rules: []\nagents: {}\n", ""]) {
        const { guard } = await guardOf(text);
        await mustDeny(guard, "t", [{}], "unknown_tool");
      }
      const bare = (await guardOf(`${TOOL}rules: []\n`)).guard;
      await mustDeny(bare, "t", [{}], "no_match");
      for (const agents of ['{ a: { when: "false", tools: [t] } }', "{}"]) {
        const allowed = `agents: ${agents}\n${TOOL}rules: [{ name: r, tool: t, action: allow }]\n`;
        await mustDeny((await guardOf(allowed)).guard, "t", [{}], "unknown_agent");
      }
      const open = `agents: { a: { when: "true", tools: [t] } }\n${TOOL}rules: [{ name: r, tool: t, action: allow }]\n`;
      await mustRun((await guardOf(open)).guard, "t", {});
    },
  },
  {
    id: "evasion.T16",
    title: "a section that is missing from what was signed is not taken for an empty one",
    run: async () => {
      const text = `${TOOL}rules: [{ name: r, tool: t, action: deny }]\n`;
      for (const section of ["agents", "tools", "rules", "facts", "mode", "engine"]) {
        const without = loadChanged(text, (policy) => ({ ...policy, [section]: undefined }));
        await assert.rejects(without, { code: /^ERR_BUNDLE_/ }, section);
      }
      for (const section of ["tools", "rules", "facts", "mode", "engine"]) {
        const empty = loadChanged(text, (policy) => ({ ...policy, [section]: null }));
        await assert.rejects(empty, { code: /^ERR_BUNDLE_/ }, section);
      }
      // No profiles and none that match are two things: the second denies.
      await loadChanged(text.replace("deny", "allow"), (policy) => ({ ...policy, agents: {} }));
    },
  },
  {
    id: "evasion.T17",
    title: "a default that denies is kept where no rule matches, and is nobody else's",
    run: async () => {
      const { guard } = await guardOf(`
tools:
  shut: { operation: read, resources: none, default: deny }
  open: { operation: read, resources: none, default: allow }
rules: [{ name: r, tools: [shut, open], when: arguments.n == 1, action: allow }]
`);
      await mustRun(guard, "open", {});
      await mustRun(guard, "shut", { n: 1 });
      await mustDeny(guard, "shut", [{}, { n: 2 }], "no_match");
    },
  },
  {
    id: "evasion.T17",
    title: "a default that allows is no way round a rule that matches or errs",
    run: async () => {
      const { guard } = await guardOf(`
tools: { d: { operation: write, resources: none, default: allow }, r: { operation: write, resources: none, default: allow } }
rules:
  - { name: deny, tool: d, when: arguments.n > 5, action: deny }
  - { name: ask, tool: r, when: arguments.n > 5, action: review }
`);
      await mustRun(guard, "d", { n: 1 });
      await mustRun(guard, "r", { n: 1 });
      await mustDeny(guard, "d", [{ n: 6 }], "rule_denied");
      await mustDeny(guard, "d", [{}, { n: "6" }, { n: null }], "condition_error");
      await mustDeny(guard, "r", [{ n: 6 }, {}, { n: "6" }, { n: null }], "review_unavailable");
    },
  },
  {
    id: "evasion.T18",
    title: "a limit or a bound of zero is not taken for one that is missing",
    run: async () => {
      for (const key of [
        "rate_limit: 0 calls/minute",
        "max_batch_size: 0",
        "rate_limit: 5 calls/0s",
      ]) {
        await refused(`${TOOL}rules: [{ name: r, tool: t, action: allow, ${key} }]\n`, [
          "bad_rate_limit",
          "bad_value",
        ]);
      }
      const { guard } = await guardOf(`
tools:
  few:
    operation: write
    resources: none
    default: allow
    arguments:
      type: object
      properties:
        n: { type: number, minimum: 0, maximum: 0 }
        below: { type: number, exclusiveMaximum: 0 }
        text: { type: string, maxLength: 0 }
        list: { type: array, maxItems: 0 }
        map: { type: object, additionalProperties: true, maxProperties: 0 }
        none: { type: array, contains: { const: x }, minContains: 0, maxContains: 0 }
        zero: { const: 0 }
        "no": { const: false }
        blank: { enum: [""] }
        nothing: { const: null }
  capped: { operation: write, resources: none }
facts: { most: 0 }
rules: [{ name: cap, tool: capped, when: arguments.n <= facts.most, action: allow }]
`);
      const zeros = { n: 0, below: -1, text: "", list: [], map: {}, none: ["y"] };
      await mustRun(guard, "few", { ...zeros, zero: 0, no: false, blank: "", nothing: null });
      await mustRun(guard, "capped", { n: 0 });
      await mustDeny(guard, "capped", [{ n: 1 }, { n: 1e-300 }, {}], "no_match");
      const over = [
        { n: 1 },
        { n: -1 },
        { below: 0 },
        { below: -0 },
        { text: "x" },
        { list: [1] },
        { map: { a: 1 } },
        { none: ["x"] },
        { zero: false },
        { zero: "" },
        { zero: null },
        { no: 0 },
        { no: null },
        { blank: 0 },
        { blank: false },
        { nothing: 0 },
        { nothing: "" },
        { nothing: false },
      ];
      await mustDeny(guard, "few", over, "invalid_arguments");
    },
  },
  {
    id: "evasion.T18",
    title: "a zero in what was signed is refused or held, and never replaced by a default",
    run: async () => {
      const text = `${TOOL}rules: [{ name: r, tool: t, action: allow, rate_limit: 5 calls/minute }]\n`;
      const withRule = (change: object) => (policy: object) => {
        const { rules } = policy as Policy;
        return { ...policy, rules: rules.map((rule) => ({ ...rule, ...change })) };
      };
      const limit = { max: 5, windowMs: 60_000, onExceed: "deny", by: ["agent"] };
      const zeros = [
        { rateLimit: { ...limit, max: 0 } },
        { rateLimit: { ...limit, windowMs: 0 } },
        { rateLimit: { ...limit, by: [], max: -1 } },
        { rateLimit: 0 },
        { maxBatchSize: 0 },
        { until: "" },
        { until: null },
        { action: "" },
        { action: null },
        { when: null },
        { when: false },
        { when: 0 },
      ];
      for (const zero of zeros)
        await assert.rejects(loadChanged(text, withRule(zero)), { code: "ERR_BUNDLE_POLICY" });
      // The first instant of 1970 has passed.
      await loadChanged(text, withRule({ until: 0 }));
    },
  },
  {
    id: "evasion.T19",
    title: "a missing attribute fulfils no demand, and an agent without roles has none",
    run: async () => {
      const { guard } = await guardOf(`
tools: { a: { operation: read, resources: none }, b: { operation: read, resources: none }, c: { operation: read, resources: none }, d: { operation: read, resources: none } }
rules:
  - { name: staff, tool: a, when: agent.role == "staff", action: allow }
  - { name: region, tool: b, when: agent.region == "eu", action: allow }
  - { name: same, tool: c, when: user.country == agent.country, action: allow }
  - { name: others, tool: d, action: allow }
  - { name: not_guests, tool: d, when: agent.role == "guest" || agent.region != "eu", action: deny }
`);
      const agent = { id: "x", roles: ["staff"], region: "eu", country: "de" };
      for (const tool of ["a", "b", "c", "d"])
        assert.equal(
          (await attempt(guard, tool, {}, { agent, user: { id: "u", country: "de" } })).code,
          "ran",
        );
      for (const roles of [
        undefined,
        [],
        [""],
        ["STAFF"],
        ["staff "],
        ["st", "aff"],
        ["staff,admin"],
      ]) {
        const poor = roles === undefined ? { id: "x" } : { id: "x", roles };
        assert.equal((await attempt(guard, "a", {}, { agent: poor })).code, "no_match");
      }
      for (const region of [undefined, null, "", "EU", ["eu"], { eu: true }]) {
        const code = await attempt(guard, "b", {}, { agent: { ...agent, region } });
        assert.equal(code.code, "no_match");
      }
      // Two attributes that are both missing are not equal.
      await mustDeny(guard, "c", [{}], "no_match");
      assert.equal((await attempt(guard, "c", {}, { user: { id: "u" } })).code, "no_match");
      // And a deny rule is not passed by leaving out what it asks about.
      await mustDeny(guard, "d", [{}], "condition_error");
      // What the arguments say of the agent is not what the agent is.
      const said = { agent: { roles: ["staff"] }, role: "staff", roles: ["staff"] };
      await mustDeny(guard, "a", [said], "no_match");
    },
  },
];
