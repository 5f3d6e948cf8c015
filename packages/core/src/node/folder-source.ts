import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { BundleSource } from "../bundle/source.ts";
import { InterlatchError } from "../errors/errors.ts";
import { textOf } from "../guard/host-parts.ts";
import { fileSource } from "./file-source.ts";
import { watchFolder } from "./watch-folder.ts";

/** Options of {@link folderSource}. */
export interface FolderOptions {
  /** The stream: files are named `<id>-<version>.bundle.json`, as `interlatch sign` writes them. */
  readonly id: string;
}

/**
 * The newest bundle of a stream in a folder. A guard watches the folder.
 *
 * The version in a name is only a hint of what to try first: each bundle is verified, and what it says itself counts.
 * Where the one with the highest number is refused, those below it are tried, so that a half-copied file or a bad
 * release stops nothing; the event `bundle.rejected` says why.
 *
 * `read` rejects with `ERR_BUNDLE_UNREACHABLE` when there is none.
 *
 * @example
 * ```ts
 * import { folderSource } from "@interlatch/core/node";
 * const source = folderSource("/srv/policies", { id: "acme-support" });
 * ```
 */
export function folderSource(folder: string, { id }: FolderOptions): BundleSource {
  return {
    name: join(folder, `${id}-*.bundle.json`),
    async read() {
      const [newest] = await bundlesIn(folder, id);
      if (newest !== undefined) return fileSource(newest).read();
      throw new InterlatchError(
        "ERR_BUNDLE_UNREACHABLE",
        `There is no ${id}-<version>.bundle.json in ${folder}.`,
      );
    },
    async *others() {
      const [, ...older] = await bundlesIn(folder, id);
      for (const path of older) {
        const bytes = await fileSource(path)
          .read()
          .catch(() => null);
        if (bytes !== null) yield bytes;
      }
    },
    watch: (changed) => watchFolder(folder, changed),
  };
}

/** The paths of a stream's bundles, the highest number first. */
async function bundlesIn(folder: string, id: string): Promise<readonly string[]> {
  const names = await readdir(folder).catch((cause: unknown) => {
    const text = `The folder ${folder} cannot be read: ${textOf(cause)}.`;
    throw new InterlatchError("ERR_BUNDLE_UNREACHABLE", text, { cause });
  });
  return names
    .flatMap((name) => {
      const version = versionIn(name, id);
      return version === null ? [] : [{ version, path: join(folder, name) }];
    })
    .toSorted((a, b) => b.version - a.version)
    .map(({ path }) => path);
}

function versionIn(name: string, id: string): number | null {
  if (!name.startsWith(`${id}-`)) return null;
  const [, digits] = /^([1-9]\d{0,15})\.bundle\.json$/.exec(name.slice(id.length + 1)) ?? [];
  return digits === undefined ? null : Number(digits);
}
