import { describe, expect, it } from "vitest";
import { findingsOf, warningsOf } from "../../test/warnings.ts";

const HEAD = `interlatch: 1
id: x
agents: { all: { when: "true", tools: "*" } }
tools:
  mail:
    operation: read
    resources: none
    arguments:
      type: object
      properties:
        to: { type: array, items: { type: string } }
        cc: { type: array, items: { type: string }, minItems: 1 }
        path: { type: string }
      required: [to, cc, path]
  any: { operation: read, resources: none }
facts: { domains: [a.test], none: [] }
rules:
`;

/** The warnings of one condition, columns counted in the condition. */
async function warnings(
  condition: string,
  action: string,
  key = "when",
  tool = "mail",
): Promise<readonly string[]> {
  const before = `  - { name: r, action: ${action}, tool: ${tool}, ${key}: '`;
  const lines = await warningsOf(
    `${HEAD}${before}${condition.replaceAll("'", "''")}' }\n  - { name: other, tools: "*", action: review, when: facts.domains == facts.none }\n`,
  );
  return lines
    .filter((line) => !/unused|rule:/.test(line))
    .map((line) => {
      const [, column, rest] = /^18:(\d+) (.*)$/.exec(line) ?? [];
      expect(rest, line).toBeDefined();
      return `${Number(column) - before.length} ${rest}`;
    });
}

const vacuous = (column: number, list: string): string =>
  `${column} vacuous_all: \`all\` is true of an empty list, and nothing says that \`${list}\` is not empty.`;

describe("`all` over a list that may be empty", () => {
  it.each([
    ["allow", "when", 'arguments.to.all(r, r == "a")', [vacuous(1, "arguments.to")]],
    ["allow", "when", 'risk > 1 && arguments.to.all(r, r == "a")', [vacuous(13, "arguments.to")]],
    ["deny", "unless", 'arguments.to.all(r, r == "a")', [vacuous(1, "arguments.to")]],
    ["deny", "when", '!arguments.to.all(r, r == "a")', [vacuous(2, "arguments.to")]],
    ["review", "when", 'risk > 5 || !arguments.to.all(r, r == "a")', [vacuous(14, "arguments.to")]],
    [
      "allow",
      "when",
      'arguments.to.filter(r, r != "x").all(r, r == "a")',
      [vacuous(1, 'arguments.to.filter(r, r != "x")')],
    ],
    ["allow", "when", 'facts.none.all(r, r == "a")', [vacuous(1, "facts.none")]],
    [
      "allow",
      "when",
      "arguments.cc.all(c, arguments.to.all(r, r == c))",
      [vacuous(21, "arguments.to")],
    ],
    [
      "allow",
      "when",
      'size(arguments.cc) > 0 && arguments.to.all(r, r == "a")',
      [
        "1 never_false: `size(arguments.cc) > 0` is always true for `mail`: `size(arguments.cc)` is at least 1.",
        vacuous(27, "arguments.to"),
      ],
    ],
  ])(
    "is found in a rule that lets calls through by it: %s %s %s",
    async (action, key, condition, expected) => {
      expect(await warnings(condition, action, key)).toEqual(expected);
    },
  );

  it.each([
    ["allow", "when", 'arguments.cc.all(r, r == "a")'],
    ["allow", "when", 'size(arguments.to) > 0 && arguments.to.all(r, r == "a")'],
    ["allow", "when", 'size(arguments.to) >= 1 && risk > 1 && arguments.to.all(r, r == "a")'],
    ["allow", "when", 'arguments.to != [] && arguments.to.all(r, r == "a")'],
    ["allow", "when", '!(arguments.to == []) && arguments.to.all(r, r == "a")'],
    ["allow", "when", 'size(arguments.to) != 0 && arguments.to.all(r, r == "a")'],
    ["allow", "when", 'arguments.to.exists(r, r == "b") && arguments.to.all(r, r == "a")'],
    ["allow", "when", "facts.domains.all(d, d == arguments.path)"],
    ["deny", "when", 'arguments.to.all(r, r == "a")'],
    ["deny", "when", 'size(arguments.to) == 0 || !arguments.to.all(r, r == "a")'],
    ["allow", "when", '!arguments.to.all(r, r == "a")'],
    ["allow", "when", '["a", "b"].all(r, r == arguments.path)'],
  ])(
    "is not where it is not empty, or nothing passes by it: %s %s %s",
    async (action, key, condition) => {
      expect(await warnings(condition, action, key)).toEqual([]);
    },
  );
});

