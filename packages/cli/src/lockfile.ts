import { resolve } from "node:path";
import { InterlatchError, type Lockfile, readLockfile } from "@interlatch/core";
import { exists, readText, replaceFile } from "./files.ts";
import type { Io } from "./io.ts";

/** The file that says which bundles are deployed at least. */
export const LOCK_FILE = "interlatch.lock.json";

/** @throws ERR_FILE where there is none, ERR_CONFIG where it is none */
export async function lockfileAt(io: Io, file: string): Promise<Lockfile> {
  return readLockfile(await readText(resolve(io.cwd, file), file));
}

/** As {@link lockfileAt}; an empty one where there is none yet. */
export async function lockfileToChange(io: Io, file: string): Promise<Lockfile> {
  const isThere = await exists(resolve(io.cwd, file));
  return isThere ? lockfileAt(io, file) : { format: 1, streams: {} };
}

/** Writes a lockfile, its streams by name: it is committed, and read by people. @throws ERR_FILE */
export async function writeLockfile(
  io: Io,
  file: string,
  { format, root, streams }: Lockfile,
): Promise<void> {
  const sorted = Object.entries(streams).toSorted(([a], [b]) => (a < b ? -1 : 1));
  const content = {
    format,
    ...(root === undefined ? {} : { root }),
    streams: Object.fromEntries(sorted),
  };
  await replaceFile(resolve(io.cwd, file), file, `${JSON.stringify(content, null, 2)}\n`);
}

/**
 * Refuses a bundle that is not exactly the locked one of its stream.
 *
 * @param digest - `sha256:HEX`
 * @throws ERR_BUNDLE_ROLLBACK
 */
export function refuseUnlocked(
  { streams }: Lockfile,
  { id, version }: { readonly id: string; readonly version: number },
  audience: string,
  digest: string,
): void {
  const locked = streams[`${id}#${audience}`];
  const what =
    locked === undefined
      ? `The lockfile does not name ${id}#${audience}`
      : `Version ${locked.version} of ${id}#${audience} is locked, ${locked.digest}; this is version ${version}, ${digest}`;
  if (locked?.version === version && locked.digest === digest) return;
  throw new InterlatchError(
    "ERR_BUNDLE_ROLLBACK",
    `${what}. \`interlatch lock\` locks the bundle that you mean to deploy.`,
  );
}
