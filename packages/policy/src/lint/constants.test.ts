import { describe, expect, it } from "vitest";
import { warningsOf } from "../../test/warnings.ts";

const HEAD = `interlatch: 1
id: x
agents: { all: { when: "true", tools: "*" } }
tools:
  pay:
    operation: write
    data: internal
    resources: none
    arguments:
      type: object
      properties:
        size: { type: integer, minimum: 1, maximum: 5000 }
        share: { type: number, exclusiveMinimum: 0, maximum: 1 }
        kind: { enum: [a, b] }
        names: { type: array, items: { type: string }, minItems: 1, maxItems: 3 }
        note: { type: string }
      required: [size, share, kind, names]
  big:
    operation: write
    resources: none
    arguments:
      type: object
      properties: { size: { type: integer, maximum: 10000 } }
      required: [size]
  any: { operation: write, data: public, resources: none }
facts: { flags: [x], limit: 5 }
rules:
  - { name: all, tools: "*", action: allow }
`;
const LINE = 31;

/** The warnings of one condition of a deny rule, columns counted in the condition. */
async function warnings(condition: string, tools = "[pay]"): Promise<readonly string[]> {
  const before = "    when: '";
  const text = `${HEAD}  - name: r\n    tools: ${tools}\n${before}${condition.replaceAll("'", "''")}'\n    action: deny\n`;
  const skipped = /unused_fact|identity_argument|data_unknown|deny_list/;
  return (await warningsOf(text))
    .filter((line) => !skipped.test(line))
    .map((line) => {
      const [, at, column, rest] = /^(\d+):(\d+) (.*)$/.exec(line) ?? [];
      expect(Number(at), line).toBe(LINE);
      return `${Number(column) - before.length} ${rest}`;
    });
}

