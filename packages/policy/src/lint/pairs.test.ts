import { describe, expect, it } from "vitest";
import { SOUND_HEAD as HEAD, warningsOf } from "../../test/warnings.ts";

/** The warnings of some rules that stand from line 8 on, each on its own. */
async function warnings(...rules: readonly string[]): Promise<readonly string[]> {
  return warningsOf(`${HEAD}rules:\n${rules.map((rule) => `  - { ${rule} }\n`).join("")}`);
}

const A = 'risk > 10 && agent.function == "x"';

describe("a rule beside another one", () => {
  it.each([
    [
      "that is the same, the other way round",
      [
        `name: a, tools: [t, u], when: '${A}', action: deny`,
        `name: b, tools: [u, t], when: ['agent.function == "x"', '10 < risk'], action: deny`,
      ],
      [
        "9:13 duplicate_rule: The rule `b` repeats the rule `a`: the same tools, the same condition, the same action.",
      ],
    ],
    [
      "that is the same but for the order of `&&`",
      [
        `name: a, tools: [t, u], when: '${A}', action: deny`,
        `name: b, tools: [u, t], when: ['agent.function == "x"', 'risk > 10'], action: deny`,
      ],
      [
        "9:13 duplicate_rule: The rule `b` repeats the rule `a`: the same tools, the same condition, the same action.",
      ],
    ],
    [
      "that denies under its condition",
      [
        `name: a, tool: t, when: '${A}', action: allow`,
        `name: b, tools: [t, u], when: '${A}', action: deny`,
      ],
      [
        "8:13 contradictory_rules: The rule `a` (allow) has the same condition as the rule `b` (deny), and a denial wins.",
      ],
    ],
    [
      "that denies whatever the call is",
      [`name: a, tools: [t, u], when: '${A}', action: allow`, "name: b, tool: u, action: deny"],
      ["8:13 dead_rule: The rule `a` (allow) never decides for `u`: the rule `b` always denies."],
    ],
    [
      "that denies under one of its conditions",
      [
        `name: a, tool: t, when: [risk > 10, risk < 50, 'agent.id == "x"'], action: review`,
        "name: b, tool: t, when: risk > 5, action: deny",
      ],
      [
        "8:13 dead_rule: The rule `a` (review) never decides: whenever it holds, the rule `b` denies.",
      ],
    ],
    [
      "that denies under either of several conditions",
      [
        `name: a, tool: t, when: 'agent.function == "x"', action: allow`,
        `name: b, tool: t, when: 'risk > 90 || agent.function in ["x", "y"]', action: deny`,
      ],
      [
        "8:13 dead_rule: The rule `a` (allow) never decides: whenever it holds, the rule `b` denies.",
      ],
    ],
    [
      "of which each half is denied",
      [
        `name: a, tool: t, when: 'risk > 90 || risk < 10', action: allow`,
        "name: b, tool: t, when: risk != 50, action: deny",
      ],
      [
        "8:13 dead_rule: The rule `a` (allow) never decides: whenever it holds, the rule `b` denies.",
      ],
    ],
    [
      "that is reviewed whenever it holds",
      [
        `name: a, tool: t, when: risk > 10, action: allow`,
        "name: b, tool: t, when: risk >= 10, action: review",
      ],
      [
        "8:13 shadowed_rule: The rule `a` (allow) never decides: whenever it holds, the rule `b` (review) holds too.",
      ],
    ],
    [
      "of the same action that says more",
      [
        `name: b, tool: t, when: '${A}', action: deny`,
        "name: a, tools: [t, u], when: risk > 10, action: deny, reason: Too risky.",
      ],
      [
        "8:13 shadowed_rule: The rule `b` (deny) changes nothing: whenever it holds, the rule `a` (deny) holds too.",
      ],
    ],
    [
      "of the same action that always holds",
      ["name: a, tool: t, when: risk > 10, action: review", "name: b, tool: t, action: review"],
      [
        "8:13 shadowed_rule: The rule `a` (review) changes nothing: the rule `b` (review) always holds.",
      ],
    ],
  ])("is found where it stands beside one %s", async (_what, rules, expected) => {
    expect(await warnings(...rules)).toEqual(expected);
  });

  it.each([
    [
      "has other words that are used",
      [
        `name: a, tool: t, when: '${A}', action: deny, reason: Mine.`,
        "name: b, tool: t, when: risk > 10, action: deny",
      ],
    ],
    [
      "limits what the other does not",
      [
        "name: a, tool: t, action: allow, rate_limit: 5 calls/minute",
        "name: b, tool: t, action: allow, rate_limit: 50 calls/day",
      ],
    ],
    [
      "demands something beside a review",
      [
        "name: a, tool: t, action: allow, rate_limit: 5 calls/minute",
        "name: b, tool: t, action: review",
      ],
    ],
    ["is for other tools", ["name: a, tool: t, action: allow", "name: b, tool: u, action: deny"]],
    [
      "outlives the other",
      [
        "name: a, tool: t, when: risk > 10, action: allow",
        "name: b, tool: t, when: risk > 10, action: deny, until: 2030-01-01",
      ],
    ],
    [
      "holds where the other may be an error",
      [
        `name: a, tool: t, when: 'arguments.n == "x"', action: allow`,
        "name: b, tool: t, when: '!(arguments.n > 5)', action: deny",
      ],
    ],
    [
      "holds elsewhere too",
      [
        "name: a, tool: t, when: risk >= 10, action: allow",
        "name: b, tool: t, when: risk > 10, action: deny",
      ],
    ],
    [
      "reads another value",
      [
        "name: a, tool: t, when: arguments.a > 10, action: allow",
        "name: b, tool: t, when: arguments.b > 5, action: deny",
      ],
    ],
  ])("is left alone where it %s", async (_what, rules) => {
    expect((await warnings(...rules)).filter((line) => !line.includes("protection_ends"))).toEqual(
      [],
    );
  });

  it("is told quickly of a thousand rules for one tool", async () => {
    const rules = Array.from(
      { length: 1_000 },
      (_, index) => `name: r${index}, tool: t, when: 'agent.id == "${index}"', action: deny`,
    );
    const begin = performance.now();
    expect(await warnings(...rules)).toEqual([]);
    expect(performance.now() - begin).toBeLessThan(5_000);
  });
});
