import { describe, expect, it } from "vitest";
import { SOUND_HEAD as HEAD, warningsOf } from "../../test/warnings.ts";
import { checkPolicy } from "../check.ts";
import { verifies } from "../../../../test/verifies.ts";

describe("a comment `interlatch-ignore`", () => {
  verifies("lint.ignore", "silences a warning on its own line, or on the next one", async () => {
    const rules = `rules:
  # interlatch-ignore protection_ends: The sale is over by then.

  # A comment between them changes nothing.
  - { name: a, tool: t, when: risk > 1, action: deny, until: 2030-01-01 }
  - { name: b, tool: u, when: risk > 1, action: deny, until: 2030-01-01 } # interlatch-ignore protection_ends: why not
`;
    expect(await warningsOf(HEAD + rules)).toEqual([]);
  });

  it("silences the warning it names and no other", async () => {
    const rules = `rules:
  # interlatch-ignore protection_ends: The sale is over by then.
  - { name: a, tool: t, when: 1 > 2, action: deny, until: 2030-01-01 }
`;
    expect(await warningsOf(HEAD + rules)).toEqual([
      "9:31 constant_condition: `1 > 2` is false for every call.",
    ]);
  });

  it("is told where it silences nothing", async () => {
    const rules = `rules:
  - { name: a, tool: t, when: risk > 1, action: deny } # interlatch-ignore protection_ends: gone by now
  # interlatch-ignore dead_rule: never was
`;
    expect(await warningsOf(HEAD + rules)).toEqual([
      "8:56 ignore_unused: There is no `protection_ends` here to ignore.",
      "9:3 ignore_unused: There is no `dead_rule` here to ignore.",
    ]);
  });

  it.each([
    ["# interlatch-ignore", "This comment does not say which warning it is about."],
    [
      "#interlatch-ignore protection_ends",
      "This comment does not say why `protection_ends` is meant so.",
    ],
    [
      "# interlatch-ignore protection_ends:",
      "This comment does not say why `protection_ends` is meant so.",
    ],
    ["# interlatch-ignore protecton_ends: why", "There is no finding `protecton_ends`."],
    [
      "# interlatch-ignore unknown_field: why",
      "`unknown_field` is an error, and errors cannot be silenced.",
    ],
    ["# interlatch-ignore ignore_unused: why", "`ignore_unused` cannot be silenced."],
  ])("silences nothing without its parts: %s", async (comment, message) => {
    const rule = "  - { name: a, tool: t, when: risk > 1, action: deny, until: 2030-01-01 }";
    expect(await warningsOf(`${HEAD}rules:\n${rule} ${comment}\n`)).toEqual([
      "8:62 protection_ends: The rule `a` (deny) stops protecting after 2030-01-01T23:59:59.999Z.",
      `8:75 ignore_malformed: ${message}`,
    ]);
  });

  verifies("lint.ignore", "never silences an error", async () => {
    const text = `${HEAD}rules:\n  # interlatch-ignore implicit_tool: It is new.\n  - { name: a, tool: other, action: deny }\n`;
    const files = [{ path: "p.yaml", text }];
    const strict = await checkPolicy({ files }, { strict: true });
    expect(strict.ok ? [] : strict.errors.map(({ code }) => code)).toEqual(["implicit_tool"]);
    const lax = await checkPolicy({ files });
    expect(lax.warnings.map(({ code }) => code)).toEqual(["tool_outside_profiles"]);
  });

  it("is none inside of a text", async () => {
    const rules = `rules:
  - name: a
    tool: t
    when: risk > 1
    action: deny
    description: |
      # interlatch-ignore protection_ends: no comment
    reason: "x # interlatch-ignore protection_ends: no comment either"
    until: 2030-01-01
`;
    expect((await warningsOf(HEAD + rules)).map((line) => line.split(" ")[1])).toEqual([
      "protection_ends:",
    ]);
  });
});
