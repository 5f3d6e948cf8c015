import { describe, expect, it } from "vitest";
import type { Fallback, Policy } from "@interlatch/core";
import { verifies } from "../../../../test/verifies.ts";
import { compilePolicy } from "../compile.ts";

/** A policy whose rule denies `send` and falls back as given; `draft` takes `to`, `body`, and may be saved. */
function textWith(fallback: string, more = "", draft = ""): string {
  return `interlatch: 1
id: desk
tools:
  send: { operation: egress, arguments: { type: object, properties: { to: { type: string }, n: { type: integer } }, required: [to] } }
  draft: { operation: write, arguments: { type: object, properties: { to: { type: string }, body: { type: string } }, required: [to] }${draft} }
  other: { operation: write }
rules:
  - { name: no, tool: send, action: deny, fallback: ${fallback} }
  - { name: ok, tool: draft, action: allow }
${more}`;
}

async function errorsOf(text: string): Promise<readonly string[]> {
  const made = await compilePolicy({ files: [{ path: "policy.yaml", text }] });
  return made.ok ? [] : made.errors.map(({ line, code, message }) => `${line} ${code}: ${message}`);
}

async function policyOf(text: string): Promise<Policy> {
  const made = await compilePolicy({ files: [{ path: "policy.yaml", text }] });
  if (!made.ok) throw new Error(made.errors.map(({ message }) => message).join("\n"));
  return made.policy;
}

async function fallbackOf(written: string): Promise<Fallback | undefined> {
  return (await policyOf(textWith(written))).rules.find(({ name }) => name === "no")?.fallback;
}

describe("a fallback", () => {
  it("is built of each kind", async () => {
    const to = { kind: "field", of: { kind: "variable", name: "arguments" }, name: "to" };
    expect(await fallbackOf('{ tool: draft, arguments: { to: "{arguments.to}" } }')).toEqual({
      kind: "tool",
      tool: "draft",
      arguments: { kind: "object", entries: [["to", { kind: "expression", expression: to }]] },
    });
    expect(await fallbackOf("{ route: support }")).toEqual({ kind: "route", route: "support" });
    expect(await fallbackOf("{ throw: true }")).toEqual({ kind: "throw" });
    expect(await fallbackOf('{ throw: "Over: {reason}" }')).toEqual({
      kind: "throw",
      message: ["Over: ", { name: "reason" }],
    });
  });

  verifies("fallback.build", "to a lesser tool that could never run does not build", async () => {
    const hop = "{ tool: draft, arguments: { to: a } }";
    const never = "8 bad_fallback: The fallback to `draft` could never run: ";
    const deny = "  - { name: never, tool: draft, action: deny }\n";
    const review = "  - { name: ask, tool: draft, action: review }\n";
    const chain = ", fallback: { tool: other, arguments: {} }";
    const open = "  - { name: fine, tool: other, action: allow }\n";
    expect(await errorsOf(textWith(hop))).toEqual([]);
    expect(await errorsOf(textWith(hop, deny))).toEqual([
      `${never}the rule \`never\` always denies it.`,
    ]);
    expect(await errorsOf(textWith(hop, review))).toEqual([
      `${never}the rule \`ask\` always wants it reviewed.`,
    ]);
    expect(await errorsOf(textWith(hop, open, chain))).toEqual([
      `${never}it has a lesser tool of its own, and one fallback never follows another.`,
    ]);
    expect(await errorsOf(textWith("{ tool: other, arguments: {} }"))).toEqual([
      "8 bad_fallback: The fallback to `other` could never run: no rule allows it.",
    ]);
    expect(await errorsOf(textWith("{ tool: send, arguments: { to: a } }"))).toEqual([
      "8 bad_fallback: The fallback to `send` could never run: it is the denied tool itself.",
    ]);
    expect(await errorsOf(textWith("{ tool: drafd, arguments: {} }"))).toEqual([
      "8 unknown_tool: The fallback calls `drafd`, which no `tools:` entry declares.",
    ]);
  });

  verifies("fallback.build", "with arguments that never fit does not build", async () => {
    const misfit = "8 bad_value: The arguments do not fit the tool `draft`: ";
    const given = async (args: string): Promise<readonly string[]> =>
      errorsOf(textWith(`{ tool: draft, arguments: ${args} }`));
    expect(await given("{ to: 7 }")).toEqual([expect.stringContaining(misfit)]);
    expect(await given('{ body: "{arguments.to}" }')).toEqual([`${misfit}\`to\` is missing.`]);
    expect(await given('{ to: "{arguments.to}", subject: "s" }')).toEqual([
      `${misfit}it has no argument \`subject\`.`,
    ]);
    expect(await given("[1]")).toEqual([`${misfit}they are no map of names.`]);
    expect(await given('"to {arguments.to}"')).toEqual([`${misfit}they are no map of names.`]);
    // What only a call settles is checked when it is made.
    expect(await given('"{arguments}"')).toEqual([]);
  });

  it("is refused where its keys do not go together, or an expression reads what is not there", async () => {
    const errors = async (written: string): Promise<readonly string[]> =>
      (await errorsOf(textWith(written))).map((error) => error.split(":")[0] ?? "");
    expect(await errors("{ tool: draft }")).toEqual(["8 missing_key"]);
    expect(await errors("{ message: no, arguments: {} }")).toEqual(["8 conflicting_keys"]);
    expect(await errors("{ route: a, throw: true }")).toEqual(["8 conflicting_keys"]);
    expect(await errors('{ route: "a node" }')).toEqual(["8 bad_name"]);
    expect(await errors("{ throw: false }")).toEqual(["8 bad_value"]);
    expect(await errors('{ throw: "{amount}" }')).toEqual(["8 bad_template"]);
    expect(await errors('{ tool: draft, arguments: { to: "{arguments.tp}" } }')).toEqual([
      "8 unknown_field",
    ]);
    expect(await errors('{ tool: draft, arguments: { to: "{arguments.n}" } }')).toEqual([
      "8 optional_without_has",
    ]);
  });
});
