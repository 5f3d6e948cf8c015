import type { Policy } from "@interlatch/core";
import { compilePolicy } from "@interlatch/policy";
import { describe, expect, it } from "vitest";
import { verifies } from "../../../../test/verifies.ts";
import { searchLooser, type SearchResult } from "./search.ts";

const NOW = Date.parse("2026-03-01T12:00:00Z");

async function policyOf(text: string): Promise<Policy> {
  const whole = `interlatch: 1\nid: p\n${text}`;
  const made = await compilePolicy({ files: [{ path: "p.yaml", text: whole }] });
  if (!made.ok) throw new Error(made.errors.map(({ message }) => message).join("\n"));
  return made.policy;
}

async function search(before: string, after: string, budget = 20_000): Promise<SearchResult> {
  const told = (): void => undefined;
  return searchLooser(await policyOf(before), await policyOf(after), { budget, now: NOW, told });
}

const TOOL = "tools: { t: { operation: write, resources: none } }\n";
const rule = (when: string, action = "allow"): string =>
  `${TOOL}rules:\n  - { name: r, tool: t, when: ${JSON.stringify(when)}, action: ${action} }\n`;

/** What a change lets through, and a call that shows it. */
const PLANTED: readonly (readonly [what: string, before: string, after: string, args: object])[] = [
  ["a higher bound", rule("arguments.size <= 100"), rule("arguments.size <= 101"), { size: 101 }],
  ["an open bound", rule("arguments.size < 10"), rule("arguments.size <= 10"), { size: 10 }],
  ["one more word", rule('arguments.a in ["x"]'), rule('arguments.a in ["x", "y"]'), { a: "y" }],
  [
    "a longer list",
    rule("size(arguments.to) <= 2"),
    rule("size(arguments.to) <= 3"),
    { to: "xxx" },
  ],
  [
    "another domain",
    rule('inDomain(host(arguments.url), "acme.test")'),
    rule('inDomain(host(arguments.url), "acme.test") || inDomain(host(arguments.url), "b.test")'),
    { url: "https://b.test/" },
  ],
  [
    "a wider folder",
    rule('under(arguments.path, "/data/in")'),
    rule('under(arguments.path, "/data")'),
    { path: "/data/inx" },
  ],
  [
    "a wider pattern",
    rule('arguments.id.matches("^A[0-9]{4}$")'),
    rule('arguments.id.matches("^(A|B)[0-9]{4}$")'),
    { id: "B0000" },
  ],
  [
    "a condition on all that is now on some",
    rule('arguments.to.all(r, r == "a@b.test")'),
    rule('arguments.to.exists(r, r == "a@b.test") || size(arguments.to) == 0'),
    { to: ["a@b.test", "x"] },
  ],
  [
    "three that must meet",
    rule('arguments.a == "x" && arguments.b == 7 && arguments.c == "z" && arguments.d == "never"'),
    rule('arguments.a == "x" && arguments.b == 7 && arguments.c == "z"'),
    { a: "x", b: 7, c: "z" },
  ],
];

