import { describe, expect, it } from "vitest";
import { compilePolicy } from "./compile.ts";

const HEAD = `interlatch: 1
id: desk
facts: { partner_domains: [partner.test] }
tools:
  pay:
    operation: spend
    resources: none
    arguments:
      type: object
      properties: { amount: { type: number }, note: { type: string } }
      required: [amount]
rules:
`;
const HEAD_LINES = HEAD.split("\n").length - 1;

/** Place (lines count from the first behind the head), what stands there, hint. */
async function errorsIn(rules: string): Promise<readonly string[]> {
  const text = HEAD + rules;
  const result = await compilePolicy({ files: [{ path: "p.yaml", text }] });
  if (result.ok) return [];
  const lines = text.split("\n");
  return result.errors.map(({ line, column, endLine, endColumn, code, hint }) => {
    const end = endLine === line ? (endColumn ?? column) - 1 : undefined;
    const marked = lines[line - 1]?.slice(column - 1, end);
    return `${line - HEAD_LINES}:${column} ${code} <${marked}> ${hint ?? ""}`;
  });
}

function ruleWhen(condition: string): string {
  return `  - name: r\n    tool: pay\n    when: ${condition}\n    action: allow\n`;
}

describe("quotes that are not closed", () => {
  it.each([
    [
      "a condition",
      ruleWhen('"arguments.amount > 1'),
      '3:11 yaml_syntax <"arguments.amount > 1> Close it: "arguments.amount > 1"',
    ],
    [
      "a condition in single quotes",
      ruleWhen("'arguments.amount > 1"),
      "3:11 yaml_syntax <'arguments.amount > 1> Close it: 'arguments.amount > 1'",
    ],
    [
      "a name",
      '  - name: "r\n    tool: pay\n    action: allow\n',
      '1:11 yaml_syntax <"r> Close it: "r"',
    ],
    [
      "a text in braces",
      '  - { name: r, tool: pay, reason: "no, action: deny }\n',
      '1:35 yaml_syntax <"no, action: deny }> Close it where the text ends.',
    ],
    [
      "a text before another one in quotes",
      `${ruleWhen('"arguments.amount > 1')}    reason: "too much"\n`,
      '3:11 yaml_syntax <"arguments.amount > 1> Close it: "arguments.amount > 1"',
    ],
  ])("are one error at the quote: %s", async (_what, rules, expected) => {
    expect(await errorsIn(rules)).toEqual([expected]);
  });

  it("name the line on which another text's quote closes them", async () => {
    const text = `${HEAD}  - {\n      reason: "no,\n      tool: "pay", action: deny }\n`;
    const result = await compilePolicy({ files: [{ path: "p.yaml", text }] });
    expect(result.ok ? [] : result.errors.map(({ line, message }) => [line, message])).toEqual([
      [
        HEAD_LINES + 2,
        `Not YAML: this quote is closed only on line ${HEAD_LINES + 3}, so that all lines up to there are one text.`,
      ],
    ]);
  });
});

describe("tabs as indentation", () => {
  it("are one error, at the first, however many lines have them", async () => {
    const rules =
      "\t- name: r\n\t  tool: pay\n\t  when: a == 1\n\t  action: allow\n\t- name: s\n\t  tool: pay\n\t  action: deny\n";
    expect(await errorsIn(rules)).toEqual(["1:1 yaml_syntax <\t> Indent with spaces."]);
    expect(await errorsIn("  - name: r\n \t tool: pay\n\t action: deny\n")).toEqual([
      "2:2 yaml_syntax <\t > Indent with spaces.",
    ]);
    const result = await compilePolicy({ files: [{ path: "p.yaml", text: HEAD + rules }] });
    expect(result.ok ? "" : result.errors[0]?.message).toBe(
      "Not YAML: tabs in the indentation of 7 lines.",
    );
  });
});

describe("rates", () => {
  it.each([
    ["30", "4:17 wrong_shape <30> Write `30 calls/minute`."],
    ['"30"', '4:17 bad_rate_limit <"30"> Write `30 calls/minute`.'],
    ["30/minute", "4:17 bad_rate_limit <30/minute> Write `30 calls/minute`."],
    ["30 per hour", "4:17 bad_rate_limit <30 per hour> Write `30 calls/hour`."],
    ["30/s", "4:17 bad_rate_limit <30/s> Write `30 calls/second`."],
    ["30 calls a day", "4:17 bad_rate_limit <30 calls a day> Write `30 calls/day`."],
    ["some calls", "4:17 bad_rate_limit <some calls> "],
  ])("written %s get the right form", async (rate, expected) => {
    const rules = `  - name: r\n    tool: pay\n    action: allow\n    rate_limit: ${rate}\n`;
    expect(await errorsIn(rules)).toEqual([expected]);
  });
});

