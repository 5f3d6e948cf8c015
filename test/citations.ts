import { glob, readFile } from "node:fs/promises";
import { join } from "node:path";
import { attacks } from "./bundle-attacks/attacks.ts";
import { EVASIONS } from "./evasions/table.ts";
import { DSSE_CASES } from "./interop/cases.ts";
import { ROOT } from "./tasks/child.ts";

const CITATION = /\b(?:verifies|check)\(\s*"([^"]+)"/g;

/** Every id that a test, or a table that tests run, says it proves. */
export async function citedIds(): Promise<ReadonlySet<string>> {
  const ids = new Set([...attacks, ...EVASIONS, ...DSSE_CASES].map(({ id }) => id));
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
