import { existsSync, readdirSync, rmSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { build, type Plugin } from "esbuild";
import {
  exportedFiles,
  publishedPackages,
  type PublishedPackage,
} from "../package-shape/packages.ts";
import { ROOT, runNode, type ChildResult } from "./child.ts";

/** Where a bundled package keeps what its exports share, from the package's folder. */
export const CHUNKS = "dist/chunks";

/**
 * Builds all packages with `tsc -b`, and puts the JavaScript of those that say `"bundled": true` together with
 * esbuild: a first import of core reads seven files instead of a hundred, which takes a third of the time.
 *
 * `tsc -b` leaves two holes, closed here first: the output of a source that is gone stays in `dist` and
 * would be published; and an output that was deleted is not written again while its build record stands.
 */
export async function buildPackages(): Promise<ChildResult> {
  const packages = publishedPackages();
  for (const each of packages) {
    removeStaleOutput(each);
    if (isOutputMissing(each)) rmSync(join(each.folder, "tsconfig.tsbuildinfo"), { force: true });
  }
  const built = await runNode("node_modules/typescript/bin/tsc", [
    "-b",
    ...packages.map(projectOf),
  ]);
  if (built.code === 0) await Promise.all(packages.filter(isBundled).map(bundle));
  return built;
}

function isBundled({ manifest }: PublishedPackage): boolean {
  return manifest.interlatch?.bundled === true;
}

/** One module for each export, what they share in chunks, so that state such as a WeakMap exists once. */
async function bundle({ folder, manifest }: PublishedPackage): Promise<void> {
  for (const file of filesUnder(folder, "dist").filter((path) => SCRIPT.test(path))) {
    rmSync(join(folder, file));
  }
  const entries = exportedFiles(manifest).filter((path) => path.endsWith(".js"));
  await build({
    absWorkingDir: folder,
    entryPoints: entries.map(sourceOf),
    outbase: "src",
    outdir: "dist",
    chunkNames: "chunks/[name]-[hash]",
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "neutral",
    packages: "external",
    external: ["node:*"],
    target: "es2023",
    sourcemap: true,
    sourcesContent: false,
    logLevel: "error",
    plugins: [partsBesideIndex(join(folder, "src/index.ts"))],
  });
}

/**
 * esbuild makes one chunk for each set of entries and dynamic imports that share a file: with some parts to be loaded
 * when they are needed, what a host loads first would be cut into a dozen small files, which compress badly. A part is
 * only ever loaded by what stands behind `index`; said to need all of that, it cuts nothing out of it.
 */
function partsBesideIndex(index: string): Plugin {
  const ways = new Map<string, "static" | "dynamic">();
  return {
    name: "parts beside index",
    setup({ onLoad, onResolve }) {
      onResolve({ filter: /^\.{1,2}\/.*\.ts$/ }, ({ path, resolveDir, kind }) => {
        const file = join(resolveDir, path);
        const way = kind === "dynamic-import" ? "dynamic" : "static";
        const before = ways.get(file) ?? way;
        ways.set(file, before);
        if (before === way) return undefined;
        return { errors: [{ text: `${file} is imported both at once and later: it is no part` }] };
      });
      onLoad({ filter: /\.ts$/ }, async ({ path }) =>
        ways.get(path) === "dynamic"
          ? { contents: `${await readFile(path, "utf8")}\nimport "whole:index";\n`, loader: "ts" }
          : undefined,
      );
      onResolve({ filter: /^whole:index$/ }, () => ({ path: index, sideEffects: true }));
    },
  };
}

function projectOf({ folder }: PublishedPackage): string {
  return relative(ROOT, folder);
}

const SCRIPT = /\.js(?:\.map)?$/;
const OUTPUT = /\.(?:js|d\.ts)(?:\.map)?$/;

/** The source of an output, both from the package's folder: `dist/a/b.d.ts.map` comes of `src/a/b.ts`. */
export function sourceOf(output: string): string {
  return output.replace(/^dist/, "src").replace(OUTPUT, ".ts");
}

function removeStaleOutput({ folder }: PublishedPackage): void {
  for (const output of filesUnder(folder, "dist")) {
    if (output.startsWith(`${CHUNKS}/`)) continue;
    if (!existsSync(join(folder, sourceOf(output)))) rmSync(join(folder, output));
  }
}

function isOutputMissing({ folder }: PublishedPackage): boolean {
  return filesUnder(folder, "src")
    .filter(isBuilt)
    .map((source) => source.replace(/^src/, "dist").replace(/\.ts$/, ".d.ts"))
    .some((output) => !existsSync(join(folder, output)));
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
