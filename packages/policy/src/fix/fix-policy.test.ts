import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compilePolicy } from "../compile.ts";
import { applyEdits, compatibleFixes } from "./edits.ts";
import { fixPolicy } from "./fix-policy.ts";
import { verifies } from "../../../../test/verifies.ts";

const HEAD = `interlatch: 1
id: x
agents: { all: { when: "true", tools: "*" } }
tools: { t: { operation: read, resources: none } }
`;

async function fixed(
  text: string,
): Promise<{ readonly text: string; readonly titles: readonly string[] }> {
  const result = await fixPolicy({ files: [{ path: "p.yaml", text }] });
  return {
    text: result.files[0]?.text ?? "",
    titles: result.fixed.map(
      ({ line, column, code, fix }) => `${line}:${column} ${code}: ${fix.title}`,
    ),
  };
}

const QUOTED = "Quotes the condition, so that YAML reads it as it was written.";

describe("a condition that YAML took apart", () => {
  it.each([
    ["a tag", "when: !has(arguments.n)", "when: '!has(arguments.n)'", "yaml_feature", 11],
    [
      "a quote at the beginning",
      'when: "clerk" in agent.roles',
      "when: '\"clerk\" in agent.roles'",
      "yaml_syntax",
      11,
    ],
    [
      "a colon",
      'when: arguments.n == "a: b"',
      "when: 'arguments.n == \"a: b\"'",
      "yaml_syntax",
      11,
    ],
    [
      "a hash",
      'when: arguments.n == "a #b"',
      "when: 'arguments.n == \"a #b\"'",
      "condition_syntax",
      26,
    ],
    [
      "a comment behind it",
      "when: !has(arguments.n) # why",
      "when: '!has(arguments.n)' # why",
      "yaml_feature",
      11,
    ],
    [
      "quotes of both kinds",
      `when: !has(arguments.n) && arguments.m == 'it'`,
      "when: '!has(arguments.n) && arguments.m == ''it'''",
      "yaml_feature",
      11,
    ],
  ])("by %s is quoted", async (_what, before, after, code, column) => {
    const rule = (when: string): string =>
      `${HEAD}rules:\n  - name: r\n    tool: t\n    ${when}\n    action: deny\n`;
    const result = await fixed(rule(before));
    expect(result.text).toBe(rule(after));
    expect(result.titles).toEqual([`8:${column} ${code}: ${QUOTED}`]);
    expect((await compilePolicy({ files: [{ path: "p.yaml", text: result.text }] })).ok).toBe(true);
  });

  it("is quoted in lists, in flow maps and under `define`", async () => {
    const before = `${HEAD}define:\n  none: !has(arguments.n)\nrules:\n  - name: r\n    tool: t\n    when:\n      - !has(arguments.m)\n      - none\n    action: deny\n  - { name: s, tool: t, when: !has(arguments.k), action: deny }\n`;
    const after = before.replace(/!has\(arguments\.[nmk]\)/g, (condition) => `'${condition}'`);
    const result = await fixed(before);
    expect(result.text).toBe(after);
    expect(result.titles).toHaveLength(3);
  });

  it.each([
    ["that goes on in the next line", "when: !has(arguments.n)\n      && risk > 1"],
    ["that is none", "when: !has(arguments.n) and so on"],
    ["in a list on one line", "when: [!has(arguments.n), risk > 1]"],
    ["that begins with a star", "when: *.acme.test"],
  ])("%s is left to a person", async (_what, when) => {
    const text = `${HEAD}rules:\n  - name: r\n    tool: t\n    ${when}\n    action: deny\n`;
    expect(await fixed(text)).toEqual({ text, titles: [] });
  });
});