describe("the search for calls that get further", () => {
  describe("finds a planted loosening and its smallest call", () => {
    it.each(PLANTED.filter(([what]) => !what.includes("all")))(
      "%s",
      async (_what, before, after, args) => {
        const { found } = await search(before, after);
        expect(found).toHaveLength(1);
        expect(found[0]).toMatchObject({ tool: "t", rule: "r", arguments: args });
      },
    );
  });

  verifies("diff.search", "finds, shrinks, and finds nothing the other way round", async () => {
    for (const [what, before, after] of PLANTED) {
      const { found, tried } = await search(before, after);
      expect(found.length, what).toBe(1);
      expect(found[0]?.before.effect, what).toBe("deny");
      expect(found[0]?.after.effect, what).toBe("allow");
      expect((await search(after, before)).found, `${what}, turned round`).toEqual([]);
      expect(tried["t"], what).toBeGreaterThan(1);
    }
  });

  it("finds what another role, claim, hour or day is let do", async () => {
    const changes: readonly (readonly [string, object])[] = [
      ['agent.role == "boss"', { agent: { roles: ["boss"] } }],
      ['agent.function == "sales"', { agent: { function: "sales" } }],
      ["user.level >= 3", { agent: {}, user: { level: 3 } }],
      ['tenant == "acme"', { tenant: "acme" }],
      ['context.mode == "night"', { context: { mode: "night" } }],
    ];
    for (const [condition, identity] of changes) {
      const { found } = await search(rule("false"), rule(condition));
      expect(found, condition).toHaveLength(1);
      expect(found[0]?.identity, condition).toMatchObject(identity);
    }
    const night = await search(rule("false"), rule('request.time.getHours("Europe/Berlin") == 3'));
    expect(night.found.map(({ time }) => new Date(time).toISOString())).toEqual([
      "2026-03-02T02:00:00.000Z",
    ]);
  });

  it("finds facts of the policy that became more, and calls that they let through", async () => {
    const facts = (list: string): string =>
      `facts: { payees: ${list} }\n${rule("arguments.to in facts.payees")}`;
    const { found } = await search(facts("[a1]"), facts("[a1, b2]"));
    expect(found[0]?.arguments).toEqual({ to: "b2" });
  });

  it("finds review that became allow, and a deny that ends earlier", async () => {
    const asked = await search(rule("arguments.n > 5", "review"), rule("arguments.n > 5"));
    expect(asked.found).toMatchObject([
      { before: { effect: "review" }, after: { effect: "allow" } },
    ]);
    const ends = (until: string): string =>
      `tools: { t: { operation: write, resources: none, default: allow } }\n` +
      `rules: [{ name: stop, tool: t, action: deny, until: "${until}" }]\n`;
    const ended = await search(ends("2026-06-01T00:00:00Z"), ends("2026-05-01T00:00:00Z"));
    expect(ended.found).toHaveLength(1);
    expect(ended.found[0]?.rule).toBe("stop");
    expect(new Date(ended.found[0]?.time ?? 0).toISOString()).toBe("2026-05-31T23:59:59.999Z");
  });

  it("finds a schema that was opened, and a clamp that lets more through", async () => {
    const described = (properties: string): string =>
      `tools:\n  t: { operation: write, resources: none, default: allow, arguments: { type: object, properties: ${properties} } }\n`;
    const wider = await search(
      described("{ n: { type: integer, maximum: 10 } }"),
      described("{ n: { type: integer, maximum: 20 } }"),
    );
    expect(wider.found[0]?.arguments).toMatchObject({ n: 11 });
    const closed = described("{ n: { type: integer } }");
    const open = "tools: { t: { operation: write, resources: none, default: allow } }\n";
    expect((await search(closed, open)).found[0]?.arguments).toHaveProperty("unexpected_argument");
    const clamped = (max: number): string =>
      `tools: { t: { operation: write, resources: none, batch: { argument: size } } }\n` +
      `rules: [{ name: r, tool: t, action: allow, max_batch_size: ${max} }]\n`;
    const { found } = await search(clamped(10), clamped(50));
    expect(found).toHaveLength(1);
    expect(found[0]?.before.effect).toBe("allow");
  });

  it("passes over what has not changed, wherever it was written", async () => {
    const moved = `description: the same\n${rule("arguments.a == 1")}`;
    expect(await search(rule("arguments.a == 1"), moved)).toMatchObject({
      tried: {},
      unchanged: ["t"],
      found: [],
    });
  });

  it("says where every call it tried was denied", async () => {
    const { found, unreached } = await search(
      rule("false"),
      rule("arguments.a == arguments.b + 1e9"),
    );
    expect(found).toEqual([]);
    expect(unreached).toEqual(["t"]);
  });

  it("keeps to its budget, and finds the same each time", async () => {
    const [, before, after] = PLANTED.at(-1) ?? ["", "", "", {}];
    const first = await search(before, after, 300);
    expect(first.tried["t"]).toBeLessThanOrEqual(300);
    expect(await search(before, after, 300)).toEqual(first);
  });

  it("takes names that objects have of themselves for names", async () => {
    const { found } = await search(
      rule("false"),
      rule('arguments["constructor"] == "x" && arguments["toString"] == "y"'),
    );
    expect(found[0]?.arguments).toEqual({ constructor: "x", toString: "y" });
  });
});
