import assert from "node:assert/strict";
import { ENGINE } from "@interlatch/core";
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

/** Conditions that other engines quietly never match. */
const BAD_CONDITIONS = [
  "arguments.n === 1",
  "arguments.n == 1 and arguments.m == 2",
  "not arguments.n",
  "arguments.n = 1",
  "arguments.n == ",
  "(arguments.n == 1",
  "arguments.n == 1)",
  "arguments.n <> 1",
  "arguments.n == 'x",
  "arguments.my-key == 1",
  "arguments..n == 1",
  "arguments.n == 1 &&",
  "&& arguments.n == 1",
  "arguments.n is 1",
  "arguments.n ?? 1",
  "arguments?.n == 1",
  "arguments.n == undefined",
  "nosuch == 1",
  "argument.n == 1",
  "nosuch(arguments.n)",
  "arguments.n.nosuch()",
  "arguments.n == 1u",
  'arguments.n == b"x"',
  "size()",
  "size(arguments.n, 1)",
  "arguments.list.all(x)",
  "arguments.list.all(1, true)",
  "x > 1",
  "1",
  '"text"',
  "[true]",
  'arguments.text.matches("(")',
  'arguments.text.matches("(?=a)b")',
  'arguments.text.matches("(a)\\\\1")',
  "arguments.text.matches(arguments.pattern)",
  "request.time.getHours() < 6",
  "now() > request.time",
  'timestamp("yesterday") < request.time',
  "agent.role",
  'agent.role in ["admin"]',
  "true ? false",
  "`arguments.n`",
  "arguments.n == 1; true",
  "function() { return true }",
];

