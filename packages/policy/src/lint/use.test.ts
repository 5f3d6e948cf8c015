import { expect, it } from "vitest";
import { SOUND_HEAD as HEAD, warningsOf } from "../../test/warnings.ts";

const FALLBACK = "fallback: { message: No. }";

it("a fallback of a rule that never denies is told", async () => {
  expect(
    await warningsOf(
      `${HEAD}rules:\n  - { name: r, tool: t, when: risk > 1, action: allow, ${FALLBACK} }\n`,
    ),
  ).toEqual([
    "8:56 unused_fallback: The rule `r` allows and demands nothing, so it never denies a call and its `fallback` is never used.",
  ]);
});

it("a fallback of a rule that denies, asks a person or limits is used", async () => {
  for (const rule of [
    "action: deny",
    "action: review",
    "action: allow, rate_limit: 5 calls/minute",
  ])
    expect(
      await warningsOf(
        `${HEAD}rules:\n  - { name: r, tool: t, when: risk > 1, ${rule}, ${FALLBACK} }\n`,
      ),
    ).toEqual([]);
});

it("claims that stand alone and nearly are others are told", async () => {
  const conditions = [
    'agent.rol == "x"',
    'user.nmae == "x"',
    'agent.departement == "x"',
    'agent.department == "a"',
    'agent.department == "b"',
    'agent.cost_centre == "x"',
    'has(user.region) && user.region == "x"',
    "has(user.regoin)",
  ];
  const rules = conditions.map(
    (when, index) => `  - { name: r${index}, tool: t, when: '${when}', action: deny }\n`,
  );
  const lines = await warningsOf(`${HEAD}rules:\n${rules.join("")}`);
  expect(lines.filter((line) => !line.includes("rule:"))).toEqual([
    "8:33 misspelt_claim: `agent.rol` is read here alone, and nearly is `agent.role`.",
    "9:33 misspelt_claim: `user.nmae` is read here alone, and nearly is `user.name`.",
    "10:33 misspelt_claim: `agent.departement` is read here alone, and nearly is `agent.department`.",
    "15:33 misspelt_claim: `user.regoin` is read here alone, and nearly is `user.region`.",
  ]);
});

it("facts that a tool's resources show are used", async () => {
  const text = `interlatch: 1
id: x
agents: { all: { when: "true", tools: "*", endpoints: ["https://a.test/**"] } }
facts: { base: "https://a.test" }
tools: { t: { operation: read, default: allow, resources: { endpoints: ["{facts.base}/x"] } } }
`;
  expect(await warningsOf(text)).toEqual([]);
});
