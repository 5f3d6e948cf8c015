import { describe, expect, it } from "vitest";
import { compilePolicy } from "./compile.ts";

const HEAD = `interlatch: 1
id: x
tools:
  pay:
    operation: spend
    data: internal
    arguments:
      type: object
      properties:
        amount: { type: number }
        note: { type: string }
        currency: { enum: [EUR, USD] }
        to: { type: array, items: { type: string } }
        box: { type: object, properties: { a: { type: string } } }
        level: { type: [integer, "null"] }
      required: [amount, currency, to, level]
  any: { operation: read }
facts: { partners: [a.test], limits: { EUR: 5 } }
define: { big: arguments.amount > 100 }
rules:
`;
const LINE = 23;

/** The errors of one condition of a rule for `pay`, columns counted in the condition. */
async function errorsOf(condition: string, tool = "pay"): Promise<readonly string[]> {
  const before = "    when: '";
  const rule = `  - name: r\n    tool: ${tool}\n${before}${condition.replaceAll("'", "''")}'\n    action: deny\n`;
  const result = await compilePolicy({ files: [{ path: "p.yaml", text: HEAD + rule }] });
  if (result.ok) return [];
  return result.errors.map((error) => {
    expect(error.line, error.message).toBe(LINE);
    return `${error.column - before.length} ${error.code}: ${error.message}`;
  });
}

async function hintOf(condition: string): Promise<string | undefined> {
  const text = `${HEAD}  - { name: r, tool: pay, action: deny, when: '${condition}' }\n`;
  const result = await compilePolicy({ files: [{ path: "p.yaml", text }] });
  return result.ok ? undefined : result.errors[0]?.hint;
}

