import { readFile, realpath } from "node:fs/promises";
import { createRequire } from "node:module";
import { isAbsolute, join, relative, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { BundleSource } from "../bundle/source.ts";
import { InterlatchError } from "../errors/errors.ts";
import { fileSource } from "./file-source.ts";

/** Options of {@link npmSource}. */
export interface NpmOptions {
  /** The bundle inside the package. Default: what `interlatch.bundle` in its `package.json` says. */
  readonly file?: string;
  /** The folder from which the package is looked for, as an import there would. Default: the working directory. */
  readonly from?: string;
}

/**
 * A bundle in an installed package. The package is found as Node finds it and none of its code runs; the bundle is
 * verified like any other, so a package that was taken over can bring no policy of its own.
 *
 * The package names its bundle in its `package.json`: `"interlatch": { "bundle": "acme-support-3.bundle.json" }`.
 * `read` rejects with `ERR_BUNDLE_UNREACHABLE` when the package is not installed, names none, or names one outside
 * itself.
 *
 * @param name - of the package
 * @throws ERR_OPTIONS for what is no name of a package
 * @example
 * ```ts
 * import { npmSource } from "@interlatch/core/node";
 * const source = npmSource("@acme/policy");
 * ```
 */
export function npmSource(name: string, options: NpmOptions = {}): BundleSource {
  if (!PACKAGE_NAME.test(name)) {
    throw new InterlatchError("ERR_OPTIONS", `npmSource: ${name} is no name of a package.`);
  }
  const { file, from = process.cwd() } = options;
  return {
    name: `npm:${name}`,
    read: async () => fileSource(await bundleOf(name, file, from)).read(),
  };
}

const PACKAGE_NAME = /^(?:@[a-z\d~-][a-z\d._~-]*\/)?[a-z\d~-][a-z\d._~-]*$/;

async function bundleOf(name: string, file: string | undefined, from: string): Promise<string> {
  const { folder, manifest } = await installed(name, from);
  const path = file ?? bundleIn(manifest);
  if (typeof path !== "string") {
    throw unreachable(name, "its package.json names no bundle under `interlatch.bundle`");
  }
  // As it really is: package managers link folders, and a link inside one may lead out of it.
  const [inside, target] = await Promise.all([
    realpath(folder),
    realpath(resolve(folder, path)).catch(() => null),
  ]);
  if (target === null) throw unreachable(name, `it has no ${path}`);
  const way = relative(inside, target);
  if (way.startsWith("..") || isAbsolute(way)) throw unreachable(name, `${path} lies outside it`);
  return target;
}

/** Where a package stands, and what its manifest says. */
async function installed(
  name: string,
  from: string,
): Promise<{ readonly folder: string; readonly manifest: unknown }> {
  // The file need not exist; it says where an import would start.
  const { resolve: resolver } = createRequire(pathToFileURL(join(resolve(from), "import.js")));
  for (const modules of resolver.paths(name) ?? []) {
    const folder = join(modules, name);
    const text = await readFile(join(folder, "package.json"), "utf8").catch(() => null);
    if (text !== null) return { folder, manifest: parsed(text) };
  }
  throw unreachable(name, `it is not installed where ${from} would find it`);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null; // names no bundle
  }
}

function bundleIn(manifest: unknown): unknown {
  return own(own(manifest, "interlatch"), "bundle");
}

function own(value: unknown, key: string): unknown {
  if (typeof value !== "object" || value === null) return undefined;
  const found: unknown = Object.getOwnPropertyDescriptor(value, key)?.value;
  return found;
}

function unreachable(name: string, why: string): InterlatchError {
  return new InterlatchError(
    "ERR_BUNDLE_UNREACHABLE",
    `The bundle of the package ${name} cannot be read: ${why}.`,
  );
}
