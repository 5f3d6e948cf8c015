import assert from "node:assert/strict";
import { attempt, guardOf, mustDeny, mustRun, refused, warnings, type Evasion } from "./evasion.ts";

/** One tool `t` and one profile for everybody. */
function scope(dimensions: string, resources: string, args = ""): string {
  return `
agents: { any: { when: "true", tools: [t], ${dimensions} } }
tools: { t: { operation: read, resources: ${resources}${args === "" ? "" : `, arguments: ${args}`} } }
rules: [{ name: ok, tool: t, action: allow }]
`;
}

const TOOL = "tools: { t: { operation: write, resources: none } }\n";

/** Attacks by what an agent may touch: profiles that add up, dimensions and qualifiers that are left out. */
export const scopeEvasions: readonly Evasion[] = [
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
        ["unknown_key"],
      );
    },
  },
  {
    id: "evasion.T20",
    title: "two profiles of one agent are two ceilings and not one of both",
    run: async () => {
      const { guard } = await guardOf(`
agents:
  orders: { when: "true", tools: [join, orders], databases: { orders: write } }
  people: { when: "true", tools: [join, people], databases: { people: read } }
  both: { when: "true", tools: [other], databases: { orders: write, people: write }, network: ["**"] }
  empty: { when: "true", tools: [join, send] }
tools:
  join: { operation: read, resources: { databases: { orders: read, people: read } } }
  orders: { operation: write, resources: { databases: { orders: write } } }
  people: { operation: write, resources: { databases: { people: write } } }
  send: { operation: egress, resources: { network: [acme.test] } }
  other: { operation: read, resources: { databases: { people: read } } }
rules: [{ name: all, tools: ["*"], action: allow }]
`);
      await mustRun(guard, "orders", {});
      await mustRun(guard, "other", {});
      for (const tool of ["join", "people", "send"])
        await mustDeny(guard, tool, [{}], "out_of_scope");
    },
  },
  {
    id: "evasion.T20",
    title: "a dimension, an access or a resource that is left out is none and not all",
    run: async () => {
      const outside: readonly (readonly [dimensions: string, resources: string])[] = [
        ["databases: { db: read }", "{ databases: { db: write } }"],
        ["databases: { db: write }", "{ databases: { DB: read } }"],
        ["databases: { db: write }", "{ databases: { db: read, other: read } }"],
        ["databases: { db: write }", "{ databases: { db: read }, network: [acme.test] }"],
        ["databases: { constructor: read }", "{ databases: { toString: read } }"],
        ["databases: {}", "{ databases: { db: read } }"],
        ['endpoints: ["https://acme.test/**"]', "{ endpoints: [crm] }"],
        ["network: [acme.test]", "{ endpoints: ['https://acme.test/'] }"],
        ["endpoints: ['https://acme.test/**']", "{ network: [acme.test] }"],
        ["paths: { /data: read }", "{ paths: { /data/x: write } }"],
        ["paths: { /data: read, /data/x: read }", "{ paths: { /data: read, /out: read } }"],
      ];
      for (const [dimensions, resources] of outside) {
        const { guard } = await guardOf(scope(dimensions, resources));
        await mustDeny(guard, "t", [{}], "out_of_scope");
      }
      const inside: readonly (readonly [dimensions: string, resources: string])[] = [
        ["databases: { db: write }", "{ databases: { db: read } }"],
        ["databases: { constructor: read }", "{ databases: { constructor: read } }"],
        ["paths: { /data: write }", "{ paths: { /data/x: read } }"],
        ["endpoints: [crm]", "{ endpoints: [crm] }"],
      ];
      for (const [dimensions, resources] of inside)
        await mustRun((await guardOf(scope(dimensions, resources))).guard, "t", {});
      // A tool that does not say what it touches does not build beside one that is restricted.
      await refused(
        `agents: { any: { when: "true", tools: [t], databases: { db: read } } }\ntools: { t: { operation: read } }\nrules: []\n`,
        ["missing_key"],
      );
      await refused(scope("databases: { db: read }", "{}"), ["wrong_shape"]);
      await refused(scope("databases: { db: all }", "none"), ["bad_value"]);
      for (const wide of [
        "network: ['*.*.*.*/0']",
        "network: ['10.0.0.0/33']",
        "endpoints: ['https://*.acme.test']",
        "paths: { '/data/*': read }",
        "paths: { data: read }",
        "paths: { /data/../etc: read }",
      ])
        await refused(scope(wide, "none"), ["bad_literal"]);
    },
  },
  {
    id: "evasion.T20",
    title: "a qualifier that is left out, empty or of another kind is not the whole",
    run: async () => {
      const api = '"https://api.acme.test/orders/*"';
      const one = '{ endpoints: ["https://api.acme.test/orders/{arguments.id}"] }';
      const { guard } = await guardOf(scope(`endpoints: [${api}]`, one));
      await mustRun(guard, "t", { id: "7" });
      await mustRun(guard, "t", { id: 7 });
      const ids: readonly unknown[] = [
        "a/b",
        "..",
        "../admin",
        "7?all=1",
        "7#all",
        "?all=1",
        "%2e%2e",
        "7/",
        "/",
        "7\n",
        "\\..",
        "7/..;/x",
        null,
        ["7"],
        ["7", "8"],
        {},
      ];
      const others = ids.map((id) => ({ id }));
      await mustDeny(guard, "t", [{}, { ID: "7" }, ...others], "out_of_scope");
      // A star stands for nothing as well, and `/orders/` is all orders: the schema says what an id is.
      const described =
        "{ type: object, properties: { id: { type: string, minLength: 1, pattern: '^[0-9]+$' } }, required: [id] }";
      const strict = (await guardOf(scope(`endpoints: [${api}]`, one, described))).guard;
      await mustRun(strict, "t", { id: "7" });
      await mustDeny(
        strict,
        "t",
        [{ id: "" }, { id: "." }, { id: "?" }, { id: "*" }],
        "invalid_arguments",
      );
    },
  },
  {
    id: "evasion.T20",
    title: "one thing inside does not carry another one with it",
    run: async () => {
      const { guard } = await guardOf(
        scope(
          "paths: { /data: read }",
          '{ paths: { "{arguments.files}": read, "{arguments.more}": read } }',
        ),
      );
      await mustRun(guard, "t", { files: ["/data/a", "/data/b"], more: "/data/c" });
      const calls = [
        { files: ["/data/a", "/etc/passwd"], more: "/data/c" },
        { files: ["/etc/passwd", "/data/a"], more: "/data/c" },
        { files: ["/data/a"], more: "/etc/passwd" },
        { files: ["/data/a"] },
        { files: ["/data/a", 5], more: "/data/c" },
        { files: ["/data/a", null], more: "/data/c" },
        { files: [["/data/a"]], more: "/data/c" },
        { files: { 0: "/data/a" }, more: "/data/c" },
      ];
      await mustDeny(guard, "t", calls, "out_of_scope");
      const many = Array.from({ length: 50_000 }, () => "/data/a");
      await mustDeny(
        guard,
        "t",
        [{ files: [...many, "/etc/passwd"], more: "/data/c" }],
        "budget_exhausted",
      );
      // An empty list touches nothing; who wants one thing at least says so in the schema.
      const least =
        "{ type: object, properties: { files: { type: array, minItems: 1, items: { type: string } } }, required: [files] }";
      const described = scope(
        "paths: { /data: read }",
        '{ paths: { "{arguments.files}": read } }',
        least,
      );
      await mustDeny((await guardOf(described)).guard, "t", [{ files: [] }], "invalid_arguments");
    },
  },
  {
    id: "evasion.T20",
    title: "an agent that cannot be told apart is in no profile",
    run: async () => {
      const { guard } = await guardOf(`
agents:
  eu: { when: 'agent.region == "eu" && agent.id != "shop"', tools: [t] }
  old: { when: 'agent.level >= 5', tools: [t] }
tools: { t: { operation: read, resources: none } }
rules: [{ name: ok, tool: t, action: allow }]
`);
      const as = async (agent: object): Promise<string> =>
        (await attempt(guard, "t", {}, { agent: { id: "x", roles: [], ...agent } })).code;
      assert.equal(await as({ region: "eu" }), "ran");
      assert.equal(await as({ level: 5 }), "ran");
      for (const agent of [
        {},
        { region: ["eu"] },
        { region: "EU" },
        { level: "9" },
        { level: null },
        { level: [9] },
      ])
        assert.equal(await as(agent), "unknown_agent");
      const wide = await warnings(scope('network: ["**"]', '{ network: ["{arguments.host}"] }'));
      assert.ok(wide.has("scope_too_wide"));
    },
  },
];