describe("a condition that is refused", () => {
  it.each([
    // syntax
    [
      "arguments.amount = 5",
      ["18 condition_syntax: Not a condition: found `=` where it makes no sense."],
    ],
    [
      "arguments.amount === 5",
      ["18 condition_syntax: Not a condition: found `===` where it makes no sense."],
    ],
    [
      "arguments.amount > 5 and big",
      ["22 condition_syntax: Not a condition: found `and` where it makes no sense."],
    ],
    [
      "(arguments.amount > 5",
      ["22 condition_syntax: Not a condition: found the end where `)` was expected."],
    ],
    [
      "arguments.amount > ",
      ["20 condition_syntax: Not a condition: found the end where a value was expected."],
    ],
    ['arguments.note == "x', ["19 condition_syntax: Not a condition: unterminated string."]],
    ["", ["1 condition_syntax: The expression is empty."]],
    [
      "arguments.?note == 1",
      ["11 condition_syntax: Not a condition: found `?` where a name was expected."],
    ],
    ["for == 1", ["1 condition_syntax: Not a condition: `for` is a reserved word."]],
    // literals
    [
      "arguments.amount > 5u",
      [
        "20 unsupported_literal: An unsigned literal is not part of the language: it has JSON values only.",
      ],
    ],
    [
      'arguments.currency == b"x"',
      [
        "23 unsupported_literal: A bytes literal is not part of the language: it has JSON values only.",
      ],
    ],
    [
      "arguments.amount > 9007199254740993",
      [
        "20 unsupported_literal: The number 9007199254740993 cannot be held exactly: numbers are doubles, whole ones at most 2^53 - 1.",
      ],
    ],
    // names
    ["nosuch == 1", ["1 unknown_name: There is no `nosuch` in the language or under `define`."]],
    [
      "constructor == 1",
      ["1 unknown_name: There is no `constructor` in the language or under `define`."],
    ],
    ["arguments.amuont > 5", ["1 unknown_field: The tool `pay` has no argument `amuont`."]],
    ['arguments["amuont"] > 5', ["1 unknown_field: The tool `pay` has no argument `amuont`."]],
    ["has(arguments.amuont)", ["1 unknown_field: The tool `pay` has no argument `amuont`."]],
    [
      "arguments.constructor == 1",
      ["1 unknown_field: The tool `pay` has no argument `constructor`."],
    ],
    ["arguments.__proto__ == 1", ["1 unknown_field: The tool `pay` has no argument `__proto__`."]],
    [
      "has(arguments.box) && has(arguments.box.b)",
      ["23 unknown_field: `arguments.box` of the tool `pay` has no field `b`."],
    ],
    ["facts.partner == 1", ["1 unknown_field: There is no fact `partner` under `facts`."]],
    ["facts.limits.USD == 1", ["1 unknown_field: `facts.limits` has no field `USD`."]],
    ["request.tme > request.time", ["1 unknown_field: `request` has no field `tme`."]],
    // functions
    ["now() > request.time", ["1 unknown_function: There is no function `now`."]],
    ["cel.bind(x, 1, x > 0)", ["1 unknown_function: There is no function `bind`."]],
    ["arguments.to.al(x, x == y)", ["1 unknown_function: There is no function `al`."]],
    [
      "int(arguments.amount) > 5",
      [
        "1 unknown_function: The function `int` of CEL is left out of this language: all numbers are doubles.",
      ],
    ],
    ['startsWith(arguments.currency, "E")', ["1 bad_call: `startsWith` is a method."]],
    ['arguments.currency.lower() == "eur"', ["1 bad_call: `lower` is a function."]],
    ['host(arguments.currency, "a") == "b"', ["1 bad_call: `host` takes one argument; found 2."]],
    ["glob(arguments.currency)", ["1 bad_call: `glob` takes 2 arguments; found 1."]],
    ["size() > 1", ["1 bad_call: `size` takes one argument; found 0."]],
    ["has(arguments)", ["1 bad_call: `has` takes one field: `has(arguments.note)`."]],
    [
      "arguments.to.all(x)",
      ["1 bad_call: `all` takes a name and a condition: `list.all(x, x == ...)`."],
    ],
    [
      'arguments.to.all(tool, tool == "x")',
      ["18 bad_name: `tool` already is a variable; a second meaning would be misread."],
    ],
    [
      "arguments.to.all(big, true)",
      [
        "18 bad_name: `big` already is a condition under `define`; a second meaning would be misread.",
      ],
    ],
    [
      "arguments.to.all(x, [1].all(x, x > 0))",
      ["29 bad_name: `x` already is bound here; a second meaning would be misread."],
    ],
    // patterns
    [
      "arguments.currency.matches(arguments.currency)",
      [
        "28 pattern_not_literal: A pattern must be a literal text: one that comes from elsewhere could not be checked at build.",
      ],
    ],
    [
      'arguments.currency.matches("x" + "y")',
      [
        "28 pattern_not_literal: A pattern must be a literal text: one that comes from elsewhere could not be checked at build.",
      ],
    ],
    [
      `arguments.currency.matches("${"a".repeat(513)}")`,
      ["28 pattern_refused: The pattern is longer than 512 characters."],
    ],
    // roles
    [
      'agent.role in ["x"]',
      [
        '1 role_use: `agent.role` can only be compared with a text: `agent.role == "x"` or `agent.role != "x"`.',
      ],
    ],
    [
      "agent.role == arguments.currency",
      [
        '1 role_use: `agent.role` can only be compared with a text: `agent.role == "x"` or `agent.role != "x"`.',
      ],
    ],
    [
      "has(agent.role)",
      [
        '5 role_use: `agent.role` can only be compared with a text: `agent.role == "x"` or `agent.role != "x"`.',
      ],
    ],
    // times
    ["request.time.getHours() < 6", ["1 bad_zone: `getHours` takes one time zone."]],
    [
      'request.time.getHours("Mars/Olympus") < 6',
      ["23 bad_zone: `Mars/Olympus` is no time zone of the IANA database."],
    ],
    [
      'request.time.getHours("+01:00") < 6',
      ["23 bad_zone: `+01:00` is no time zone of the IANA database."],
    ],
    [
      "request.time.getHours(arguments.currency) < 6",
      ["23 bad_zone: A time zone must be a literal text."],
    ],
    [
      'request.time > timestamp("2026-02-30T00:00:00Z")',
      ["26 bad_time: `2026-02-30T00:00:00Z` is no instant."],
    ],
    ['request.time > timestamp("2026-02-03")', ["26 bad_time: `2026-02-03` is no instant."]],
    [
      'request.time - request.time > duration("5 minutes")',
      ["40 bad_time: `5 minutes` is no duration."],
    ],
    [
      'request.time > timestamp("2026-11-22T10:00:00.0001Z")',
      ["26 bad_time: `2026-11-22T10:00:00.0001Z` is no instant."],
    ],
    ['duration("1.s") > duration("0s")', ["10 bad_time: `1.s` is no duration."]],
    // other literals with a form of their own
    [
      'ipIn(arguments.currency, "10.0.0.0/33")',
      ["26 bad_literal: `10.0.0.0/33` is no range of addresses."],
    ],
    [
      'inDomain(arguments.currency, "*.acme.test")',
      ["30 bad_literal: `*.acme.test` is no domain."],
    ],
    [
      'under(arguments.currency, "data")',
      ["27 bad_literal: `data` is no absolute path without a star."],
    ],
    [
      'under(arguments.currency, "/etc/*")',
      ["27 bad_literal: `/etc/*` is no absolute path without a star."],
    ],
    [
      `glob(arguments.currency, "${"a".repeat(513)}")`,
      [`26 bad_literal: \`${"a".repeat(57)}...\` is no glob of at most 512 characters.`],
    ],
    // types
    [
      "arguments.amount + 5",
      ["1 not_boolean: `arguments.amount + 5` gives a number; a condition gives true or false."],
    ],
    [
      "arguments.amount",
      ["1 not_boolean: `arguments.amount` gives a number; a condition gives true or false."],
    ],
    ["arguments.to > 5", ["1 wrong_type: `>` cannot compare a list with a number."]],
    ['arguments.amount == "5"', ["1 wrong_type: `==` cannot compare a number with a text."]],
    ["arguments.amount == null", ["1 wrong_type: `==` cannot compare a number with null."]],
    [
      "arguments.to.exists(x, x == 5)",
      ["24 wrong_type: `==` cannot compare a text with a number."],
    ],
    [
      "arguments.to.exists(x, x.name == 5)",
      ["24 wrong_type: `x` is a text and has no fields; `.name` reads one."],
    ],
    ["arguments.amount.all(x, x == 1)", ["1 wrong_type: `all` needs a list; found a number."]],
    [
      "arguments.to.all(x, x + x)",
      ["21 wrong_type: `all` needs true or false; `x + x` gives a text."],
    ],
    [
      "arguments.amount in arguments.to",
      ["1 wrong_type: `in` looks for a number, but every item of the list is a text."],
    ],
    [
      '"a" in arguments.amount',
      ["8 wrong_type: `in` needs a list or an object on its right; found a number."],
    ],
    ['arguments.amount + "a" == "b"', ["1 wrong_type: `+` cannot take a number and a text."]],
    [
      "!arguments.amount",
      ["2 wrong_type: `!` needs true or false; `arguments.amount` gives a number."],
    ],
    [
      "(big || arguments.amount) == true",
      ["9 wrong_type: `||` needs true or false; `arguments.amount` gives a number."],
    ],
    [
      "arguments.amount ? true : false",
      ["1 wrong_type: `?` needs true or false; `arguments.amount` gives a number."],
    ],
    ["-arguments.to > 1", ["2 wrong_type: `-` needs a number; found a list."]],
    [
      "size(arguments.amount) > 1",
      ["6 wrong_type: `size` needs a text or a list or an object; `arguments.amount` is a number."],
    ],
    [
      'arguments.to.contains("a")',
      ["1 wrong_type: `contains` needs a text; `arguments.to` is a list."],
    ],
    ['arguments.to["a"] == "b"', ["14 wrong_type: A list is read by a number; found a text."]],
    [
      "arguments.amount[0] == 1",
      ["1 wrong_type: Only lists and objects have items; `arguments.amount` is a number."],
    ],
    [
      'request.time > "2026-11-22T10:00:00Z"',
      ["1 wrong_type: `>` cannot compare a timestamp with a text."],
    ],
    [
      "{1: 2}.a == 1",
      [
        "2 wrong_type: The keys of a map are texts; found a number.",
        "1 unknown_field: `the map` has no field `a`.",
      ].reverse(),
    ],
    // values
    [
      'data_type == "sensitve"',
      [
        "14 never_equal: `data_type` is never `sensitve`: it is `public`, `internal`, `sensitive` or `secret`.",
      ],
    ],
    [
      '"raed" != operation',
      [
        "1 never_equal: `operation` is never `raed`: it is `read`, `write`, `delete`, `execute`, `spend` or `egress`.",
      ],
    ],
    ['tool in ["pay", "payy"]', ["17 never_equal: `tool` is never `payy`: it is `pay` or `any`."]],
    [
      'arguments.currency == "GBP"',
      ["23 never_equal: `arguments.currency` is never `GBP`: it is `EUR` or `USD`."],
    ],
    // what may be missing
    [
      'arguments.note == "x"',
      [
        "1 optional_without_has: `arguments.note` may be missing, and reading a field that is missing is an error.",
      ],
    ],
    [
      'arguments.note != "x"',
      [
        "1 optional_without_has: `arguments.note` may be missing, and reading a field that is missing is an error.",
      ],
    ],
    [
      'arguments.note == "x" && has(arguments.note)',
      [
        "1 optional_without_has: `arguments.note` may be missing, and reading a field that is missing is an error.",
      ],
    ],
    [
      'has(arguments.note) || arguments.note == "x"',
      [
        "24 optional_without_has: `arguments.note` may be missing, and reading a field that is missing is an error.",
      ],
    ],
    [
      "has(arguments.box.a)",
      [
        "5 optional_without_has: `arguments.box` may be missing, and reading a field that is missing is an error.",
      ],
    ],
    [
      'has(arguments.box) && arguments.box.a == "x"',
      [
        "23 optional_without_has: `arguments.box.a` may be missing, and reading a field that is missing is an error.",
      ],
    ],
    // not yet
    [
      "tainted",
      [
        "1 not_supported_yet: `tainted` is part of the language, but this engine does not run it yet.",
      ],
    ],
    [
      'labels.exists(l, l == "x")',
      [
        "1 not_supported_yet: `labels` is part of the language, but this engine does not run it yet.",
      ],
    ],
    [
      "arguments.to.all(r, fromUser(r))",
      [
        "21 not_supported_yet: `fromUser` is part of the language, but this engine does not run it yet.",
      ],
    ],
    [
      'results("t").exists(o, o.x == user.id)',
      [
        "1 not_supported_yet: `results` is part of the language, but this engine does not run it yet.",
      ],
    ],
    [
      'called("t") && count("t", "10m") > nosuch',
      [
        "1 not_supported_yet: `called` is part of the language, but this engine does not run it yet.",
        "16 not_supported_yet: `count` is part of the language, but this engine does not run it yet.",
        "36 unknown_name: There is no `nosuch` in the language or under `define`.",
      ],
    ],
  ])("%s", async (condition, expected) => {
    expect(await errorsOf(condition)).toEqual(expected);
  });

  it.each([
    ["arguments.amuont > 5", "Did you mean `amount`?"],
    [
      "now() > request.time",
      "There is no clock (but `request.time`), no randomness and no I/O: a decision replays from its record.",
    ],
    ['arguments.currency.lower() == "eur"', "Write `lower(...)`."],
    ["arguments.amount === 5", "Compare with `==`."],
    ["arguments.amount > 5 or big", "Write `||`."],
    ["arguments.amount > 5 & big", "Write `&&`."],
    [
      'arguments.note != "x"',
      "Ask first: `has(arguments.note) && ...`, or `!has(arguments.note) || ...`, with `has` on the left.",
    ],
    ['data_type == "sensitve"', "Did you mean `sensitive`?"],
    [
      'arguments.currency.matches("(?=a)b")',
      "RE2 has no look-around; ask twice instead: `x.matches(...) && !x.matches(...)`.",
    ],
    ['arguments.currency.matches("(a)\\\\1")', "RE2 has no back-references."],
  ])("says what to do about %s", async (condition, hint) => {
    expect(await hintOf(condition)).toBe(hint);
  });

  it.each([
    [
      "2,001 nodes in one list",
      `1 in [${Array(1_999).fill("1").join(", ")}]`,
      "condition_too_large",
    ],
    ["65 levels", `${"!".repeat(64)}true`, "condition_too_large"],
    ["a hundred thousand signs in a row", `${"!".repeat(100_000)}true`, "condition_too_large"],
    ["a hundred thousand brackets", "[".repeat(100_000), "condition_too_large"],
    [
      "an arithmetic chain of a thousand",
      `${Array(1_000).fill("1").join(" + ")} > 1`,
      "condition_too_large",
    ],
  ])("for its size: %s", async (_what, condition, code) => {
    const errors = await errorsOf(condition, "any");
    expect(errors.map((error) => error.replace(/^\d+ (\w+):.*/, "$1"))).toEqual([code]);
  });
});