describe("what nothing needs", () => {
  it("is removed: conditions without use, rules that stand twice, idle comments", async () => {
    const before = `# Whose policy this is.
${HEAD}define:
  # This one is used.
  used: risk > 1
  unused:
    risk > 2
rules:
  - name: b # the first
    tool: t
    when: used
    action: deny

  # Why the next one.
  - name: c
    tool: t
    when: used
    action: deny
  # interlatch-ignore dead_rule: none
  - { name: d, tool: t, when: has(arguments.n), action: review } # interlatch-ignore dead_rule: none
`;
    const result = await fixed(before);
    expect(result.text).toBe(`# Whose policy this is.
${HEAD}define:
  # This one is used.
  used: risk > 1
rules:
  - name: b # the first
    tool: t
    when: used
    action: deny

  # Why the next one.
  - { name: d, tool: t, when: has(arguments.n), action: review }
`);
    expect(result.titles).toEqual([
      "9:3 unused_define: Removes the condition `unused`, which nothing uses.",
      "18:11 duplicate_rule: Removes the rule `c`, which repeats the rule `b`.",
      "22:3 ignore_unused: Removes the comment, which silences nothing.",
      "23:66 ignore_unused: Removes the comment, which silences nothing.",
    ]);
  });

  it.each([
    [
      "a condition with a comment of its own",
      "define:\n  a: risk > 1 # why\n  b: risk > 2\nrules: [{ name: r, tool: t, when: b, action: deny }]\n",
    ],
    [
      "the last condition",
      "define:\n  a: risk > 1\nrules: [{ name: r, tool: t, action: review }]\n",
    ],
    [
      "a condition that shares its line",
      "define: { a: risk > 1, b: risk > 2 }\nrules: [{ name: r, tool: t, when: b, action: deny }]\n",
    ],
    [
      "a rule with other words",
      "rules:\n  - { name: a, tool: t, action: deny, reason: One. }\n  - { name: b, tool: t, action: deny, reason: Two. }\n",
    ],
    [
      "what only seems wrong",
      "rules:\n  - { name: a, tool: t, when: 'arguments.m.endsWith(\"corp.com\")', action: deny }\n",
    ],
  ])("stays where somebody must judge: %s", async (_what, rest) => {
    expect(await fixed(HEAD + rest)).toEqual({ text: HEAD + rest, titles: [] });
  });

  it("goes from the file it stands in, and the others stay", async () => {
    const files = [
      { path: "a.yaml", text: `${HEAD}define:\r\n  a: risk > 1\r\n  b: risk > 2\r\n` },
      {
        path: "b.yaml",
        text: "interlatch: 1\nrules: [{ name: r, tool: t, when: b, action: deny }]",
      },
    ];
    const result = await fixPolicy({ files });
    expect(result.files.map(({ text }) => text)).toEqual([
      `${HEAD}define:\r\n  b: risk > 2\r\n`,
      files[1]?.text,
    ]);
  });
});

describe("a fixed policy", () => {
  const define = fc.constantFrom("  a: risk > 1", "  b: '!(risk > 2)'", "  c: a", "  # a comment");
  const rule = fc
    .tuple(
      fc.constantFrom("deny", "review"),
      fc.constantFrom("a", "risk > 1", "!has(arguments.n)", "'1 < 2'"),
      fc.constantFrom(
        "",
        " # why",
        " # interlatch-ignore constant_condition: so",
        " # interlatch-ignore dead_rule: so",
      ),
    )
    .map(([action, when, comment]) => ({ action, when, comment }));

  verifies("lint.fix", "decides as it did, but for rules of which an equal one stays", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(define, { maxLength: 4 }),
        fc.array(rule, { maxLength: 5 }),
        async (defines, rules) => {
          const section = defines.some((one) => !one.includes("#"))
            ? `define:\n${defines.join("\n")}\n`
            : "";
          const text = `${HEAD}${section}rules:\n  - { name: z, tool: t, when: risk > 50, action: allow }\n${rules
            .map(
              ({ action, when, comment }, index) =>
                `  - name: r${index}\n    tool: t\n    when: ${when}${comment}\n    action: ${action}\n`,
            )
            .join("")}`;
          const files = [{ path: "p.yaml", text }];
          const before = await compilePolicy({ files });
          const { files: after, result } = await fixPolicy({ files });
          if (!before.ok) return;
          if (!result.ok) throw new Error("a policy that built does not build any more");
          const bodies = (policy: typeof result.policy): readonly string[] => [
            ...new Set(
              policy.rules.map((rule) =>
                JSON.stringify({ ...rule, name: undefined, at: undefined }),
              ),
            ),
          ];
          expect(bodies(result.policy)).toEqual(bodies(before.policy));
          expect((await fixPolicy({ files: after })).fixed).toEqual([]);
        },
      ),
      { numRuns: 150, seed: 1 },
    );
  });
});

describe("edits", () => {
  const edit = (column: number, endColumn: number, text: string) => ({
    file: "a",
    line: 1,
    column,
    endLine: 1,
    endColumn,
    text,
  });

  it("replace what they name and nothing else", () => {
    expect(applyEdits("a", "one two\r\nthree", [edit(5, 8, "2"), edit(1, 4, "1")])).toBe(
      "1 2\r\nthree",
    );
    expect(applyEdits("a", "one", [{ ...edit(1, 4, "1"), file: "b" }])).toBe("one");
  });

  it("of which two touch the same are made one after the other", () => {
    const fixes = [edit(1, 4, "a"), edit(3, 5, "b"), edit(4, 6, "c")].map((one) => ({
      fix: { title: one.text, edits: [one] },
    }));
    expect(compatibleFixes(fixes).map(({ fix }) => fix.title)).toEqual(["a", "c"]);
  });
});
