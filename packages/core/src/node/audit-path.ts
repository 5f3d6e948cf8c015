import { mkdirSync, readdirSync, statSync } from "node:fs";
import { randomBytes } from "node:crypto";
import { dirname, extname, join, resolve } from "node:path";
import { InterlatchError } from "../errors/errors.ts";
import { lockForWriting } from "./audit-lock.ts";
import type { WriterLock } from "./audit-lock.ts";

/** A file that this sink alone may write, and the name of the chain if the file is new. */
export interface ClaimedFile {
  readonly path: string;
  readonly chain: string;
  readonly lock: WriterLock;
}

/**
 * Finds the file to write and locks it. A file is taken as it is. In a folder the log that was written
 * last and has no writer is continued; when every log has one, this sink gets a new file.
 *
 * @throws ERR_AUDIT - the file has another writer
 */
export function claimFile(pathOrFolder: string): ClaimedFile {
  const path = resolve(pathOrFolder);
  const chain = `${process.pid}-${randomBytes(8).toString("hex")}`;
  if (isFolder(pathOrFolder)) return claimInFolder(path, chain);
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const lock = lockForWriting(path);
  if ("holder" in lock) {
    throw new InterlatchError(
      "ERR_AUDIT",
      `The audit log ${path} is written by ${lock.holder}. Give a folder instead, for one log each.`,
    );
  }
  return { path, chain, lock };
}

function claimInFolder(folder: string, chain: string): ClaimedFile {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  for (const path of logsIn(folder)) {
    const lock = lockForWriting(path);
    if (!("holder" in lock)) return { path, chain, lock };
  }
  const path = join(folder, `audit-${chain}.jsonl`);
  const lock = lockForWriting(path);
  if ("holder" in lock) {
    throw new InterlatchError("ERR_AUDIT", `The audit log ${path} is written by ${lock.holder}.`);
  }
  return { path, chain, lock };
}

/** The logs of a folder, the one written last first. */
function logsIn(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile() && /^audit-.+\.jsonl$/.test(entry.name))
    .map((entry) => join(folder, entry.name))
    .map((path) => ({ path, written: statSync(path).mtimeMs }))
    .sort((a, b) => b.written - a.written || (a.path < b.path ? -1 : 1))
    .map(({ path }) => path);
}

/** What is there decides; for what is not there yet the name does: a file has an extension. */
function isFolder(path: string): boolean {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found !== undefined) return found.isDirectory();
  return /[\\/]$/.test(path) || extname(path) === "";
}
