import { readFileSync } from "node:fs";
import { ENGINE, type Expression, type Policy } from "@interlatch/core";
import { describe, expect, it } from "vitest";
import { compilePolicy } from "./compile.ts";

async function compiled(text: string): Promise<Policy> {
  const result = await compilePolicy({ files: [{ path: "p.yaml", text }] });
  if (!result.ok)
    throw new Error(result.errors.map((error) => `${error.line}: ${error.message}`).join("\n"));
  return result.policy;
}

const HEAD = `interlatch: 1
id: x
tools:
  t: { operation: read }
  pay: { operation: spend, arguments: { type: object, properties: { n: { type: number } }, required: [n] } }
`;

async function when(condition: string, define = ""): Promise<Expression | undefined> {
  const quoted = condition.replaceAll("'", "''");
  const policy = await compiled(
    `${HEAD}${define}rules: [{ name: r, tool: t, action: deny, when: '${quoted}' }]\n`,
  );
  return policy.rules[0]?.when;
}

const variable = (name: string): unknown => ({ kind: "variable", name });
const literal = (value: unknown): unknown => ({ kind: "literal", value });
const field = (of: unknown, name: string): unknown => ({ kind: "field", of, name });

describe("a glob in a rule", () => {
  it.each([
    ["allow", ["t"]],
    ["review", ["t", "tt"]],
    ["deny", ["t", "tt"]],
    ["block", ["t", "tt"]],
  ])("that says %s is for %j", async (action, tools) => {
    const rules = `  - { name: glob, tools: "t*", action: ${action} }\n  - { name: yes, tool: tt, action: allow }\n`;
    const { rules: built } = await compiled(`${HEAD}rules:\n${rules}`);
    expect(built.map((rule) => rule.tools)).toEqual([tools, ["tt"]]);
  });

  it("that forbids may match nothing but what another rule names", async () => {
    const rules = `  - { name: yes, tools: [db_secret], action: allow }\n  - { name: no, tools: "db_*", action: deny }\n`;
    const { rules: built } = await compiled(`${HEAD}rules:\n${rules}`);
    expect(built.map((rule) => rule.tools)).toEqual([["db_secret"], ["db_secret"]]);
  });
});

