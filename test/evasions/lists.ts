import assert from "node:assert/strict";
import { attempt, guardOf, mustDeny, mustRun, warnings, type Evasion } from "./evasion.ts";

const OURS = 'inDomain(host(r), "acme.test")';

/** A mail tool with one rule; its `to` is described, and may be empty unless `least` says otherwise. */
function mail(when: string, action: string, least = 0): string {
  return `
tools:
  mail:
    operation: egress
    resources: none${action === "allow" ? "" : "\n    default: allow"}
    arguments: { type: object, properties: { to: { type: array, items: { type: string }, minItems: ${least} } }, required: [to] }
rules:
  - { name: r, tool: mail, when: '${when}', action: ${action} }
`;
}

/** Conditions that are true of an empty list, in a place where that lets the call through. */
const VACUOUS: readonly (readonly [when: string, action: string])[] = [
  [`arguments.to.all(r, ${OURS})`, "allow"],
  [`arguments.to.all(r, ${OURS}) && agent.id == "shop"`, "allow"],
  [`agent.id == "shop" && (arguments.to.all(r, ${OURS}) || agent.id == "x")`, "allow"],
  [`!arguments.to.all(r, ${OURS})`, "deny"],
];

/** Lists with somebody else in them, one way or another. */
const STRANGERS: readonly unknown[] = [
  ["eve@evil.test"],
  ["ann@acme.test", "eve@evil.test"],
  ["eve@evil.test", "ann@acme.test"],
  ["ann@acme.test", ""],
  ["ann@acme.test", "nobody"],
  ["ann@acme.test", "eve@evil.test, ann@acme.test"],
];

/** What is no list of texts and could be taken for one. */
const NO_LISTS: readonly unknown[] = [
  "ann@acme.test",
  { "ann@acme.test": "eve@evil.test" },
  { 0: "ann@acme.test", length: 1 },
  {},
  null,
  [["ann@acme.test"]],
  [{ to: "ann@acme.test" }],
  ["ann@acme.test", null],
  ["ann@acme.test", 5],
  new Set(["ann@acme.test"]),
  new Map([["ann@acme.test", 1]]),
  Object.assign([], { 1: "ann@acme.test" }),
];

/** Attacks by lists: empty ones, ones with an error in them, things that are none. */
export const listEvasions: readonly Evasion[] = [
  {
    id: "evasion.T19",
    title: "what is true of an empty list is said by the linter, and shut by the schema",
    run: async () => {
      for (const [when, action] of VACUOUS) {
        assert.ok((await warnings(mail(when, action))).has("vacuous_all"), `${action} ${when}`);
        const shut = mail(when, action, 1);
        assert.ok(!(await warnings(shut)).has("vacuous_all"), `${action} ${when}`);
        const { guard } = await guardOf(shut);
        await mustRun(guard, "mail", { to: ["ann@acme.test"] });
        await mustDeny(guard, "mail", [{ to: [] }], "invalid_arguments");
        const others = STRANGERS.map((to) => ({ to }));
        await mustDeny(guard, "mail", others, "no_match", "rule_denied", "condition_error");
        const wrong = NO_LISTS.map((to) => ({ to }));
        await mustDeny(guard, "mail", [...wrong, {}], "invalid_arguments", "arguments_not_json");
      }
    },
  },
  {
    id: "evasion.T19",
    title: "a profile for agents all of whose roles are known is not for an agent without roles",
    run: async () => {
      const text = (when: string): string => `
agents: { a: { when: '${when}', tools: [t] } }
tools: { t: { operation: read, resources: none } }
facts: { known: [clerk, auditor] }
rules: [{ name: ok, tool: t, action: allow }]
`;
      const loose = "agent.roles.all(role, role in facts.known)";
      assert.ok((await warnings(text(loose))).has("vacuous_all"));
      const { guard } = await guardOf(text(`size(agent.roles) > 0 && ${loose}`));
      const as = async (roles: readonly string[]): Promise<string> =>
        (await attempt(guard, "t", {}, { agent: { id: "x", roles } })).code;
      assert.equal(await as(["clerk"]), "ran");
      for (const roles of [[], ["clerk", "root"], ["Clerk"], [""]])
        assert.equal(await as(roles), "unknown_agent");
    },
  },
  {
    id: "evasion.T19",
    title: "an item that cannot be judged is neither known nor harmless",
    run: async () => {
      // Undescribed arguments, so that the items reach the conditions.
      const guardFor = async (when: string, action: string): ReturnType<typeof guardOf> =>
        guardOf(`
tools: { t: { operation: egress, resources: none${action === "allow" ? "" : ", default: allow"} } }
rules: [{ name: r, tool: t, when: '${when}', action: ${action} }]
`);
      const known = { to: ["ann@acme.test"] };
      const unreadable = [
        { to: ["ann@acme.test", "nobody"] },
        { to: ["nobody", "ann@acme.test"] },
        { to: ["ann@acme.test", 5] },
        { to: ["ann@acme.test", null] },
        { to: ["ann@acme.test", ["eve@evil.test"]] },
        { to: "ann@acme.test" },
        { to: null },
        {},
      ];
      const grants = [
        `arguments.to.all(r, ${OURS})`,
        `!arguments.to.exists(r, !${OURS})`,
        `arguments.to.exists_one(r, ${OURS}) && size(arguments.to) == 1`,
        `size(arguments.to.filter(r, ${OURS})) == size(arguments.to)`,
        `arguments.to.map(r, host(r)).all(h, h == "acme.test")`,
      ];
      for (const when of grants) {
        const { guard } = await guardFor(when, "allow");
        await mustRun(guard, "t", known);
        await mustDeny(guard, "t", unreadable, "no_match");
      }
      const denials = [
        `arguments.to.exists(r, !${OURS})`,
        `!arguments.to.all(r, ${OURS})`,
        `size(arguments.to.filter(r, !${OURS})) > 0`,
      ];
      for (const when of denials) {
        const { guard } = await guardFor(when, "deny");
        await mustRun(guard, "t", known);
        await mustDeny(guard, "t", unreadable, "condition_error");
      }
    },
  },
  {
    id: "evasion.T26",
    title: "one item in the right place does not stand for the whole list",
    run: async () => {
      const { guard } = await guardOf(`
tools: { first: { operation: write, resources: none }, some: { operation: write, resources: none } }
rules:
  - { name: first, tool: first, when: 'size(arguments.l) == 1 && arguments.l[0] == "ok"', action: allow }
  - { name: some, tool: some, when: 'arguments.l == ["ok", "also"]', action: allow }
`);
      await mustRun(guard, "first", { l: ["ok"] });
      await mustDeny(
        guard,
        "first",
        [
          { l: ["ok", "evil"] },
          { l: "ok" },
          { l: { 0: "ok" } },
          { l: [["ok"]] },
          { l: [] },
          { l: ["evil", "ok"] },
        ],
        "no_match",
      );
      await mustRun(guard, "some", { l: ["ok", "also"] });
      await mustDeny(
        guard,
        "some",
        [
          { l: ["also", "ok"] },
          { l: ["ok"] },
          { l: ["ok", "also", "evil"] },
          { l: { 0: "ok", 1: "also" } },
          { l: "ok,also" },
          { l: [["ok", "also"]] },
        ],
        "no_match",
      );
    },
  },
];
