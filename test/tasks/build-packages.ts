import { existsSync, readdirSync, rmSync } from "node:fs";
import { join, relative } from "node:path";
import { publishedPackages, type PublishedPackage } from "../package-shape/packages.ts";
import { ROOT, runNode, type ChildResult } from "./child.ts";

/**
 * Builds all packages with `tsc -b`.
 *
 * `tsc -b` leaves two holes, closed here first: the output of a source that is gone stays in `dist` and
 * would be published; and an output that was deleted is not written again while its build record stands.
 */
export async function buildPackages(): Promise<ChildResult> {
  const packages = publishedPackages();
  for (const each of packages) {
    removeStaleOutput(each.folder);
    if (isOutputMissing(each.folder))
      rmSync(join(each.folder, "tsconfig.tsbuildinfo"), { force: true });
  }
  return runNode("node_modules/typescript/bin/tsc", ["-b", ...packages.map(projectOf)]);
}

function projectOf({ folder }: PublishedPackage): string {
  return relative(ROOT, folder);
}

const OUTPUT = /\.(?:js|d\.ts)(?:\.map)?$/;

/** The source of an output, both from the package's folder: `dist/a/b.d.ts.map` comes of `src/a/b.ts`. */
export function sourceOf(output: string): string {
  return output.replace(/^dist/, "src").replace(OUTPUT, ".ts");
}

function removeStaleOutput(folder: string): void {
  for (const output of filesUnder(folder, "dist")) {
    if (!existsSync(join(folder, sourceOf(output)))) rmSync(join(folder, output));
  }
}

function isOutputMissing(folder: string): boolean {
  return filesUnder(folder, "src")
    .filter(isBuilt)
    .some(
      (source) => !existsSync(join(folder, source.replace(/^src/, "dist").replace(/\.ts$/, ".js"))),
    );
}

/** Whether a file under `src` is built and published: not a test. */
export function isBuilt(source: string): boolean {
  return source.endsWith(".ts") && !/\.(?:test|test-d|d)\.ts$/.test(source);
}

/** All files under a folder of a package, from the package's folder, with `/` on every system. */
export function filesUnder(packageFolder: string, folder: string): readonly string[] {
  if (!existsSync(join(packageFolder, folder))) return [];
  return readdirSync(join(packageFolder, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) =>
      relative(packageFolder, join(entry.parentPath, entry.name)).replaceAll("\\", "/"),
    );
}