const twin = (column: number, list: string): string =>
  vacuous(column, list).replace("`all` is true", "`exists` is false");

describe("`exists` that is denied, over a list that may be empty", () => {
  it.each([
    ["allow", "when", '!arguments.to.exists(r, r == "a")', 2],
    ["allow", "when", '!arguments.to.exists(r, r != "a")', 2],
    ["allow", "when", '!arguments.to.exists(r, !(r == "a"))', 2],
    ["allow", "unless", 'arguments.to.exists(r, r == "a")', 1],
    ["allow", "when", 'risk > 1 && !arguments.to.exists(r, !(r == "a"))', 14],
    ["deny", "when", 'arguments.to.exists(r, !(r == "a"))', 1],
    ["deny", "unless", '!arguments.to.exists(r, !(r == "a"))', 2],
  ])("is found: %s %s %s", async (action, key, condition, column) => {
    expect(await warnings(condition, action, key)).toEqual([twin(column, "arguments.to")]);
  });

  it.each([
    ["allow", "when", '!arguments.cc.exists(r, !(r == "a"))'],
    ["allow", "when", 'size(arguments.to) > 0 && !arguments.to.exists(r, !(r == "a"))'],
    ["allow", "when", 'arguments.to.exists(r, r == "a")'],
    ["deny", "when", 'arguments.to.exists(r, r == "a")'],
    ["review", "when", "arguments.to.exists(r, size(r) > 9)"],
    ["deny", "when", '!arguments.to.exists(r, r == "a")'],
  ])("is not where nothing passes by it: %s %s %s", async (action, key, condition) => {
    expect(await warnings(condition, action, key)).toEqual([]);
  });
});

const statement = (column: number, text: string): string =>
  `${column} starts_with_statement: Behind \`${text}\` anything can stand, another statement or command too.`;

describe("the beginning of a statement or command", () => {
  it.each([
    ["allow", "when", 'arguments.text.startsWith("SELECT ")', [statement(1, "SELECT ")]],
    ["allow", "when", 'lower(arguments.text).startsWith("select")', [statement(1, "select")]],
    ["allow", "when", 'arguments.text.startsWith("git status")', [statement(1, "git status")]],
    ["deny", "unless", 'arguments.text.startsWith("git ")', [statement(1, "git ")]],
    ["allow", "when", 'risk < 5 && arguments.text.startsWith("ls ")', [statement(13, "ls ")]],
  ])(
    "is found in a rule that lets calls through by it: %s %s %s",
    async (action, key, condition, expected) => {
      expect(await warnings(condition, action, key, "any")).toEqual(expected);
    },
  );

  it("is found by the name of an argument that a machine runs", async () => {
    const condition = 'arguments.command.startsWith("ls")';
    expect(await warnings(condition, "allow", "when", "any")).toEqual([statement(1, "ls")]);
  });

  it.each([
    ["deny", "when", 'arguments.text.startsWith("SELECT ")'],
    ["allow", "when", 'agent.id.startsWith("desk ")'],
    ["allow", "when", 'arguments.text.startsWith("draft-")'],
  ])("is left alone: %s %s %s", async (action, key, condition) => {
    expect(await warnings(condition, action, key, "any")).toEqual([]);
  });
});

const unanchored = (column: number, pattern: string, where: string, how: string): string =>
  `${column} unanchored_pattern: A text that only ${where} \`${pattern}\` passes here: the pattern ${how}.`;
const ANYWHERE = ["holds", "is searched anywhere"] as const;
const START = ["begins with", "is held at the beginning alone"] as const;
const END = ["ends with", "is held at the end alone"] as const;