describe("compilePolicy", () => {
  it("gives the whole policy as typed JSON", async () => {
    const policy = await compiled(`interlatch: 1
id: desk
description: All of it
mode: enforce
agents:
  clerk: { when: '"clerk" in agent.roles', tools: [t, "pay*"] }
tools:
  t:
    description: Reads
    operation: read
    data: internal
    resources: none
    arguments:
      title: T
      properties: { size: { type: [integer, "null"], minimum: 1 }, tags: { type: array, items: { enum: [a, 1] } } }
      required: [size]
      additionalProperties: false
    batch: { argument: size, mode: clamp }
    default: allow
    fallback: { message: "{tool} is closed" }
  payout: { operation: spend, reversible: true }
  implied:  { data: secret }
facts: { partners: [a.test] }
rules:
  - name: r
    description: not in the bundle
    tools: ["*", other]
    action: human_review
    reason: why
    until: 2026-12-01
    max_batch_size: 10
    rate_limit: 5 calls per hour
    by: [session, agent]
    on_exceed: review
    fallback: { value: { to: "{agent.id}", text: "For {user.id}: {{x}}", list: [1, "{risk}"], plain: [a, { b: null }] } }
fallback: { value: none }
`);
    expect(policy).toEqual({
      engine: ENGINE,
      id: "desk",
      description: "All of it",
      mode: "enforce",
      agents: {
        clerk: {
          when: {
            kind: "compare",
            operator: "in",
            left: literal("clerk"),
            right: field(variable("agent"), "roles"),
          },
          tools: ["t", "payout"],
          at: { file: "p.yaml", line: 6 },
        },
      },
      tools: {
        t: {
          description: "Reads",
          operation: "read",
          data: "internal",
          reversible: true,
          arguments: {
            type: "object",
            title: "T",
            required: ["size"],
            properties: {
              size: { type: ["integer", "null"], minimum: 1 },
              tags: { type: "array", items: { enum: ["a", 1] } },
            },
            additionalProperties: false,
          },
          batch: { argument: "size" },
          default: "allow",
          fallback: { kind: "message", message: [{ name: "tool" }, " is closed"] },
          at: { file: "p.yaml", line: 8 },
        },
        payout: {
          operation: "spend",
          reversible: true,
          default: "deny",
          at: { file: "p.yaml", line: 21 },
        },
        implied: {
          operation: "write",
          data: "secret",
          reversible: false,
          default: "deny",
          at: { file: "p.yaml", line: 22 },
        },
        other: {
          operation: "write",
          reversible: false,
          default: "deny",
          at: { file: "p.yaml", line: 27 },
        },
      },
      facts: { partners: ["a.test"] },
      rules: [
        {
          name: "r",
          tools: ["t", "payout", "implied", "other"],
          action: "review",
          reason: "why",
          until: Date.UTC(2026, 11, 1, 23, 59, 59, 999),
          maxBatchSize: 10,
          rateLimit: { max: 5, windowMs: 3_600_000, onExceed: "review", by: ["agent", "session"] },
          fallback: {
            kind: "value",
            value: {
              kind: "object",
              entries: [
                ["to", { kind: "expression", expression: field(variable("agent"), "id") }],
                ["text", { kind: "text", parts: ["For ", field(variable("user"), "id"), ": {x}"] }],
                [
                  "list",
                  {
                    kind: "list",
                    items: [
                      { kind: "literal", value: 1 },
                      { kind: "expression", expression: variable("risk") },
                    ],
                  },
                ],
                ["plain", { kind: "literal", value: ["a", { b: null }] }],
              ],
            },
          },
          at: { file: "p.yaml", line: 25 },
        },
      ],
      fallback: { kind: "value", value: { kind: "literal", value: "none" } },
    });
  });

  it("gives the same for the same text, and plain JSON", async () => {
    const text = readFileSync(
      new URL("../../../examples/policies/acme-support.yaml", import.meta.url),
      "utf8",
    );
    const policy = await compiled(text);
    expect(JSON.stringify(policy)).toBe(JSON.stringify(await compiled(text)));
    expect(JSON.parse(JSON.stringify(policy))).toEqual(policy);
  });

  it("finds no tool under a name that objects inherit", async () => {
    const policy = await compiled(
      `${HEAD}rules: [{ name: constructor, tool: [t, toString], action: deny }]\nfacts: { valueOf: 1 }\n`,
    );
    expect(Object.keys(policy.tools)).toEqual(["t", "pay", "toString"]);
    expect(policy.tools["constructor"]).toBeUndefined();
    expect(policy.facts["hasOwnProperty"]).toBeUndefined();
  });

  it("has no agents where there is no section, and none where the section is empty", async () => {
    expect((await compiled(HEAD)).agents).toBeNull();
    expect((await compiled(`${HEAD}agents: {}\n`)).agents).toEqual({});
  });

  it.each([
    ["auto_approve", "allow"],
    ["approve", "allow"],
    ["human_review", "review"],
    ["block", "deny"],
  ])("takes the seed's word %s for %s", async (word, action) => {
    const policy = await compiled(`${HEAD}rules: [{ name: r, tool: t, action: ${word} }]\n`);
    expect(policy.rules[0]?.action).toBe(action);
  });

  it("ends a rule at the last instant of a day, or at an instant", async () => {
    const policy = await compiled(`${HEAD}rules:
  - { name: a, tool: t, action: allow, until: 2026-02-28 }
  - { name: b, tool: t, action: allow, until: "2026-02-28T12:00:00+01:00" }
`);
    expect(policy.rules.map((rule) => rule.until)).toEqual([
      Date.parse("2026-02-28T23:59:59.999Z"),
      Date.parse("2026-02-28T11:00:00Z"),
    ]);
  });

  it("warns of a tool that only a rule names, and refuses it when strict", async () => {
    const files = [
      { path: "p.yaml", text: `${HEAD}rules: [{ name: r, tool: pya, action: deny }]\n` },
    ];
    const lenient = await compilePolicy({ files });
    expect(
      lenient.warnings.map(({ code, line, column, hint }) => [code, line, column, hint]),
    ).toEqual([["implicit_tool", 6, 26, "Did you mean `pay`?"]]);
    expect(lenient.ok).toBe(true);
    const strict = await compilePolicy({ files }, { strict: true });
    expect(strict.ok ? [] : strict.errors.map((error) => error.code)).toEqual(["implicit_tool"]);
  });

  it("refuses what the run time would not load", async () => {
    const text = `${HEAD}rules: [{ name: r, tool: t, action: deny, reason: "${"x".repeat(20_000)}" }]\n`;
    const result = await compilePolicy({ files: [{ path: "p.yaml", text }] });
    expect(result.ok ? "" : result.errors[0]?.message).toMatch(
      /^The run time would refuse this policy: .*reason/,
    );
  });
});

