import { compilePolicy, formatDiagnostic, parsePolicyTests } from "@interlatch/policy";
import { testGuard } from "@interlatch/core/testing";
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
const isOther = ({ notes }: Block): boolean =>
  notes.some((note) => note.startsWith("not a policy: "));
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

/** The policy that a block of tests is for: the last one above it in its document. */
function policyFor(tests: YamlBlock): Block | undefined {
  return blocks.findLast(
    (block) =>
      block.path === tests.path && block.line < tests.line && !isOther(block) && !isTests(block),
  );
}

describe("the policy tests in documents hold", () => {
  const tests = blocks.filter((block) => !isOther(block) && isTests(block));
  it("there are some", () => expect(tests.length).toBeGreaterThan(0));
  it.each(tests.map((block) => [at(block), block] as const))("%s", async (_at, block) => {
    const read = parsePolicyTests(block.text, block.path);
    const policy = policyFor(block);
    if (!read.ok) expect.fail(read.errors.map((error) => formatDiagnostic(error)).join("\n"));
    if (policy === undefined) expect.fail("there is no policy above these tests");
    const made = await compilePolicy({ files: [{ path: block.path, text: policyText(policy) }] });
    if (!made.ok) expect.fail("the policy above these tests does not compile");
    for (const { name, call, identity, expect: wanted } of read.tests.cases) {
      const guard = await testGuard(made.policy);
      const ticket = guard.for({ session: "s", ...identity });
      const { fallback: _, ...decided } = wanted;
      expect(guard.decide({ ticket, id: "c", ...call }), name).toMatchObject(decided);
    }
  });
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
