import { readdir, readFile } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { ROOT } from "../tasks/child.ts";
import { readDocument, type Document } from "./document.ts";

const SKIPPED = new Set(["node_modules", "dist", ".git", ".interlatch"]);

/** Every Markdown file of the workspace. */
export async function allDocuments(): Promise<readonly Document[]> {
  return readAll(".md", readDocument);
}

/** Every source file of the packages that is not a test, with its text. */
export async function allSources(): Promise<readonly { path: string; text: string }[]> {
  const files = await readAll(".ts", (path, text) => ({ path, text }));
  return files.filter(
    ({ path }) => /^packages\/[^/]+\/src\//.test(path) && !/\.test(-d)?\.ts$/.test(path),
  );
}

async function readAll<Item>(
  extension: string,
  read: (path: string, text: string) => Item,
): Promise<readonly Item[]> {
  const paths = (await filesBelow(ROOT)).filter((path) => path.endsWith(extension)).sort();
  return Promise.all(
    paths.map(async (path) => read(path, await readFile(join(ROOT, path), "utf8"))),
  );
}

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const found = await Promise.all(
    entries.map(async (entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return SKIPPED.has(entry.name) ? [] : filesBelow(path);
      return entry.isFile() ? [relative(ROOT, path).split(sep).join("/")] : [];
    }),
  );
  return found.flat();
}
