import { describe, expect, it } from "vitest";
import { EDITOR_LINES } from "../editor/schema.ts";
import { formatPolicy } from "./format.ts";

function formatted(text: string, path = "policy.yaml"): string {
  const result = formatPolicy(text, path);
  if (!result.ok) throw new Error(result.errors[0]?.message);
  return result.text;
}

/** A rule with one key, formatted: its lines below `- name: r`. */
function inRule(lines: string): string {
  const text = formatted(`rules:\n  - name: r\n    tool: t\n${lines}    action: deny\n`);
  return text
    .split("\n")
    .slice(3, -1)
    .map((line) => line.slice(4))
    .filter((line) => line !== "action: deny")
    .join("\n");
}

describe("formatPolicy", () => {
  it("writes the seed vocabulary in its canonical words", () => {
    const seed = `rules:
  - name: "data_export_protection"
    tool: ["export_data", "export_all"]
    conditions: ["agent.role != 'admin'", "arguments.size > 1000"]
    action: "human_review"
    max_batch_size: 100
  - {name: reads, tool: "read", action: "auto_approve", rate_limit: "100 calls/minute"}
  - {name: no, tool: x, action: block}
`;
    expect(formatted(seed)).toBe(`rules:
  - name: data_export_protection
    tools: [export_data, export_all]
    when: [agent.role != 'admin', arguments.size > 1000]
    action: review
    max_batch_size: 100

  - { name: reads, tool: read, action: allow, rate_limit: "100 calls/minute" }
  - { name: no, tool: x, action: deny }
`);
  });

  it("orders keys as the grammar does, comments with them, and leaves data and JSON Schemas as they are", () => {
    const text = `# Of all of it

# the rules
rules: []
tools:
  t: # a tool
    arguments: { required: [b], type: object, properties: { b: { type: string }, a: {} } }
    operation: read # reads
facts: { z: 1, a: 2 }
# the name
id: x
interlatch: 1
# the end
`;
    expect(formatted(text)).toBe(`# Of all of it

interlatch: 1
# the name
id: x

tools:
  t: # a tool
    operation: read # reads
    arguments: { required: [b], type: object, properties: { b: { type: string }, a: {} } }

facts: { z: 1, a: 2 }

# the rules
rules: []
# the end
`);
  });

  it.each([
    ["plain where that is safe", `"arguments.size > 1"`, "when: arguments.size > 1"],
    ["quoted where YAML sees a tag", `'!tainted'`, "when: '!tainted'"],
    ["quoted where YAML sees a comment", `"a == ' #'"`, "when: 'a == '' #'''"],
    ["quoted where YAML sees a key", `"a ? b : c"`, "when: 'a ? b : c'"],
    ["quoted where a quote would end it", `"'x' in agent.roles"`, "when: '''x'' in agent.roles'"],
    ["quoted where YAML sees a boolean", `"true"`, "when: 'true'"],
    [
      "quoted where YAML sees a list",
      `'["a"].exists(x, x == y)'`,
      "when: '[\"a\"].exists(x, x == y)'",
    ],
  ])("writes a condition %s", (_what, written, expected) => {
    expect(inRule(`    when: ${written}\n`)).toBe(expected);
  });

  it("quotes in braces what is plain outside of them", () => {
    expect(formatted(`rules: [{ name: r, tool: t, when: "a[0] == 1", action: deny }]\n`)).toBe(
      "rules: [{ name: r, tool: t, when: 'a[0] == 1', action: deny }]\n",
    );
    expect(inRule(`    when: "a[0] == 1"\n`)).toBe("when: a[0] == 1");
  });

  it("joins a condition on several lines, and folds it where it is long", () => {
    expect(inRule("    when: a == 1\n      && b == 2\n")).toBe("when: a == 1 && b == 2");
    const long = "arguments.first_argument == 'one' && arguments.second_argument == 'two'";
    expect(inRule(`    when: ${long}\n      && arguments.third_argument == 'three'\n`)).toBe(
      `when: >-\n  ${long}\n  && arguments.third_argument == 'three'`,
    );
  });

  it("keeps blocks of text to the letter", () => {
    const block = "reason: |+\n  one\n    two\n\n  three\n\n";
    expect(inRule(block.replace(/^(?=.)/gm, "    "))).toBe(block.trimEnd().concat("\n"));
    expect(inRule("    reason: >2-\n       deep\n      less\n")).toBe(
      "reason: >2-\n   deep\n  less",
    );
  });

  it("breaks what is in braces and longer than 100 columns, or has comments", () => {
    const items = Array.from({ length: 9 }, (_, index) => `tool_number_${index}`);
    expect(inRule(`    by: [a, # why\n      b]\n`)).toBe("by:\n  - a # why\n  - b");
    expect(formatted(`agents: { a: { tools: [${items.join(",")}], when: "true" } }\n`)).toBe(
      `agents:\n  a:\n    when: 'true'\n    tools:\n${items.map((item) => `      - ${item}\n`).join("")}`,
    );
  });

  it("keeps the quotes of texts, and takes them from names", () => {
    expect(
      formatted(`"id": "x"\ndescription: 'It''s "ours"'\nfacts: { "a b": "on", c: "d" }\n`),
    ).toBe(`id: x\ndescription: 'It''s "ours"'\nfacts: { "a b": "on", c: d }\n`);
  });

  it("formats files of tests", () => {
    const text = `cases:
- expect: {effect: deny}
  call: {tool: t}
  name: one
- {name: two, call: {tool: t}, expect: {effect: allow}}
`;
    expect(formatted(text, "policy.test.yaml")).toBe(`cases:
  - name: one
    call: { tool: t }
    expect: { effect: deny }

  - { name: two, call: { tool: t }, expect: { effect: allow } }
`);
  });

  it("keeps unknown keys behind the known ones, and two keys of one meaning apart", () => {
    expect(formatted("rulez: []\nid: x\n")).toBe("id: x\nrulez: []\n");
    expect(inRule("    conditions: b\n    when: a\n")).toBe("when: a\nconditions: b");
  });

  it("keeps carriage returns where a file has them", () => {
    expect(formatted("id:   x\r\ninterlatch: 1\r\n")).toBe("interlatch: 1\r\nid: x\r\n");
  });

  it("adds the line for the editor once", () => {
    const editorLine = EDITOR_LINES.policy;
    const once = formatPolicy("id: x\n", "p.yaml", { editorLine });
    expect(once).toEqual({ ok: true, text: `${editorLine}\n\nid: x\n`, changed: true });
    if (!once.ok) return;
    expect(formatPolicy(once.text, "p.yaml", { editorLine })).toMatchObject({ changed: false });
    const commented = formatPolicy("# Ours\n\nid: x\n", "p.yaml", { editorLine });
    expect(commented).toMatchObject({ text: `${editorLine}\n# Ours\n\nid: x\n` });
  });

  it.each([
    ["broken syntax", "id: [x\n", "yaml_syntax"],
    ["an anchor", "id: &a x\n", "yaml_feature"],
    ["a duplicate key", "id: x\nid: y\n", "duplicate_key"],
    ["a list", "- id: x\n", "wrong_shape"],
    ["nothing", "# only a comment\n", "wrong_shape"],
  ])("leaves a file with %s as it is and says why", (_what, text, code) => {
    const result = formatPolicy(text, "p.yaml");
    expect(result).toMatchObject({ ok: false, errors: [{ code, file: "p.yaml" }] });
  });

  it("formats a large file in little time", () => {
    const rules = Array.from(
      { length: 2_000 },
      (_, index) =>
        `  - { name: r${index}, tool: [t${index}], when: "a > ${index}", action: block }\n`,
    );
    const text = formatted(`rules:\n${rules.join("")}`);
    expect(text.match(/action: deny/g)).toHaveLength(2_000);
  }, 10_000);
});