describe("a condition that is accepted", () => {
  it.each([
    'has(arguments.note) && arguments.note == "x"',
    '!has(arguments.note) || arguments.note == "x"',
    '!(!has(arguments.note) || arguments.note != "x")',
    'has(arguments.note) ? arguments.note == "x" : true',
    '!has(arguments.note) ? true : arguments.note == "x"',
    '"note" in arguments && arguments.note == "x"',
    'has(arguments.box) && has(arguments.box.a) && arguments.box.a == "x"',
    "has(arguments.note) && arguments.to.all(r, r == arguments.note)",
    '(has(arguments.note) && big || has(arguments.note)) && arguments.note != "x"',
    "arguments.level == null || arguments.level > 5",
    'agent.function != "x" && agent.team.lead == 5 && agent["team"] != null',
    'has(user.dept) && user.dept == "x" && context.anything.at.all > 1',
    'agent.role == "x" || "y" == agent.role || agent.role != "z"',
    '"x" in agent.roles && agent.id == user.id && tenant == session',
    "facts.limits[arguments.currency] > 3 && facts.limits.EUR > 1",
    "arguments.to.exists(r, facts.partners.exists(d, inDomain(host(r), d)))",
    'request.time.getHours("Europe/Berlin") >= 6 && request.time.getDayOfWeek("UTC") != 0',
    'request.time - timestamp("2026-11-22T10:00:00+01:00") > duration("1h30m") + duration("-1.5s")',
    'arguments.currency.matches("(?i)^[a-z]{3}$") && matches(arguments.currency, "E")',
    'ipIn(arguments.currency, "::1/128") || under("/a", "/data") || glob("a", "*.csv") || inDomain("a.b", "acme.test")',
    "timestamp(arguments.currency) < request.time && inDomain(arguments.currency, arguments.currency)",
    "size(arguments.to) > 1 && arguments.to.size() < 5 && size(arguments.currency) == 3",
    'arguments.to.map(r, lower(r)).filter(r, r != "").exists_one(r, r in ["a"]) && [1, 2].map(n, n > 1, n + 1) == [3]',
    'data_type in ["sensitive", "secret"] && operation == "spend" && tool != "any"',
    "risk >= 50 && -5 < arguments.amount && arguments.amount % 2 == 0",
    '{"a": [1]}.a[0] == 1 && {"k": arguments.amount}["k"] > 1',
    "big && !(big || big)",
    "true",
  ])("%s", async (condition) => {
    expect(await errorsOf(condition)).toEqual([]);
  });

  it("may chain two thousand operands", async () => {
    expect(await errorsOf(Array(900).fill("big").join(" && "), "any")).toHaveLength(1);
    expect(await errorsOf(`${Array(1_998).fill("true").join(" && ")}`, "any")).toEqual([]);
  });

  it("may read anything of undescribed arguments", async () => {
    expect(await errorsOf('arguments.a.b["c"][0] != "x" && arguments.size > 1', "any")).toEqual([]);
  });
});

