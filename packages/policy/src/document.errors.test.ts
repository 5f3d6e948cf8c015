import { describe, expect, it } from "vitest";
import { compilePolicy } from "./compile.ts";

async function errorsOf(...texts: readonly string[]): Promise<readonly string[]> {
  const files = texts.map((text, index) => ({ path: `p${index + 1}.yaml`, text }));
  const result = await compilePolicy({ files });
  if (result.ok) return [];
  return result.errors.map(({ file, line, column, code, message, hint }) => {
    const place = texts.length === 1 ? `${line}:${column}` : `${file}:${line}:${column}`;
    return `${place} ${code}: ${message}${hint === undefined ? "" : ` | ${hint}`}`;
  });
}

const HEAD = "interlatch: 1\nid: x\ntools: { t: { operation: read } }\n";
const rule = (text: string): string =>
  `${HEAD}rules:\n  - { name: r, tool: t, action: deny, ${text} }\n`;
const tool = (text: string): string => `interlatch: 1\nid: x\ntools:\n  t: { ${text} }\n`;

describe("a document that is refused", () => {
  it.each([
    ["nothing", "", ["1:1 wrong_shape: The file is empty; expected a map."]],
    ["a list", "- a\n", ["1:1 wrong_shape: The file is a list; expected a map."]],
    [
      "no id",
      "interlatch: 1\n",
      ["1:1 missing_key: The policy has no `id`. | Name it: `id: acme-support`."],
    ],
    ["no version", "id: x\n", ["1:1 missing_key: The policy has no `interlatch`; expected `1`."]],
    [
      "another version",
      "interlatch: 2\nid: x\n",
      ["1:13 bad_value: `interlatch` is `2`; expected `1`."],
    ],
    [
      "a version as text",
      "interlatch: '1'\nid: x\n",
      ["1:13 bad_value: `interlatch` is the text `1`; expected `1`."],
    ],
    [
      "an id with a blank",
      "interlatch: 1\nid: a b\n",
      [
        "2:5 bad_name: `a b` is no id: 1 to 128 of A-Z, a-z, 0-9, `.`, `_`, `-`, a letter or digit first.",
      ],
    ],
    [
      "an id that is a number",
      "interlatch: 1\nid: 5\n",
      ["2:5 wrong_shape: `id` is `5`; expected a text."],
    ],
    [
      "an unknown key",
      "interlatch: 1\nid: x\nrulez: []\n",
      ["3:1 unknown_key: `rulez` is not a key of the policy. | Did you mean `rules`?"],
    ],
    [
      "a misspelt mode",
      "interlatch: 1\nid: x\nmode: enforced\n",
      [
        "3:7 bad_value: `mode` is `enforced`; expected `enforce` or `shadow`. | Did you mean `enforce`?",
      ],
    ],
    [
      "rules as a map",
      `${HEAD}rules: { r: {} }\n`,
      ["4:8 wrong_shape: `rules` is a map; expected a list."],
    ],
    [
      "a rule as text",
      `${HEAD}rules: [hello]\n`,
      ["4:9 wrong_shape: An item of `rules` is `hello`; expected a map."],
    ],
  ])("for its frame: %s", async (_what, text, expected) => {
    expect(await errorsOf(text)).toEqual(expected);
  });

  it.each([
    [
      "an action in the words of elsewhere",
      "  - { name: r, tool: t, effect: allow }",
      ["5:25 unknown_key: `effect` is not a key of a rule. | Did you mean `action`?"],
    ],
    [
      "no action",
      "  - { name: r, tool: t }",
      [
        "5:5 missing_key: A rule has no `action`; expected `allow`, `review`, `deny`, `auto_approve`, `approve`, `human_review` or `block`.",
      ],
    ],
    [
      "an action in capitals",
      "  - { name: r, tool: t, action: Allow }",
      [
        "5:33 bad_value: `action` is `Allow`; expected `allow`, `review`, `deny`, `auto_approve`, `approve`, `human_review` or `block`. | Did you mean `allow`?",
      ],
    ],
    ["no name", "  - { tool: t, action: deny }", ["5:5 missing_key: A rule has no `name`."]],
    [
      "a name with a blank",
      "  - { name: a b, tool: t, action: deny }",
      [
        "5:13 bad_name: `a b` is no name of a rule: 1 to 128 of A-Z, a-z, 0-9, `_`, `.`, `:`, `/`, `-`.",
      ],
    ],
    ["no tools", "  - { name: r, action: deny }", ["5:7 missing_key: The rule names no `tools`."]],
    [
      "an empty list of tools",
      "  - { name: r, tools: [], action: deny }",
      ["5:23 bad_value: `tools` is an empty list; expected a list of at least one item."],
    ],
    [
      "tool and tools",
      "  - { name: r, tool: t, tools: t, action: deny }",
      ["5:25 conflicting_keys: `tools` means the same as `tool`; only one of them may stand here."],
    ],
    [
      "a tool's name with a blank",
      "  - { name: r, tool: 'a b', action: deny }",
      [
        "5:22 bad_name: `a b` is no name of a tool: 1 to 128 of A-Z, a-z, 0-9, `_`, `.`, `:`, `/`, `-`.",
      ],
    ],
    [
      "a glob that matches nothing",
      "  - { name: r, tools: [t, 'x*'], action: deny }",
      [
        "5:27 unmatched_glob: No tool under `tools` matches `x*`. | `*` stays within one segment of a name, up to the next `/`; `**` crosses.",
      ],
    ],
    [
      "two rules of one name",
      "  - { name: r, tool: t, action: deny }\n  - { name: r, tool: t, action: allow }",
      ["6:13 duplicate_name: The rule `r` is defined a second time; the first is on line 5."],
    ],
  ])("for a rule: %s", async (_what, text, expected) => {
    expect(await errorsOf(`${HEAD}rules:\n${text}\n`)).toEqual(expected);
  });

  it.each([
    [
      "when and conditions",
      "when: 'true', conditions: ['true']",
      [
        "5:53 conflicting_keys: `conditions` means the same as `when`; only one of them may stand here.",
      ],
    ],
    [
      "an empty `when`",
      "when: []",
      ["5:45 bad_value: `when` is an empty list; expected a list of at least one item."],
    ],
    [
      "a YAML boolean",
      "when: true",
      [
        '5:45 condition_not_text: A condition is a text; found the YAML boolean `true`. | Quote it: "true"',
      ],
    ],
    [
      "a YAML number in a list",
      "when: ['true', 5]",
      [
        '5:54 condition_not_text: A condition is a text; found the YAML number `5`. | Quote it: "5"',
      ],
    ],
    [
      "no condition",
      "unless:",
      [
        "5:47 condition_not_text: A condition is a text; found nothing. | Leave the key out, or write a condition.",
      ],
    ],
    [
      "a rate in words",
      "rate_limit: lots",
      [
        "5:51 bad_rate_limit: `lots` is no rate; expected `N calls/minute`, with second, minute, hour or day.",
      ],
    ],
    [
      "a rate of none",
      "rate_limit: 0 calls/minute",
      ["5:51 bad_rate_limit: `0 calls/minute` is no rate: `0` is no whole number of at least 1."],
    ],
    [
      "a rate in a misspelt window",
      "rate_limit: 5 calls/minut",
      [
        "5:51 bad_rate_limit: `5 calls/minut` is no rate: `minut` is no window; expected `N calls/minute`, with second, minute, hour or day. | Did you mean `minute`?",
      ],
    ],
    [
      "a limit's key without a limit",
      "by: [user]",
      [
        "5:39 conflicting_keys: `by` belongs to a limit, and this rule has none. | Add `rate_limit`, or leave this out.",
      ],
    ],
    [
      "a limit by something else",
      "rate_limit: 5 calls/day, by: [tool]",
      ["5:69 bad_value: An item of `by` is `tool`; expected `agent`, `user` or `session`."],
    ],
    [
      "a batch between quotes",
      'max_batch_size: "100"',
      [
        '5:55 wrong_shape: `max_batch_size` is the text "100"; expected a number. | Write it without quotes: 100',
      ],
    ],
    [
      "a batch of none",
      "max_batch_size: 0",
      ["5:55 bad_value: `max_batch_size` is `0`; expected a number of at least 1."],
    ],
    [
      "a batch of a half",
      "max_batch_size: 1.5",
      ["5:55 wrong_shape: `max_batch_size` is `1.5`; expected a whole number."],
    ],
    [
      "a day that is none",
      "until: 2026-02-30",
      [
        "5:46 bad_date: `2026-02-30` is neither a day nor an instant. | Write a day like 2026-12-31 (to its end, UTC), or an instant like 2026-12-31T18:00:00Z.",
      ],
    ],
    [
      "an instant without a zone",
      "until: '2026-12-01T10:00:00'",
      [
        "5:46 bad_date: `2026-12-01T10:00:00` is neither a day nor an instant. | Write a day like 2026-12-31 (to its end, UTC), or an instant like 2026-12-31T18:00:00Z.",
      ],
    ],
    [
      "an empty fallback",
      "fallback: {}",
      ["5:39 missing_key: The fallback has none of `message`, `value`, `tool`, `route`, `throw`."],
    ],
    [
      "a fallback that is both",
      "fallback: { message: a, value: b }",
      ["5:63 conflicting_keys: A fallback is one thing; found `message` and `value`."],
    ],
    [
      "a message with a detail",
      "fallback: { message: 'No: {resaon}' }",
      [
        "5:66 bad_template: A message holds `{reason}`, `{tool}` or `{rule}` and nothing else; found `{resaon}`. | Did you mean `{reason}`?",
      ],
    ],
    [
      "an open brace",
      "fallback: { value: 'a {b' }",
      ["5:61 bad_template: This `{` is never closed. | Write a literal brace twice: `{{`, `}}`."],
    ],
    [
      "a closing brace",
      "fallback: { value: 'a} b' }",
      ["5:60 bad_template: A `}` closes nothing here. | Write a literal brace twice: `{{`, `}}`."],
    ],
    [
      "a time as value",
      "fallback: { value: '{request.time}' }",
      ["5:60 wrong_type: An expression must give JSON; this gives a timestamp."],
    ],
    [
      "a list inside text",
      "fallback: { value: 'a {agent.roles}' }",
      [
        "5:62 wrong_type: An expression inside text must give a text, a number, a boolean or null; this gives a list.",
      ],
    ],
  ])("for a part of a rule: %s", async (_what, text, expected) => {
    expect(await errorsOf(rule(text))).toEqual(expected);
  });

  it.each([
    [
      "a misspelt operation",
      "operation: reed",
      [
        "4:19 bad_value: `operation` is `reed`; expected `read`, `write`, `delete`, `execute`, `spend` or `egress`. | Did you mean `read`?",
      ],
    ],
    [
      "a misspelt key",
      "operation: read, resource: none",
      ["4:25 unknown_key: `resource` is not a key of the tool `t`. | Did you mean `resources`?"],
    ],
    [
      "resources in a word",
      "resources: nothing",
      ["4:19 bad_value: `resources` is `nothing`; expected `none`."],
    ],
    [
      "an unknown type",
      "arguments: { properties: { a: { type: strin } } }",
      [
        "4:46 bad_value: `type` is `strin`; expected `null`, `boolean`, `number`, `integer`, `string`, `array` or `object`. | Did you mean `string`?",
      ],
    ],
    [
      "YAML's null as type",
      "arguments: { properties: { a: { type: [string, null] } } }",
      [
        '4:55 bad_value: An item of `type` is YAML\'s null; expected `null`, `boolean`, `number`, `integer`, `string`, `array` or `object`. | Quote it: "null"',
      ],
    ],
    [
      "arguments that are no object",
      "arguments: { type: array }",
      ["4:27 bad_schema: The arguments of a tool are an object: `type: object`."],
    ],
    [
      "a required key that is not named",
      "arguments: { properties: { size: {} }, required: [siz] }",
      [
        "4:58 bad_schema: `siz` is required but is not among the `properties`, so no call could fit: objects are closed. | Did you mean `size`?",
      ],
    ],
    [
      "an impossible range",
      "arguments: { properties: { a: { minimum: 5, maximum: 1 } } }",
      ["4:61 bad_schema: `maximum` (1) is below `minimum` (5), so nothing could fit."],
    ],
    [
      "a keyword that is none",
      "arguments: { propertys: {} }",
      ["4:21 unknown_key: `propertys` is not a key of a JSON Schema. | Did you mean `properties`?"],
    ],
    [
      "a batch of an unknown argument",
      "arguments: { properties: { size: { type: number } } }, batch: { argument: siz }",
      ["4:82 unknown_field: The tool `t` has no argument `siz`. | Did you mean `size`?"],
    ],
    [
      "a batch counted by a text",
      "arguments: { properties: { size: { type: string } } }, batch: { argument: size }",
      ["4:82 wrong_type: A batch is counted by a number or a list; `size` is a text."],
    ],
  ])("for a tool: %s", async (_what, text, expected) => {
    expect(await errorsOf(tool(text))).toEqual(expected);
  });

  it("for the names of tools, profiles and definitions", async () => {
    const text = `interlatch: 1
id: x
tools: { 'a b': { operation: read }, 'a*': { operation: read }, t: { operation: read } }
agents:
  'r r': { when: 'true', tools: [t] }
  s: { tools: [t, tool_x, 'y*'] }
define: { tool: 'true', size: 'true', in: 'true', d-e: 'true', n: 5 }
`;
    expect(await errorsOf(text)).toEqual([
      "3:10 bad_name: `a b` is no name of a tool: 1 to 128 of A-Z, a-z, 0-9, `_`, `.`, `:`, `/`, `-`.",
      "3:38 bad_name: `a*` is no name of a tool: 1 to 128 of A-Z, a-z, 0-9, `_`, `.`, `:`, `/`, `-`. | A glob may stand in rules and profiles; tools are declared one by one.",
      "5:3 bad_name: `r r` is no name of an agent profile: 1 to 128 of A-Z, a-z, 0-9, `_`, `.`, `:`, `/`, `-`.",
      "6:3 missing_key: An agent profile has no `when`.",
      "6:19 unknown_tool: There is no tool `tool_x`, neither under `tools` nor in a rule.",
      "6:27 unmatched_glob: No tool under `tools` matches `y*`. | `*` stays within one segment of a name, up to the next `/`; `**` crosses.",
      "7:11 bad_name: `tool` cannot name a condition: it is a variable of the language.",
      "7:25 bad_name: `size` cannot name a condition: it is a function of the language.",
      "7:39 bad_name: `in` cannot name a condition: it is a reserved word.",
      "7:51 bad_name: `d-e` cannot name a condition: letters, digits and `_`, not a digit first, at most 64.",
      '7:67 condition_not_text: A condition is a text; found the YAML number `5`. | Quote it: "5"',
    ]);
  });

  it("for conditions that are defined by themselves", async () => {
    const text = `${HEAD}define:\n  a: b\n  b: c || d\n  c: a && true\n  d: d\n`;
    expect(await errorsOf(text)).toEqual([
      "7:6 define_cycle: The condition is defined by itself: a -> b -> c -> a.",
      "8:6 define_cycle: The condition is defined by itself: d -> d.",
    ]);
  });

  it("for definitions that grow beyond a condition's bounds together", async () => {
    const lines = Array.from(
      { length: 40 },
      (_, index) => `  d${index + 1}: d${index} && d${index}`,
    );
    const text = `${HEAD}define:\n  d0: tool == "t"\n${lines.join("\n")}\n`;
    expect((await errorsOf(text)).map((error) => error.replace(/:\d+ (\w+):.*/, " $1"))).toEqual([
      "14 condition_too_large",
      "24 condition_too_large",
      "34 condition_too_large",
      "44 condition_too_large",
    ]);
  });

  it("for a condition that YAML cuts or takes for a map", async () => {
    const text = `${HEAD}rules:\n  - name: r\n    tool: t\n    when: arguments.a == "x #y"\n    unless:\n      - arguments.a == "x: y"\n    action: deny\n`;
    expect(await errorsOf(text)).toEqual([
      "7:26 condition_syntax: YAML reads the rest of the line after ` #` as a comment. Not a condition: unterminated string. | Quote it: 'arguments.a == \"x #y\"'",
      '9:9 condition_not_text: YAML reads `arguments.a == "x: y"` as a map, so it is not the condition that was written. | Quote it: \'arguments.a == "x: y"\'',
    ]);
  });

  it("for errors in every style of scalar, at their lines", async () => {
    const text = `${HEAD}rules:
  - name: folded
    tool: t
    when: >-
      arguments.a == 1 &&
      arguments.b == nosuch
    action: allow
  - name: literal
    tool: t
    when: |
      arguments.a == 1
        && nosuch == 2
    action: allow
  - name: plain
    tool: t
    when: arguments.a == 1 &&
      nosuch == 3
    action: allow
`;
    expect((await errorsOf(text)).map((error) => error.split(" ")[0])).toEqual([
      "9:22",
      "15:12",
      "20:7",
    ]);
  });

  it("with all its errors at once", async () => {
    const text = `${HEAD}rules:
  - { name: a, tool: t, when: nosuch == 1, action: allow }
  - { name: b, tool: t, action: perhaps, until: soon }
  - { name: c, tool: t, action: deny, rate_limit: often, fallback: { message: "{x}" } }
  - { name: d, tool: t, when: tainted, action: deny, notify: [a] }
`;
    expect((await errorsOf(text)).map((error) => error.replace(/:\d+ (\w+):.*/, " $1"))).toEqual([
      "5 unknown_name",
      "6 bad_value",
      "6 bad_date",
      "7 bad_rate_limit",
      "7 bad_template",
      "8 not_supported_yet",
      "8 not_supported_yet",
    ]);
  });
});