describe("a condition that comes to the same for every call", () => {
  it.each([
    // nothing of the call is read
    ["1 < 2", ["1 constant_condition: `1 < 2` is true for every call."]],
    ["risk > 1 && false", ["13 constant_condition: `false` is false for every call."]],
    ["risk > 1 || 1 == 2", ["13 constant_condition: `1 == 2` is false for every call."]],
    [
      '"evil.test".startsWith("evil")',
      ['1 constant_condition: `"evil.test".startsWith("evil")` is true for every call.'],
    ],
    [
      'host("no url at all") == "a"',
      ['1 constant_condition: `host("no url at all") == "a"` is an error for every call.'],
    ],
    [
      "'ab'.matches('b')",
      ["1 constant_condition: `'ab'.matches('b')` is the same for every call."],
    ],
    ["arguments.names.all(n, 1 == 1)", ["24 constant_condition: `1 == 1` is true for every call."]],
    // bounds of the schema
    [
      "arguments.size > 9000",
      [
        "1 never_true: `arguments.size > 9000` is always false for `pay`: `arguments.size` is at least 1 and at most 5000.",
      ],
    ],
    [
      "arguments.size < 1",
      [
        "1 never_true: `arguments.size < 1` is always false for `pay`: `arguments.size` is at least 1 and at most 5000.",
      ],
    ],
    [
      "arguments.size >= 1",
      [
        "1 never_false: `arguments.size >= 1` is always true for `pay`: `arguments.size` is at least 1 and at most 5000.",
      ],
    ],
    [
      "6000 < arguments.size",
      [
        "1 never_true: `6000 < arguments.size` is always false for `pay`: `arguments.size` is at least 1 and at most 5000.",
      ],
    ],
    [
      "arguments.share <= 0",
      [
        "1 never_true: `arguments.share <= 0` is always false for `pay`: `arguments.share` is more than 0 and at most 1.",
      ],
    ],
    [
      "size(arguments.names) == 0",
      [
        "1 never_true: `size(arguments.names) == 0` is always false for `pay`: `size(arguments.names)` is at least 1 and at most 3.",
      ],
    ],
    ["has(arguments.size)", ["1 never_false: `has(arguments.size)` is always true for `pay`."]],
    [
      "arguments.kind in ['a', 'b']",
      [
        "1 never_false: `arguments.kind in ['a', 'b']` is always true for `pay`: `arguments.kind` is \"a\" or \"b\".",
      ],
    ],
    [
      'request.time.getHours("Europe/Berlin") > 24',
      [
        '1 never_true: `request.time.getHours("Europe/Berlin") > 24` is never true: `request.time.getHours("Europe/Berlin")` is at least 0 and at most 23.',
      ],
    ],
    [
      "risk > 100",
      ["1 never_true: `risk > 100` is always false: `risk` is at least 0 and at most 100."],
    ],
    // parts that exclude each other
    [
      "arguments.size == 1 && arguments.size == 2",
      [
        "24 never_true: `arguments.size == 2` cannot be true where `arguments.size == 1` is, so the condition is never true.",
      ],
    ],
    [
      "arguments.size > 5 && risk > 3 && arguments.size < 6",
      [
        "35 never_true: `arguments.size < 6` cannot be true where `arguments.size > 5` is, so the condition is never true.",
      ],
    ],
    [
      "agent.function != 'x' || agent.function != 'y'",
      [
        "28 never_false: `agent.function != 'y'` cannot be false where `agent.function != 'x'` is, so the condition is never false.",
      ],
    ],
    [
      'agent.role == "a" && !(agent.role == "a")',
      [
        '24 never_true: `agent.role == "a"` cannot be true where `agent.role == "a"` is, so the condition is never true.',
      ],
    ],
    [
      "arguments.kind != 'a' && arguments.kind != 'b'",
      [
        "28 never_true: `arguments.kind != 'b'` cannot be true where `arguments.kind != 'a'` is, so the condition is never true.",
      ],
    ],
    [
      "arguments.names.exists(n, n == 'x' && n == 'y')",
      [
        "41 never_true: `n == 'y'` cannot be true where `n == 'x'` is, so the condition is never true.",
      ],
    ],
  ])("is found: %s", async (condition, expected) => {
    expect(await warnings(condition)).toEqual(expected);
  });

  it.each([
    // nothing is claimed that some call contradicts
    "arguments.size > 4999",
    "arguments.size == 1 || arguments.size == 2",
    "arguments.size > 5 && arguments.size < 7",
    'agent.role == "a" && agent.role == "b"',
    "has(arguments.note) && arguments.note == 'x'",
    "arguments.names.all(n, n == 'x') && arguments.names.exists(n, n != 'y')",
    "facts.limit > 5",
    'data_type == "internal"',
    "arguments.share < 0.001",
    "arguments.kind == 'a' || arguments.kind == 'b' && risk > 3",
    "arguments.names[0] == 'x' && arguments.names[1] == 'y'",
    "tool == 'pay'",
    "agent.function == 'x' && user.function == 'y'",
  ])("is not: %s", async (condition) => {
    expect(await warnings(condition)).toEqual([]);
  });

  it("is judged for all tools of the rule", async () => {
    expect(await warnings("arguments.size > 9000", "[pay, big]")).toEqual([]);
    expect(await warnings("arguments.size > 20000", "[pay, big]")).toEqual([
      "1 never_true: `arguments.size > 20000` is always false for `pay` and `big`.",
    ]);
    expect(await warnings("arguments.size > 9000", "[pay, any]")).toEqual([]);
  });

  it("is found in what a tool is like, where no tool of the rule is", async () => {
    expect(await warnings('operation == "delete"', "[pay, big]")).toEqual([
      '1 never_true: `operation == "delete"` is always false for `pay` and `big`.',
    ]);
    expect(await warnings('data_type == "secret"', "[pay]")).toEqual([
      '1 never_true: `data_type == "secret"` is always false for `pay`: `data_type` is "internal".',
    ]);
    // Another tool may come.
    expect(await warnings('operation == "delete"', '"*"')).toEqual([]);
  });

  it("is an error on every call of an undescribed tool", async () => {
    expect(await warnings("arguments", "[any]")).toEqual([
      "1 always_error: `arguments` is never true or false for `any`, so it is an error on every call.",
    ]);
    expect(await warnings("risk > 3 && arguments == arguments.a.b || arguments", "[any]")).toEqual([
      "43 always_error: `arguments` is never true or false for `any`, so it is an error on every call.",
    ]);
  });

  it("is found in the list of a rule at the place of the part that excludes another", async () => {
    const rule =
      '  - name: r\n    tool: any\n    when:\n      - arguments.a == 1\n      - risk > 2\n      - "2 == arguments.a"\n    action: deny\n';
    const lines = await warningsOf(`${HEAD}${rule}`);
    expect(lines.filter((line) => line.includes("never_"))).toEqual([
      "34:10 never_true: `2 == arguments.a` cannot be true where `arguments.a == 1` is, so the condition is never true.",
    ]);
  });

  it("is found in a profile, but for the one that is for everybody", async () => {
    const text = `interlatch: 1
id: x
agents:
  all: { when: "true", tools: "*" }
  none: { when: agent.id == "a" && agent.id == "b", tools: t }
tools: { t: { operation: read, resources: none, default: allow } }
`;
    expect(await warningsOf(text)).toEqual([
      '5:36 never_true: `agent.id == "b"` cannot be true where `agent.id == "a"` is, so the condition is never true.',
    ]);
  });

  it("is told once of a named condition that several rules use", async () => {
    const text = `${HEAD.replace("rules:", "define: { both: arguments.a == 1 && arguments.a == 2 }\nrules:")}  - { name: r, tool: any, when: both, action: deny }\n  - { name: s, tool: any, when: both || risk > 5, action: review }\n`;
    const lines = (await warningsOf(text)).filter((line) => line.includes("never_"));
    expect(lines).toEqual([
      "27:37 never_true: `arguments.a == 2` cannot be true where `arguments.a == 1` is, so the condition is never true.",
    ]);
  });
});