/** Attacks by rules: what they say, what they leave out, what they never say. */
export const ruleEvasions: readonly Evasion[] = [
  {
    id: "evasion.T13",
    title: "no opinion is a denial",
    run: async () => {
      const { guard } = await guardOf(
        `${TOOL}rules: [{ name: r, tool: t, when: arguments.n == 1, action: allow }]\n`,
      );
      await mustRun(guard, "t", { n: 1 });
      await mustDeny(guard, "t", [{}, { n: 2 }, { n: "1" }], "no_match");
    },
  },
  {
    id: "evasion.T14",
    title: "a condition that cannot be read stops the build",
    run: async () => {
      for (const action of ["allow", "deny"]) {
        for (const condition of BAD_CONDITIONS) {
          const when = JSON.stringify(condition);
          await refused(
            `${TOOL}rules:\n  - { name: r, tool: t, when: ${when}, action: ${action} }\n`,
          );
        }
      }
      await built(
        `${TOOL}rules:\n  - { name: r, tool: t, when: "arguments.n == 1", action: deny }\n`,
      );
    },
  },
  {
    id: "evasion.T15",
    title: "a rule in other words than the grammar's stops the build",
    run: async () => {
      const rules = [
        "{ name: r, tool: t, ruleAction: deny }",
        "{ name: r, tool: t, effect: deny }",
        "{ name: r, tool: t, action: denied }",
        "{ name: r, tool: t, action: [deny] }",
        "{ name: r, tool: t, action: deny, condition: arguments.n == 1 }",
        "{ name: r, tool: t, Action: deny }",
        "{ name: r, toolName: t, action: deny }",
        "{ name: r, tool: t }",
        "{ tool: t, action: deny }",
        "{ name: r, action: deny }",
        "{ name: r, tools: [], action: deny }",
        "{ name: r, tool: t, when: [], action: deny }",
      ];
      for (const rule of rules) await refused(`${TOOL}rules:\n  - ${rule}\n`);
    },
  },
  {
    id: "evasion.T16",
    title: "an empty policy and a tool without a default deny",
    run: async () => {
      const empty = (await guardOf("rules: []\n")).guard;
      await mustDeny(empty, "t", [{}], "unknown_tool");
      const bare = (await guardOf(`${TOOL}rules: []\n`)).guard;
      await mustDeny(bare, "t", [{}], "no_match");
      const nobody = (
        await guardOf(
          `agents: { a: { when: "false", tools: [t] } }\n${TOOL}rules: [{ name: r, tool: t, action: allow }]\n`,
        )
      ).guard;
      await mustDeny(nobody, "t", [{}], "unknown_agent");
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
    id: "evasion.T18",
    title: "a limit or a bound of zero is not taken for one that is missing",
    run: async () => {
      await refused(
        `${TOOL}rules: [{ name: r, tool: t, action: allow, rate_limit: 0 calls/minute }]\n`,
      );
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
        text: { type: string, maxLength: 0 }
        list: { type: array, maxItems: 0 }
rules: []
`);
      await mustRun(guard, "few", { n: 0, text: "", list: [] });
      await mustDeny(
        guard,
        "few",
        [{ n: 1 }, { n: -1 }, { text: "x" }, { list: [1] }],
        "invalid_arguments",
      );
    },
  },
  {
    id: "evasion.T19",
    title: "a missing attribute fulfils no demand, and an agent without roles has none",
    run: async () => {
      const { guard } = await guardOf(`
tools: { a: { operation: read, resources: none }, b: { operation: read, resources: none }, c: { operation: read, resources: none } }
rules:
  - { name: staff, tool: a, when: agent.role == "staff", action: allow }
  - { name: region, tool: b, when: agent.region == "eu", action: allow }
  - { name: same, tool: c, when: user.country == agent.country, action: allow }
`);
      assert.equal(
        (await attempt(guard, "a", {}, { agent: { id: "x", roles: ["staff"] } })).code,
        "ran",
      );
      for (const roles of [undefined, [], [""], ["STAFF"], ["staff "]]) {
        const agent = roles === undefined ? { id: "x" } : { id: "x", roles };
        assert.equal((await attempt(guard, "a", {}, { agent })).code, "no_match");
      }
      await mustDeny(guard, "b", [{}], "no_match");
      // Two attributes that are both missing are not equal.
      await mustDeny(guard, "c", [{}], "no_match");
      assert.equal((await attempt(guard, "c", {}, { user: { id: "u" } })).code, "no_match");
    },
  },
  {
    id: "evasion.T20",
    title: "a wide profile of one agent does not widen the narrow one of another",
    run: async () => {
      const { guard } = await guardOf(`
agents:
  narrow: { when: agent.role == "narrow", tools: [a] }
  wide: { when: agent.role == "wide", tools: [a, b] }
tools: { a: { operation: read, resources: none }, b: { operation: read, resources: none } }
rules: [{ name: all, tools: [a, b], action: allow }]
`);
      const as = (...roles: string[]) => ({ agent: { id: "x", roles } });
      assert.equal((await attempt(guard, "a", {}, as("narrow"))).code, "ran");
      assert.equal((await attempt(guard, "b", {}, as("wide"))).code, "ran");
      assert.equal((await attempt(guard, "b", {}, as("narrow"))).code, "out_of_scope");
      assert.equal((await attempt(guard, "a", {}, as())).code, "unknown_agent");
      await refused(
        `agents: { a: { when: "true" } }\n${TOOL}rules: [{ name: r, tool: t, action: allow, tols: x }]\n`,
      );
    },
  },
  {
    id: "evasion.T21",
    title: "a glob means the same in allow rules and in deny rules",
    run: async () => {
      const { guard } = await guardOf(`
tools: { db_read: { operation: read }, db_drop: { operation: delete }, dbx: { operation: read } }
rules:
  - { name: all, tools: ["*"], action: allow }
  - { name: no_db, tools: ["db_*"], action: deny }
`);
      await mustRun(guard, "dbx", {});
      await mustDeny(guard, "db_read", [{}], "rule_denied");
      await mustDeny(guard, "db_drop", [{}], "rule_denied");
      await refused(`${TOOL}rules: [{ name: r, tools: ["nothing_*"], action: deny }]\n`);
    },
  },
  {
    id: "evasion.T22",
    title: "a bundle that only advises neither builds nor loads",
    run: async () => {
      for (const mode of ["shadow", "log", "advisory", "off"])
        await refused(`mode: ${mode}\n${TOOL}rules: []\n`);
      const { bundle, trust } = await signing();
      const policy = await built(`${TOOL}rules: []\n`);
      for (const mode of ["shadow", "advise", "", undefined]) {
        // Signed all the same, as by a build that was tampered with.
        const advising = { ...policy, mode } as unknown as typeof policy;
        await assert.rejects(guardOver(await bundle(advising), trust), {
          code: /^ERR_BUNDLE_(MODE|POLICY|FORMAT|UNKNOWN_FIELD)$/,
        });
      }
      const newer = { ...policy, engine: ENGINE + 1 };
      await assert.rejects(guardOver(await bundle(newer, { engine: ENGINE + 1 }), trust), {
        code: "ERR_BUNDLE_ENGINE",
      });
    },
  },
];
