import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "@interlatch/cli";
import { compilePolicy, formatDiagnostic } from "@interlatch/policy";
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

/** Runs a command line in a folder, and gives all that it said. */
async function interlatch(
  argv: readonly string[],
  cwd: string,
): Promise<{ readonly code: number; readonly said: string }> {
  let said = "";
  const stream = { write: (text: string) => (said += text) };
  const code = await run(argv, { stdout: stream, stderr: stream, env: {}, cwd, now: Date.now });
  return { code, said };
}

describe("the policy tests in documents hold", () => {
  const tests = blocks.filter((block) => !isOther(block) && isTests(block));
  it("there are some", () => expect(tests.length).toBeGreaterThan(0));
  it.each(tests.map((block) => [at(block), block] as const))("%s", async (_at, block) => {
    const policy = policyFor(block);
    if (policy === undefined) expect.fail("there is no policy above these tests");
    const folder = await mkdtemp(join(tmpdir(), "interlatch-docs-"));
    try {
      await writeFile(join(folder, "p.yaml"), policyText(policy));
      await writeFile(join(folder, "p.test.yaml"), block.text);
      const { code, said } = await interlatch(["test", "p.test.yaml"], folder);
      expect(code, said).toBe(0);
      expect(said).toMatch(/^[1-9]\d* passed, 0 failed$/m);
    } finally {
      await rm(folder, { recursive: true, force: true });
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