describe("a condition becomes", () => {
  it("membership where it asks for a role", async () => {
    const among = {
      kind: "compare",
      operator: "in",
      left: literal("a"),
      right: field(variable("agent"), "roles"),
    };
    expect(await when('agent.role == "a"')).toEqual(among);
    expect(await when('"a" != agent.role')).toEqual({ kind: "not", of: among });
  });

  it("one flat node where it is a chain", async () => {
    const expression = await when("risk > 1 && (risk > 2 && risk > 3) && risk > 4");
    expect(expression?.kind === "and" && expression.operands.length).toBe(4);
  });

  it("doubles where it has numbers", async () => {
    expect(await when("risk > -0x10")).toMatchObject({ right: literal(-16) });
    expect(await when("risk > 1.5e2")).toMatchObject({ right: literal(150) });
    expect(JSON.stringify(await when("risk > -0.0"))).toContain('"value":0}');
  });

  it("calls with the receiver as first argument", async () => {
    const text = field(variable("arguments"), "a");
    expect(await when('arguments.a.startsWith("x")')).toEqual({
      kind: "call",
      function: "startsWith",
      arguments: [text, literal("x")],
    });
    expect(await when("arguments.a.size() > 1")).toMatchObject({
      left: { kind: "call", function: "size", arguments: [text] },
    });
    expect(await when('arguments.a.matches("^x")')).toEqual({
      kind: "matches",
      of: text,
      pattern: "^x",
    });
    expect(await when('request.time.getHours("UTC") > 1')).toMatchObject({
      left: {
        kind: "call",
        function: "getHours",
        arguments: [field(variable("request"), "time"), literal("UTC")],
      },
    });
  });

  it("comprehensions with their variable", async () => {
    expect(await when("arguments.l.map(x, x > 1, x + 1) == []")).toMatchObject({
      left: {
        kind: "comprehension",
        macro: "map",
        as: "x",
        where: { kind: "compare" },
        body: { kind: "arithmetic", left: { kind: "local", name: "x" } },
      },
    });
  });

  it("what it names under `define`", async () => {
    const expression = await when(
      "small && !large",
      "define: { small: '!large', large: risk > 5 }\n",
    );
    const large = { kind: "compare", operator: ">", left: variable("risk"), right: literal(5) };
    expect(expression).toEqual({
      kind: "and",
      operands: [
        { kind: "not", of: large },
        { kind: "not", of: large },
      ],
    });
  });

  it("one `&&` of `when` and the negation of `unless`", async () => {
    const policy = await compiled(`${HEAD}rules:
  - { name: a, tool: t, action: deny, when: [risk > 1, risk > 2], unless: risk > 3 }
  - { name: b, tool: t, action: deny, unless: [risk > 3, risk > 4] }
`);
    const over = (value: number): unknown => ({
      kind: "compare",
      operator: ">",
      left: variable("risk"),
      right: literal(value),
    });
    expect(policy.rules.map((rule) => rule.when)).toEqual([
      { kind: "and", operands: [over(1), over(2), { kind: "not", of: over(3) }] },
      { kind: "not", of: { kind: "and", operands: [over(3), over(4)] } },
    ]);
  });

  it("has flow from `when` into `unless`", async () => {
    const text = `interlatch: 1
id: x
tools: { t: { operation: read, arguments: { properties: { a: { type: number } } } } }
rules: [{ name: r, tool: t, action: deny, when: [has(arguments.a), arguments.a > 1], unless: arguments.a > 5 }]
`;
    expect((await compiled(text)).rules).toHaveLength(1);
  });
});

describe("the example policies", () => {
  it.each(["seed", "acme-support"])("%s builds, strictly and without warnings", async (name) => {
    const text = readFileSync(
      new URL(`../../../examples/policies/${name}.yaml`, import.meta.url),
      "utf8",
    );
    const result = await compilePolicy(
      { files: [{ path: `${name}.yaml`, text }] },
      { strict: true },
    );
    expect(result).toMatchObject({ ok: true, warnings: [], policy: { id: name } });
  });
});
