import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../tasks/child.ts";

/** The parts of a published package's `package.json` that are checked. */
export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly files: readonly string[];
  readonly exports: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
  readonly bin?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
  readonly interlatch?: {
    /** Its JavaScript is put together into one file for each export: a first import reads few files. */
    readonly bundled?: boolean;
  };
}

/** A package of this workspace that is published. */
export interface PublishedPackage {
  /** The name of its folder, such as `core`. */
  readonly id: string;
  /** The absolute path of its folder. */
  readonly folder: string;
  readonly manifest: Manifest;
}

/** All published packages, by the name of their folder. */
export function publishedPackages(): readonly PublishedPackage[] {
  const packages = join(ROOT, "packages");
  return readdirSync(packages, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name: id }) => {
      const folder = join(packages, id);
      return { id, folder, manifest: readManifest(join(folder, "package.json")) };
    });
}

/** Reads a `package.json`; its shape is what npm documents and is taken as such. */
export function readManifest(file: string): Manifest {
  return JSON.parse(readFileSync(file, "utf8"));
}

/** The import specifiers that a manifest offers, JSON files left out, which are for editors and tools: `@interlatch/core/node`. */
export function exportedSpecifiers({ name, exports }: Manifest): readonly string[] {
  return Object.keys(exports)
    .filter((subpath) => !subpath.endsWith(".json"))
    .map((subpath) => name + subpath.slice(1));
}

/** Every file that a manifest's `exports` and `bin` point to, from the package's folder. */
export function exportedFiles({ exports, bin = {} }: Manifest): readonly string[] {
  const targets = Object.values(exports).flatMap((target) =>
    typeof target === "string" ? [target] : Object.values(target),
  );
  return [...targets, ...Object.values(bin)].map((target) => target.replace(/^\.\//, ""));
}
