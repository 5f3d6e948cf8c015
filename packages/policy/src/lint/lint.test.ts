import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { SOUND_HEAD as HEAD, warningsOf } from "../../test/warnings.ts";
import { checkPolicy } from "../check.ts";
import { verifies } from "../../../../test/verifies.ts";

const OK = "  - { name: ok, tool: t, action: allow }\n";

describe("checkPolicy", () => {
  it("has nothing to say about a sound policy", async () => {
    expect(await warningsOf(`${HEAD}rules:\n${OK}`)).toEqual([]);
  });

  it("reports errors as the compiler does", async () => {
    const result = await checkPolicy({ files: [{ path: "p.yaml", text: "interlatch: 1\n" }] });
    expect(result.ok).toBe(false);
  });

  it("warns of a policy without agents", async () => {
    const text =
      "interlatch: 1\nid: x\ntools: { t: { operation: read, resources: none, default: allow } }\n";
    expect(await warningsOf(text)).toEqual([
      "1:1 no_agents: There is no `agents` section, so any agent may ask for any tool.",
    ]);
  });

  it("warns of tools that no call reaches", async () => {
    const text = `interlatch: 1
id: x
agents: { none: { when: risk > 1 }, some: { when: "true", tools: [lone] } }
tools:
  lone: { operation: read, resources: none }
  out: { data: public, default: deny }
`;
    expect(await warningsOf(text)).toEqual([
      "3:11 unused_profile: The agent profile `none` has no tools, so whoever it matches may ask for nothing.",
      "5:3 tool_without_rule: No rule is for the tool `lone`, so every call of it is denied.",
      "6:3 tool_without_rule: No rule is for the tool `out`, so every call of it is denied.",
      "6:3 tool_outside_profiles: The tool `out` is in no agent profile, so every call of it is out of scope.",
      "6:3 operation_left_out: The tool `out` has no `operation`; it is taken to write.",
    ]);
  });

  it.each([
    [
      "an allow rule under a deny that always holds",
      "  - { name: no, tool: t, action: deny }\n  - { name: yes, tools: [t, u], action: allow }\n  - { name: ask, tool: t, action: review }\n",
      [
        "9:13 dead_rule: The rule `yes` (allow) never decides for `t`: the rule `no` always denies.",
        "10:13 dead_rule: The rule `ask` (review) never decides: the rule `no` always denies.",
      ],
    ],
    [
      "a rule that has ended",
      `${OK}  - { name: r, tool: t, action: allow, until: 2026-01-01 }\n`,
      ["9:47 expired_rule: The rule `r` ended 2026-01-01T23:59:59.999Z and no longer applies."],
    ],
    [
      "protection that ends",
      `${OK}  - { name: r, tool: t, action: deny, until: 2027-01-01 }\n`,
      [
        "9:46 protection_ends: The rule `r` (deny) stops protecting after 2027-01-01T23:59:59.999Z.",
      ],
    ],
    [
      "a limit that is counted approximately",
      "  - { name: r, tool: t, action: allow, rate_limit: 1001 calls/day }\n",
      [
        "8:40 rate_limit_approximate: More than 1000 calls in a window are counted by a sliding counter, so the limit is kept approximately.",
      ],
    ],
    [
      "a batch that nothing counts",
      "  - { name: r, tools: [t, u], action: allow, max_batch_size: 5 }\n",
      [
        "8:46 batch_left_out: `max_batch_size` needs `batch` on `t` or `u`: without it, a call is denied with `obligation_failed`.",
      ],
    ],
  ])("warns of %s", async (_what, rules, expected) => {
    expect(await warningsOf(`${HEAD}rules:\n${rules}`, Date.parse("2026-06-01T00:00:00Z"))).toEqual(
      expected,
    );
  });

  it("warns of definitions and facts that nothing uses", async () => {
    const text = `${HEAD}facts: { used: 1, other: 2 }\ndefine: { big: risk > facts.used, unused: risk > 2 }\nrules: [{ name: r, tool: t, when: big, action: allow }]\n`;
    expect(await warningsOf(text)).toEqual([
      "7:19 unused_fact: Nothing reads the fact `other`.",
      "8:35 unused_define: Nothing uses the condition `unused`.",
    ]);
  });

  it("takes facts that are looked up by a computed name for used", async () => {
    const text = `${HEAD}facts: { a: 1, b: 2 }\nrules: [{ name: r, tool: t, when: 'facts[agent.id] > 1', action: allow }]\n`;
    expect(await warningsOf(text)).toEqual([]);
  });

  it("takes facts that a fallback shows for used", async () => {
    const text = `${HEAD}facts: { a: 1 }\nrules: [{ name: r, tool: t, action: deny, fallback: { value: ["see {facts.a}"] } }]\n`;
    expect(await warningsOf(text)).toEqual([]);
  });

  it("does not guess what time it is", async () => {
    const text = `${HEAD}rules:\n  - { name: r, tool: t, action: allow, until: 2000-01-01 }\n`;
    expect(await warningsOf(text)).toEqual([]);
  });
});

describe("the examples", () => {
  const folder = new URL("../../../../examples/policies/", import.meta.url);
  const names = readdirSync(folder).filter((name) => /(?<!\.test)\.yaml$/.test(name));

  it("are there", () => expect(names).toContain("acme-support.yaml"));

  verifies("lint.examples", "have no fault and no warning", async () => {
    await Promise.all(names.map(expectSound));
  });

  async function expectSound(name: string): Promise<void> {
    const files = [{ path: name, text: readFileSync(new URL(name, folder), "utf8") }];
    const result = await checkPolicy({ files }, { strict: true, now: Date.parse("2026-11-22") });
    const found = result.ok ? result.warnings : [...result.errors, ...result.warnings];
    expect(
      found.map(({ line, code, message }) => `${line} ${code}: ${message}`),
      name,
    ).toEqual([]);
  }
});