describe("a pattern that lets calls through", () => {
  it.each([
    ["allow", "when", "acme", ANYWHERE],
    ["allow", "when", "^acme", START],
    ["allow", "when", "acme$", END],
    ["allow", "when", "^a|b$", ANYWHERE],
    ["allow", "when", "(?m)^a$", ANYWHERE],
    ["allow", "when", "^(?:a|b$)", START],
    ["deny", "unless", "acme", ANYWHERE],
    ["allow", "when", "(^a|b)$", END],
  ])(
    "and is not held at both ends is found: %s %s %s",
    async (action, key, pattern, [where, how]) => {
      expect(await warnings(`arguments.path.matches("${pattern}")`, action, key)).toEqual([
        unanchored(1, pattern, where, how),
      ]);
    },
  );

  it.each([
    ["allow", "when", "^acme$"],
    ["allow", "when", "^(?:a|b)$"],
    ["allow", "when", "^a$|^b$"],
    ["allow", "when", "(?i)^[a-z]+$"],
    ["deny", "when", "acme"],
    ["review", "when", "acme"],
  ])("is left alone: %s %s %s", async (action, key, pattern) => {
    expect(await warnings(`arguments.path.matches("${pattern}")`, action, key)).toEqual([]);
  });

  it("gets the pattern that is meant as a hint", async () => {
    const text = `${HEAD}  - { name: r, action: allow, tool: any, when: 'agent.id.matches("^a|b")' }\n`;
    const found = (await findingsOf(text)).find(({ code }) => code === "unanchored_pattern");
    expect(found?.hint).toBe("Hold it at both ends: `^(?:a|b)$`.");
  });
});

const negated = (column: number, value: string): string =>
  `${column} negated_dynamic: Nothing says what \`${value}\` can be, and every value but the ones that are named here passes, of any kind and in any spelling.`;

describe("what an allow rule says a value is not", () => {
  it.each([
    ['arguments.kind != "secret"', [negated(1, "arguments.kind")]],
    ['!(arguments.kind == "secret")', [negated(3, "arguments.kind")]],
    ['!(arguments.kind in ["a", "b"])', [negated(3, "arguments.kind")]],
    ["!(arguments.host in facts.domains)", [negated(3, "arguments.host")]],
    ['!arguments.file.endsWith(".pem")', [negated(2, "arguments.file")]],
    ['agent.function != "intern"', [negated(1, "agent.function")]],
  ])("is found where nothing is known of it: %s", async (condition, expected) => {
    expect(await warnings(condition, "allow", "when", "any")).toEqual(expected);
  });

  it.each([
    ["allow", "mail", 'arguments.path != "x"'],
    ["allow", "any", 'agent.id != "x"'],
    ["allow", "any", 'agent.role != "x"'],
    ["allow", "any", 'arguments.kind == "public"'],
    ["allow", "any", "!has(arguments.kind)"],
    ["deny", "any", 'arguments.kind != "public"'],
    ["deny", "any", 'arguments.kind == "secret"'],
  ])("is not: %s %s %s", async (action, tool, condition) => {
    expect(await warnings(condition, action, "when", tool)).toEqual([]);
  });
});

it("a declared claim is known, whatever it is not", async () => {
  const rule = "  - { name: r, action: allow, tool: any, when: 'agent.team != \"x\"' }\n";
  const shapes =
    "shapes: { agent: { properties: { team: { type: string } }, required: [team] } }\n";
  const codes = async (text: string): Promise<readonly string[]> =>
    (await findingsOf(text)).map(({ code }) => code).filter((code) => code === "negated_dynamic");
  expect(await codes(HEAD.replace("rules:\n", `${shapes}rules:\n`) + rule)).toEqual([]);
  expect(await codes(HEAD + rule)).toEqual(["negated_dynamic"]);
});

describe("`!=` on a field that may be missing", () => {
  it("is an error without `has`", async () => {
    const text = `${HEAD.replace("required: [to, cc, path]", "required: [to, cc]")}  - { name: r, action: allow, tool: mail, when: 'arguments.path != "x"' }\n`;
    await expect(findingsOf(text)).rejects.toThrow(
      "18:50 `arguments.path` may be missing, and reading a field that is missing is an error.",
    );
  });
});