describe("several files", () => {
  it("are one policy", async () => {
    const files = [
      {
        path: "a.yaml",
        text: "interlatch: 1\nid: x\ntools: { t: { operation: read } }\ndefine: { odd: arguments.n % 2 == 1 }\n",
      },
      {
        path: "b.yaml",
        text: "interlatch: 1\ntools: { u: { operation: read } }\nrules: [{ name: r, tools: [t, u], when: odd, action: deny }]\n",
      },
    ];
    const result = await compilePolicy({ files });
    expect(result.ok && [Object.keys(result.policy.tools), result.policy.rules[0]?.at]).toEqual([
      ["t", "u"],
      { file: "b.yaml", line: 3 },
    ]);
  });

  it("may not define one name twice, and both places are named", async () => {
    const first = `${HEAD}facts: { f: 1 }\ndefine: { d: 'true' }\nagents: { p: { when: 'true' } }\nrules: [{ name: r, tool: t, action: deny }]\nfallback: { message: a }\n`;
    expect(await errorsOf(first, first)).toEqual([
      "p2.yaml:2:1 duplicate_name: `id` is defined a second time; the first is in p1.yaml:2.",
      "p2.yaml:3:10 duplicate_name: `t` (`tools`) is defined a second time; the first is in p1.yaml:3.",
      "p2.yaml:4:10 duplicate_name: `f` (`facts`) is defined a second time; the first is in p1.yaml:4.",
      "p2.yaml:5:11 duplicate_name: `d` (`define`) is defined a second time; the first is in p1.yaml:5.",
      "p2.yaml:6:11 duplicate_name: `p` (`agents`) is defined a second time; the first is in p1.yaml:6.",
      "p2.yaml:7:17 duplicate_name: The rule `r` is defined a second time; the first is in p1.yaml:7.",
      "p2.yaml:8:1 duplicate_name: `fallback` is defined a second time; the first is in p1.yaml:8.",
    ]);
  });

  it("are refused together beyond 16 MiB", async () => {
    const files = Array.from({ length: 17 }, () => "#".repeat(1_048_576));
    expect((await errorsOf(...files)).map((error) => error.replace(/^\S+ /, ""))).toEqual([
      "yaml_limit: The files of the policy are larger than 16 MiB.",
    ]);
  });

  it("give their YAML errors alone when one of them is no YAML", async () => {
    expect(
      await errorsOf(`${HEAD}rules: [{ name: r, tool: t, action: maybe }]\n`, "a: @\n"),
    ).toEqual([
      "p2.yaml:1:4 yaml_syntax: Not YAML: Plain value cannot start with reserved character @. | Quote the text.",
    ]);
  });

  it("must be at least one", async () => {
    expect(await errorsOf()).toHaveLength(1);
  });
});

