import { describe, expect, it } from "vitest";
import { findingsOf } from "../../test/warnings.ts";

const HEAD = `interlatch: 1
id: x
agents: { all: { when: "true", tools: "*" } }
tools:
  any: { operation: read, resources: none }
  mail:
    operation: read
    resources: none
    arguments:
      type: object
      properties: { to: { type: array, items: { type: string } }, loose: { type: object, additionalProperties: true }, either: {} }
      required: [to, loose, either]
facts: { domains: [a.test] }
rules:
`;

async function found(
  condition: string,
  action: string,
  key = "when",
  tool = "any",
): Promise<readonly string[]> {
  const start = `  - { name: r, action: ${action}, tool: ${tool}, ${key}: '`;
  const findings = await findingsOf(`${HEAD}${start}${condition}' }\n`);
  return findings
    .filter(({ code }) => code === "kind_unknown")
    .map(({ line, column, message, hint }) => {
      expect(line).toBe(15);
      return `${column - start.length} ${message} | ${hint}`;
    });
}

const through = (column: number, macro: string, value: string, argument = value): string =>
  `${column} \`${macro}\` goes through the keys of an object as through the items of a list, and nothing says which \`${value}\` is. | Describe the argument under \`tools\`: \`${argument.replace("arguments.", "")}: { type: array, items: { type: string } }\`.`;
const counted = (column: number, value: string): string =>
  through(column, "size", value).replace(
    "`size` goes through the keys of an object as through the items of a list",
    "`size` counts the keys of an object and the characters of a text as it counts the items of a list",
  );

describe("what goes through a value of which nothing says that it is a list", () => {
  it.each([
    ["allow", "when", 'arguments.to.all(r, r == "a")', [through(1, "all", "arguments.to")]],
    ["allow", "when", 'arguments.to.exists(r, r == "a")', [through(1, "exists", "arguments.to")]],
    [
      "allow",
      "when",
      'risk > 1 && !arguments.to.exists(r, r == "a")',
      [through(14, "exists", "arguments.to")],
    ],
    ["allow", "when", "size(arguments.to) < 3", [counted(1, "arguments.to")]],
    ["allow", "when", '"a" in arguments.to', [through(1, "in", "arguments.to")]],
    ["deny", "unless", 'arguments.to.all(r, r == "a")', [through(1, "all", "arguments.to")]],
    ["deny", "unless", "size(arguments.to) < 3", [counted(1, "arguments.to")]],
    ["review", "when", 'arguments.to.exists(r, r == "a")', [through(1, "exists", "arguments.to")]],
    [
      "allow",
      "when",
      'size(arguments.to.filter(r, r == "a")) > 1',
      [through(6, "filter", "arguments.to")],
    ],
    [
      "allow",
      "when",
      'arguments.mails.all(m, m.to.all(r, r == "a"))',
      [through(1, "all", "arguments.mails"), through(24, "all", "m.to", "arguments.mails")],
    ],
  ])("is found: %s %s %s", async (action, key, condition, expected) => {
    expect(await found(condition, action, key)).toEqual(expected);
  });

  it("is found in a described tool whose schema leaves it open", async () => {
    expect(await found('arguments.either.all(r, r == "a")', "allow", "when", "mail")).toEqual([
      through(1, "all", "arguments.either"),
    ]);
  });

  it.each([
    ["allow", 'arguments.to.all(r, r == "a")', "mail"],
    ["allow", "size(arguments.to) > 1", "mail"],
    ["allow", '"a" in arguments.to', "mail"],
    ["allow", "arguments.loose.all(k, size(k) < 9)", "mail"],
    ["allow", 'agent.teams.all(t, t == "a")', "any"],
    ["allow", 'arguments.to in ["a", "b"]', "any"],
    ["allow", "arguments.to in facts.domains", "any"],
    ["allow", "facts.domains.exists(d, d == arguments.to)", "any"],
  ])("is not: %s %s %s", async (action, condition, tool) => {
    expect(await found(condition, action, "when", tool)).toEqual([]);
  });
});
