import { glob, readFile } from "node:fs/promises";
import { join } from "node:path";
import { REQUIREMENTS, requirement } from "@interlatch/conformance";
import { describe, expect, it } from "vitest";
import { attacks } from "./bundle-attacks/attacks.ts";
import { EVASIONS } from "./evasions/table.ts";
import { ROOT } from "./tasks/child.ts";

const CITATION = /\b(?:verifies|check)\(\s*"([^"]+)"/g;

const cited = citedIds();

/** Every id that a test, or a table that tests run, says it proves. */
async function citedIds(): Promise<ReadonlySet<string>> {
  const ids = new Set([...attacks, ...EVASIONS].map(({ id }) => id));
  for (const file of await filesThatCite()) {
    for (const [, id] of (await readFile(join(ROOT, file), "utf8")).matchAll(CITATION)) {
      if (id !== undefined) ids.add(id);
    }
  }
  return ids;
}

/** Test files, and the checks of the kit that adapters and stores are run through. */
async function filesThatCite(): Promise<readonly string[]> {
  const patterns = [
    "{packages,test,examples}/**/*.test.ts",
    "packages/*/src/**/*.test-d.ts",
    "packages/conformance/src/{adapter,stores}/**/*.ts",
  ];
  const exclude = (name: string): boolean => name === "node_modules" || name === "dist";
  const files: string[] = [];
  for await (const file of glob(patterns, { cwd: ROOT, exclude })) files.push(file);
  return files;
}

describe("the manifest of requirements", () => {
  it("has each id once, in a closed form, with a sentence", () => {
    const ids = REQUIREMENTS.map(({ id }) => id);
    expect(ids.length).toBe(new Set(ids).size);
    for (const { id, says, since } of REQUIREMENTS) {
      expect(id).toMatch(/^[a-z]+(\.[A-Za-z0-9-]+){1,2}$/);
      expect(says, id).toMatch(/^[A-Z_].*\.$/);
      expect(since, id).toMatch(/^\d+\.\d+\.\d+$/);
    }
  });

  it("is proven: every requirement is cited by a test", async () => {
    const ids = await cited;
    const unproven = REQUIREMENTS.filter(({ id }) => !ids.has(id)).map(
      ({ id, says }) => `${id}: ${says}`,
    );
    expect(unproven).toEqual([]);
  });

  it("is complete: no test cites what it does not hold", async () => {
    const unknown = [...(await cited)].filter((id) => requirement(id) === undefined);
    expect(unknown.toSorted()).toEqual([]);
  });
});
