import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { REQUIREMENTS, requirement } from "@interlatch/conformance";
import { describe, expect, it } from "vitest";
import { attacks } from "./bundle-attacks/attacks.ts";
import { EVASIONS } from "./evasions/table.ts";
import { ROOT } from "./tasks/child.ts";

const CITATION = /\b(?:verifies|check)\(\s*"([^"]+)"/g;

/** Every id that a test, or a table that tests run, says it proves. */
async function citedIds(): Promise<ReadonlySet<string>> {
  const cited = new Set([...attacks, ...EVASIONS].map(({ id }) => id));
  for (const file of await filesThatCite()) {
    for (const [, id] of (await readFile(file, "utf8")).matchAll(CITATION)) {
      if (id !== undefined) cited.add(id);
    }
  }
  return cited;
}

/** Test files, and the checks of the kit that adapters and stores are run through. */
async function filesThatCite(): Promise<readonly string[]> {
  const files: string[] = [];
  for (const folder of ["packages", "test", "examples"]) {
    const names = await readdir(join(ROOT, folder), { recursive: true });
    for (const name of names) {
      if (name.includes("node_modules") || name.includes("dist/")) continue;
      const isKit = /^conformance\/src\/(adapter|stores)\//.test(name) && name.endsWith(".ts");
      if (/\.test(-d)?\.ts$/.test(name) || isKit) files.push(join(ROOT, folder, name));
    }
  }
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
    const cited = await citedIds();
    const unproven = REQUIREMENTS.filter(({ id }) => !cited.has(id)).map(({ id, says }) => `${id}: ${says}`);
    expect(unproven).toEqual([]);
  });

  it("is complete: no test cites what it does not hold", async () => {
    const unknown = [...(await citedIds())].filter((id) => requirement(id) === undefined);
    expect(unknown.toSorted()).toEqual([]);
  });
});