describe("a rule for several tools", () => {
  it("is checked against each of them", async () => {
    const text = `interlatch: 1
id: x
tools:
  a: { operation: read, arguments: { type: object, properties: { n: { type: number } }, required: [n] } }
  b: { operation: read, arguments: { type: object, properties: { n: { type: string } }, required: [n] } }
  c: { operation: read, arguments: { type: object, properties: { m: { type: number } } } }
  d: { operation: read }
rules:
  - { name: r, tools: [a, b, c, d], when: arguments.n > 1, action: deny }
`;
    const result = await compilePolicy({ files: [{ path: "p.yaml", text }] });
    expect(result.ok ? [] : result.errors.map((error) => error.message)).toEqual([
      "`>` cannot compare a text with a number.",
      "The tool `c` has no argument `n`.",
    ]);
  });

  it("finds errors in a shared definition once, where it stands", async () => {
    const text = `interlatch: 1
id: x
tools:
  a: { operation: read, arguments: { type: object, properties: { n: { type: number } }, required: [n] } }
  b: { operation: read, arguments: { type: object, properties: {} } }
define:
  large: arguments.n > nosuch
  small: arguments.n < 1
rules:
  - { name: r, tools: [a, b], when: large, action: deny }
  - { name: s, tools: [b], when: small || large, action: deny }
`;
    const result = await compilePolicy({ files: [{ path: "p.yaml", text }] });
    expect(result.ok ? [] : result.errors.map((error) => `${error.line} ${error.code}`)).toEqual([
      "7 unknown_field",
      "7 unknown_name",
      "8 unknown_field",
    ]);
  });
});
