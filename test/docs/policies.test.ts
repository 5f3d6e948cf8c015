import { compilePolicy, formatDiagnostic, parsePolicyTests } from "@interlatch/policy";
import { describe, expect, it } from "vitest";
import { parseDocument } from "yaml";
import { allDocuments } from "./documents.ts";
import type { Block } from "./document.ts";

interface YamlBlock extends Block {
  readonly path: string;
}

const documents = await allDocuments();
const blocks: readonly YamlBlock[] = documents.flatMap(({ path, blocks: all }) =>
  all.filter(({ language }) => language === "yaml").map((block) => ({ ...block, path })),
);
const isOther = ({ notes }: Block): boolean => notes.some((note) => note.startsWith("not a policy: "));
const isTests = ({ text }: Block): boolean => /^(cases|tests):/m.test(text);
const at = ({ path, line }: YamlBlock): string => `${path}:${line}`;

/** A part of a policy is completed with what every policy must have. */
function policyText({ text }: Block): string {
  return /^interlatch:/m.test(text) ? text : `interlatch: 1\nid: part\n${text}`;
}

describe("the policies in documents compile", () => {
  const policies = blocks.filter((block) => !isOther(block) && !isTests(block));
  it("there are some", () => expect(policies.length).toBeGreaterThan(0));
  it.each(policies.map((block) => [at(block), block] as const))("%s", async (_at, block) => {
    const made = await compilePolicy({ files: [{ path: block.path, text: policyText(block) }] });
    expect(made.ok ? [] : made.errors.map((error) => formatDiagnostic(error))).toEqual([]);
  });
});

it("the policy tests in documents are read", () => {
  for (const { path, text, line } of blocks.filter((block) => !isOther(block) && isTests(block))) {
    expect(parsePolicyTests({ path, text }), `${path}:${line}`).toMatchObject({ ok: true });
  }
});

it("the other YAML and the JSON in documents are well-formed", () => {
  for (const { path, text, line } of blocks.filter(isOther)) {
    expect(parseDocument(text).errors, `${path}:${line}`).toEqual([]);
  }
  for (const { path, blocks: all } of documents) {
    for (const { language, text, line } of all) {
      if (language !== "json") continue;
      expect(() => JSON.parse(text), `${path}:${line}`).not.toThrow();
    }
  }
});
