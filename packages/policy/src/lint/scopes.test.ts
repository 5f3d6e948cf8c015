import { describe, expect, it } from "vitest";
import { warningsOf } from "../../test/warnings.ts";

/** The warnings of one profile, which stands from line 4 on, with its tools. */
async function warnings(
  profile: readonly string[],
  ...tools: readonly string[]
): Promise<readonly string[]> {
  const text = `interlatch: 1
id: x
agents:
  desk:
    when: "true"
    tools: "*"
${profile.map((line) => `    ${line}\n`).join("")}tools:
${tools.map((tool, index) => `  t${index}: { operation: read, default: allow, resources: ${tool} }\n`).join("")}`;
  return warningsOf(text);
}

describe("a profile that is wider than its tools", () => {
  it.each([
    [
      ["databases: { crm: read, old: read }"],
      ["{ databases: { crm: read } }"],
      ["7:29 scope_unused: No tool of the agent profile `desk` touches `old` (`databases`)."],
    ],
    [
      ["databases: { crm: write }"],
      ["{ databases: { crm: read } }"],
      ["7:18 scope_unused: No tool of the agent profile `desk` writes to `crm` (`databases`)."],
    ],
    [
      ["endpoints: [orders, customers]"],
      ["{ endpoints: [orders] }"],
      ["7:25 scope_unused: No tool of the agent profile `desk` touches `customers` (`endpoints`)."],
    ],
    [
      ["endpoints: ['https://a.test/**', 'https://b.test/**']"],
      ["{ endpoints: ['https://a.test/x/y'] }"],
      [
        "7:38 scope_unused: No tool of the agent profile `desk` touches `https://b.test/**` (`endpoints`).",
      ],
    ],
    [
      ["network: ['*.a.test', b.test]"],
      ["{ network: [x.a.test] }"],
      ["7:27 scope_unused: No tool of the agent profile `desk` touches `b.test` (`network`)."],
    ],
    [
      ["paths: { /data: read, /etc: read }"],
      ["{ paths: { /data/in: read } }"],
      ["7:27 scope_unused: No tool of the agent profile `desk` touches `/etc` (`paths`)."],
    ],
    [
      ["paths: { /data: write }"],
      ["{ paths: { /data/in: read } }"],
      ["7:14 scope_unused: No tool of the agent profile `desk` writes to `/data` (`paths`)."],
    ],
    [
      ["network: [10.0.0.0/8]"],
      ["none"],
      ["7:15 scope_unused: No tool of the agent profile `desk` touches `10.0.0.0/8` (`network`)."],
    ],
  ])("is found: %j", async (profile, tools, expected) => {
    expect(await warnings(profile, ...tools)).toEqual(expected);
  });

  it.each([
    [["endpoints: ['https://**/**']"], "`https://**/**`", "every endpoint there is", 17],
    [["network: [0.0.0.0/0]"], "`0.0.0.0/0`", "every address there is", 15],
    [["network: ['::/0']"], "`::/0`", "every address there is", 15],
    [["network: ['**']"], "`**`", "every host there is", 15],
    [["paths: { /: read }"], "`/`", "the whole file system", 14],
  ])("is found where it holds everything: %j", async (profile, name, words, column) => {
    expect(await warnings(profile, "none")).toEqual([
      `7:${column} scope_too_wide: ${name} in the agent profile \`desk\` is ${words}.`,
    ]);
  });

  it.each([
    // A text that a call gives may be any.
    [["endpoints: [orders, 'https://b.test/**']"], "{ endpoints: ['{arguments.url}'] }"],
    [["network: [10.0.0.0/8]"], "{ network: [10.1.2.3] }"],
    [["endpoints: ['https://A.test/**']"], "{ endpoints: ['https://a.test'] }"],
    [["databases: { crm: write }"], "{ databases: { crm: write } }"],
    [["paths: { /data: write }"], "{ paths: { '{arguments.path}': write } }"],
  ])("is not where a call may need it: %j %s", async (profile, tool) => {
    expect(await warnings(profile, tool)).toEqual([]);
  });
});
