import { describe, expect, it } from "vitest";
import { findingsOf } from "../../test/warnings.ts";

const TOOLS = `interlatch: 1
id: x
agents: { all: { when: "true", tools: "*" } }
tools:
  query:
    operation: read
    resources: none
    arguments:
      type: object
      properties:
        sql: { type: string, maxLength: 1000 }
        table: { enum: [orders, customers] }
        day: { type: string, format: date }
        site: { type: string, format: hostname }
        code: { type: string, pattern: "^[a-z]+$" }
        tags: { type: array, items: { type: string } }
        size: { type: integer }
      required: [sql, table, day, site, code, tags, size]
  open: { operation: read, resources: none, default: allow }
rules:
`;
const OK = "  - { name: ok, tool: query, action: allow }\n";

/** The findings about deny lists in one rule after others, columns counted in its condition. */
async function found(
  condition: string,
  action: string,
  { before = OK, key = "when", tool = "query" } = {},
): Promise<readonly string[]> {
  const start = `  - { name: r, action: ${action}, tool: ${tool}, ${key}: '`;
  const text = `${TOOLS}${before}${start}${condition.replaceAll("'", "''")}' }\n`;
  const line = text.split("\n").length - 1;
  const findings = (await findingsOf(text)).filter(({ code }) => code === "deny_list");
  return findings.map((one) => {
    expect([one.line, one.hint]).toEqual([line, HINT]);
    return `${one.column - start.length}-${(one.endColumn ?? 0) - start.length} ${one.message}`;
  });
}

const HINT =
  "Name what is allowed instead: `enum` or a `pattern` held at both ends in the schema, or `==`, `in` in a rule that allows.";
const kept = (place: string, value: string, opened = "the rule `ok`", tool = "query"): string =>
  `${place} This keeps out what is spelt as it is named here, and with any other text in \`${value}\` ${opened} allows a call of \`${tool}\`.`;
const allowed = (place: string, value: string): string =>
  `${place} This keeps out what is spelt as it is named here, so that any other text in \`${value}\` is allowed.`;

describe("a rule that keeps out texts by naming them", () => {
  it.each([
    ['arguments.sql.contains("DELETE")', [kept("1-33", "arguments.sql")]],
    ['arguments.sql.matches("(?i)drop")', [kept("1-34", "arguments.sql")]],
    ['arguments.sql == "DELETE"', [kept("1-26", "arguments.sql")]],
    ['"DELETE" == arguments.sql', [kept("1-26", "arguments.sql")]],
    ['arguments.sql in ["a", "b"]', [kept("1-28", "arguments.sql")]],
    ['lower(arguments.sql).contains("delete")', [kept("1-40", "arguments.sql")]],
    ['risk > 5 && arguments.sql.contains("DELETE")', [kept("13-45", "arguments.sql")]],
    ['arguments.site == "evil.test"', [kept("1-30", "arguments.site")]],
    ['arguments.tags.exists(t, t == "secret")', [kept("26-39", "t")]],
    ['arguments.tags[0] == "secret"', [kept("1-30", "arguments.tags[0]")]],
    [
      'arguments.sql.contains("DROP") || arguments.sql.contains("ALTER")',
      [kept("1-31", "arguments.sql"), kept("35-66", "arguments.sql")],
    ],
  ])("is found where all else is allowed: %s", async (condition, expected) => {
    expect(await found(condition, "deny")).toEqual(expected);
    expect(await found(condition, "review")).toEqual(expected);
  });

  it("is found under a default that allows, where nothing is known of the argument", async () => {
    const expected = [kept("1-33", "arguments.cmd", "the `default`", "open")];
    expect(await found('arguments.cmd.contains("rm -rf")', "deny", { tool: "open" })).toEqual(
      expected,
    );
  });

  it.each([
    'arguments.table == "orders"',
    'arguments.day == "2026-11-22"',
    'arguments.code.contains("x")',
    'arguments.sql == ""',
    "arguments.size == 5",
    'arguments.sql != "SELECT 1"',
    '!arguments.sql.matches("^SELECT 1$")',
    '!(arguments.sql in ["a", "b"])',
    'host(arguments.site) == "evil.test"',
    'agent.id == "desk"',
    'agent.id.contains("test")',
    'tool == "query"',
  ])("is not, where other spellings are none or are stopped: %s", async (condition) => {
    expect(await found(condition, "deny")).toEqual([]);
  });

  it.each([
    ["no rule allows", ""],
    [
      "what is allowed is named",
      '  - { name: ok, tool: query, action: allow, when: arguments.sql == "SELECT 1" }\n',
    ],
    [
      "what is not named is denied",
      `${OK}  - { name: only, tool: query, action: deny, when: '!(arguments.sql in ["a"])' }\n`,
    ],
    [
      "what is not of a form asks",
      `${OK}  - { name: only, tool: query, action: review, unless: 'arguments.sql.matches("^a$")' }\n`,
    ],
    ["every call asks", `${OK}  - { name: ask, tool: query, action: review }\n`],
  ])("is not the only protection: %s", async (_what, before) => {
    expect(await found('arguments.sql.contains("DELETE")', "deny", { before })).toEqual([]);
  });
});

describe("a rule that allows all texts but some", () => {
  it.each([
    ["when", '!arguments.sql.contains("DELETE")', allowed("2-34", "arguments.sql")],
    ["when", '!arguments.sql.matches("(?i)drop")', allowed("2-35", "arguments.sql")],
    ["when", '!lower(arguments.sql).contains("drop")', allowed("2-39", "arguments.sql")],
    ["unless", 'arguments.sql.contains("DELETE")', allowed("1-33", "arguments.sql")],
    ["when", '!arguments.tags.exists(t, t.contains("x"))', allowed("27-42", "t")],
  ])("is found: %s %s", async (key, condition, expected) => {
    expect(await found(condition, "allow", { before: "", key })).toEqual([expected]);
  });

  it.each([
    'arguments.sql in ["a b", "a c"] && !arguments.sql.contains("b")',
    'arguments.sql.matches("^[a-z ]+$") && !arguments.sql.contains("drop")',
    '!arguments.code.contains("x")',
    '!arguments.table.contains("x")',
    'arguments.sql != "DELETE"',
    '!agent.id.contains("x")',
  ])("is not where what is allowed is named too: %s", async (condition) => {
    expect(await found(condition, "allow", { before: "" })).toEqual([]);
  });

  it("is told by another finding where nothing is known of the value", async () => {
    expect(await found('!arguments.cmd.contains("rm")', "allow", { tool: "open" })).toEqual([]);
  });
});