describe("what this engine does not run yet", () => {
  it.each([
    ["at the top", "risk: {}\ndetectors: []\n", "", ["risk", "detectors"]],
    [
      "in a rule",
      "",
      "pace: 1/second, budget: {}, max_calls: 1, cooldown: 1s, concurrency: 1, on_store_error: deny, requires: a, never_after: b, once_per_session: true, notify: [b], by: [arguments.a], on_exceed: deny",
      [
        "pace",
        "budget",
        "max_calls",
        "cooldown",
        "concurrency",
        "on_store_error",
        "requires",
        "never_after",
        "once_per_session",
        "notify",
        "arguments.a",
      ],
    ],
    [
      "in a review",
      "",
      "rate_limit: 1 call/day, on_exceed: review, review: { escalate: [a] }",
      ["escalate"],
    ],
    [
      "in conditions",
      "define: { known: 'fromUser(arguments.a) || facts.b' }\nfacts: { b: true, host: 2 }\n",
      "when: 'tainted && known && labels == [] && called(\"t\") && facts.host > 1'",
      ["fromUser", "tainted", "labels", "called"],
    ],
  ])("is the only error: %s", async (_where, top, inRule, names) => {
    const action = inRule === "" ? "action: deny" : `action: deny, ${inRule}`;
    const text = `${HEAD}${top}rules:\n  - { name: r, tool: t, ${action} }\n`;
    const errors = await errorsOf(text);
    expect(errors.map((error) => error.replace(/^\S+ (\w+): `([^`]*)`.*/, "$1 $2"))).toEqual(
      names.map((name) => `not_supported_yet ${name}`),
    );
  });

  it("is the only error in a tool, whatever its schema leaves open", async () => {
    const text = `interlatch: 1
id: x
tools:
  t:
    operation: read
    resources: { databases: { a: read } }
    results: { trust: trusted }
    secret: [a]
    batch: { argument: size, mode: chunk, results: join }
    arguments:
      properties: { size: { type: integer }, deep: { $ref: "#/$defs/x" } }
      required: [size, deep]
      additionalProperties: true
      $defs: { x: { anyOf: [{ type: object }, { type: string }] } }
rules:
  - { name: r, tool: t, when: arguments.size > 1 && arguments.deep == "x" && arguments.other > 3, action: deny, max_batch_size: 5 }
`;
    const errors = await errorsOf(text);
    expect(errors.map((error) => error.replace(/:\d+ (\w+): `([^`]*)`.*/, " $1 $2"))).toEqual(
      [
        ["7", "results"],
        ["8", "secret"],
        ["9", "mode: chunk"],
        ["9", "results"],
      ].map(([line, name]) => `${line} not_supported_yet ${name}`),
    );
  });
});