describe("conditions written as in another language", () => {
  it.each([
    ["not arguments.amount > 1", "3:11 condition_syntax <not> Write `!(arguments.amount > 1)`."],
    ["not has(arguments.note)", "3:11 condition_syntax <not> Write `!has(arguments.note)`."],
    [
      "arguments.amount > 1 && not arguments.amount > 9 || risk > 1",
      "3:35 condition_syntax <not> Write `!(arguments.amount > 9)`.",
    ],
    ["arguments.amount not in [1, 2]", "3:28 condition_syntax <not> Write `!(x in list)`."],
    ["arguments.amount > 1 and risk > 1", "3:32 condition_syntax <and> Write `&&`."],
    ["arguments.amount > 1 OR risk > 1", "3:32 condition_syntax <OR> Write `||`."],
    ["arguments.amount > 1 & risk > 1", "3:32 condition_syntax <&> Write `&&`."],
    ["arguments.amount > 1 | risk > 1", "3:32 condition_syntax <|> Write `||`."],
    ["arguments.amount === 1", "3:28 condition_syntax <===> Compare with `==`."],
    ["arguments.amount !== 1", "3:28 condition_syntax <!==> Compare with `!=`."],
    ["arguments.amount <> 1", "3:28 condition_syntax <<>> Compare with `!=`."],
    ["arguments.amount => 1", "3:28 condition_syntax <=>> Compare with `>=`."],
    ["arguments.amount = 1", "3:28 condition_syntax <=> Compare with `==`."],
    ['agent.role = "x"', "3:22 condition_syntax <=> Compare with `==`."],
    ["arguments.amount is null", "3:28 condition_syntax <is> Compare with `==`."],
    ["$amount > 1", "3:11 condition_syntax <$> Names stand without `$`."],
    ["not (risk > 1)", "3:11 unknown_function <not (risk > 1)> Write `!(...)`."],
    [
      "len(arguments.amount) > 1",
      "3:11 unknown_function <len(arguments.amount)> Write `size(...)`.",
    ],
  ])("%s", async (condition, expected) => {
    expect(await errorsIn(ruleWhen(condition))).toEqual([expected]);
  });
});

describe("bare names", () => {
  it.each([
    ["amount > 50", "3:11 unknown_name <amount> Did you mean `arguments.amount`?"],
    ["risk > 1 && amuont > 50", "3:23 unknown_name <amuont> Did you mean `arguments.amount`?"],
    [
      "size(partner_domains) > 0",
      "3:16 unknown_name <partner_domains> Did you mean `facts.partner_domains`?",
    ],
    ["args.amount > 50", "3:11 unknown_name <args> Did you mean `arguments`?"],
    [`'"x" in roles'`, "3:19 unknown_name <roles> Did you mean `agent.roles`?"],
    ["risk > 1 == True", "3:23 unknown_name <True> Did you mean `true`?"],
  ])("%s", async (condition, expected) => {
    expect(await errorsIn(ruleWhen(condition))).toEqual([expected]);
  });

  it("that nothing is near to are told how arguments and texts are written", async () => {
    const [error] = await errorsIn(ruleWhen("operation == elsewhere"));
    expect(error).toMatch(
      /^3:24 unknown_name <elsewhere> An argument is read as `arguments\.elsewhere`, a text is quoted: `"elsewhere"`\. Known here: /,
    );
  });
});

describe("keys in a wrong column", () => {
  /** Everything that is said of a rule with these lines: place, message, hint. */
  async function saidOf(...lines: readonly string[]): Promise<readonly string[]> {
    const text = `${HEAD}${lines.join("\n")}\n`;
    const result = await compilePolicy({ files: [{ path: "p.yaml", text }] });
    if (result.ok) return [];
    return result.errors.map(
      ({ line, column, message, hint }) =>
        `${line - HEAD_LINES}:${column} ${message} | ${hint ?? ""}`,
    );
  }

  const RULE = ["  - name: r", "    tool: pay"] as const;
  const FOUR = "The keys of one map begin in one column: 4 blanks before it.";

  it.each([
    ["arguments.amount <= 50", "a plain condition"],
    ["'arguments.amount <= 50'", "a quoted one"],
  ])("are the one thing that is said of %s", async (condition) => {
    const fewer = await saidOf(...RULE, `   when: ${condition}`, "    action: allow");
    expect(fewer).toEqual([
      `3:4 Not YAML: \`when\` starts in column 4, the keys of this rule in column 5. | ${FOUR}`,
    ]);
    const more = await saidOf(...RULE, `     when: ${condition}`, "    action: allow");
    expect(more).toEqual([
      `3:6 Not YAML: \`when\` starts in column 6, the keys of this rule in column 5. | ${FOUR}`,
    ]);
  });

  it("are found below the line that the parser means, and beside the dash", async () => {
    const below = [...RULE, "    when: arguments.amount <= 50", "      action: allow"];
    expect(await saidOf(...below)).toEqual([
      `4:7 Not YAML: \`action\` starts in column 7, the keys of this rule in column 5. | ${FOUR}`,
    ]);
    expect(await saidOf("  - name: r", "  tool: pay", "    action: allow")).toEqual([
      `2:3 Not YAML: \`tool\` starts in column 3, the keys of this rule in column 5. | ${FOUR}`,
    ]);
  });

  it("are measured by the key above them elsewhere", async () => {
    expect(await saidOf(...RULE, "    action: allow", " fallback: { message: no }")).toEqual([
      "4:2 Not YAML: `fallback` starts in column 2, `rules` above it in column 1. | The keys of one map begin in one column: no blanks before it.",
    ]);
  });

  it("are not looked for where all columns are right", async () => {
    const said = await saidOf(...RULE, "    reason: a: b", "    action: allow");
    expect(said.join()).not.toContain("starts in column");
    expect(said).toHaveLength(1);
  });

  it("are not looked for in a text of several lines", async () => {
    const note = ["    reason: |", "       note: text", "        more: text"];
    const said = await saidOf(
      ...RULE,
      ...note,
      '    when: "a" in agent.roles',
      "    action: allow",
    );
    expect(said).toEqual([expect.stringMatching(/^6:11 YAML does not read `"a" in agent\.roles`/)]);
  });
});
