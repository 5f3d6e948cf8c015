import { join } from "node:path";
import type { TrustSource } from "../trust/source.ts";
import { isFault } from "./file-lock.ts";
import { openOrdinaryFile } from "./ordinary-file.ts";
import { watchFolder } from "./watch-folder.ts";

/** A signed trust root is a few kilobytes; the folder of somebody else must not fill the memory. */
const MAX_BYTES = 2_097_152;

/**
 * Later trust roots in a folder: version 2 is `root-2.json`, and so on, as `interlatch trust rotate` writes them. A
 * guard watches the folder and takes a new root as soon as it stands there with all the signatures it needs.
 *
 * `read` gives `null` for a version that has no file, and rejects where a file cannot be read, is larger than 2 MiB or
 * is no ordinary file.
 *
 * @param folder - a path
 * @example
 * ```ts
 * import { memoryAudit } from "@interlatch/core";
 * import { createGuard, fileSource, folderTrustSource } from "@interlatch/core/node";
 * import { readFile } from "node:fs/promises";
 * const guard = await createGuard({
 *   bundle: fileSource("policy/acme-support.bundle.json"),
 *   trust: {
 *     document: await readFile("trust.json"),
 *     digest: "sha256:…", // of trust.json, from your code: it stays the same when later roots arrive
 *     updates: folderTrustSource("policy/roots"),
 *   },
 *   audience: "prod",
 *   audit: memoryAudit(),
 * });
 * guard.on("trust.loaded", ({ version }) => console.log(`trust root ${version}`));
 * ```
 */
export function folderTrustSource(folder: string): TrustSource {
  return {
    name: folder,
    read: (version) => readRoot(join(folder, `root-${version}.json`)),
    watch: (changed) => watchFolder(folder, changed),
  };
}

async function readRoot(path: string): Promise<Uint8Array | null> {
  let handle;
  try {
    const opened = await openOrdinaryFile(path);
    handle = opened.handle;
    if (opened.stat.size > MAX_BYTES) throw new Error(`${path} is larger than 2 MiB`);
    return await handle.readFile();
  } catch (error) {
    if (isFault(error, "ENOENT")) return null;
    throw error;
  } finally {
    await handle?.close();
  }
}
