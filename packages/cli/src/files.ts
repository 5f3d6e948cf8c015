import { randomUUID } from "node:crypto";
import { open, readFile, rename, rm, stat } from "node:fs/promises";
import { InterlatchError, isInterlatchError } from "@interlatch/core";

/** No file that a command reads whole is larger: an envelope may have 12 MiB, a policy 16 MiB in all. */
const MAX_BYTES = 16_777_216;

/**
 * Reads a file whole.
 *
 * @param path - absolute
 * @param shown - as messages name it
 * @throws ERR_FILE when it cannot be read, is no ordinary file, or is larger than 16 MiB
 */
export async function readBytes(path: string, shown: string): Promise<Uint8Array> {
  return asFileError(`${shown} cannot be read`, async () => {
    const found = await stat(path);
    // Opening a pipe would wait for whoever writes to it.
    if (!found.isFile()) throw new Error("it is not an ordinary file");
    if (found.size > MAX_BYTES) throw new Error("it is larger than 16 MiB");
    return readFile(path);
  });
}

/** As {@link readBytes}, as text. What is not UTF-8 is refused: it would be signed as something else than it is. */
export async function readText(path: string, shown: string): Promise<string> {
  const bytes = await readBytes(path, shown);
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new InterlatchError("ERR_FILE", `${shown} cannot be read: it is not UTF-8.`, { cause });
  }
}

/** Whether something stands at a path. */
export async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch {
    return false;
  }
}

/** Whether a folder stands at a path. */
export async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch {
    return false;
  }
}

/** Writes a new file; one that is there is never overwritten. @throws ERR_FILE */
export async function writeNew(path: string, shown: string, text: string): Promise<void> {
  await asFileError(`${shown} cannot be written`, async () => {
    const file = await open(path, "wx");
    try {
      await file.writeFile(text);
    } finally {
      await file.close();
    }
  });
}

/**
 * Puts a file in the place of another, or of none: whoever reads it sees the old one or the new one, never a part.
 *
 * @throws ERR_FILE
 */
export async function replaceFile(
  path: string,
  shown: string,
  content: string | Uint8Array,
): Promise<void> {
  await asFileError(`${shown} cannot be written`, async () => {
    const draft = `${path}.${randomUUID()}.tmp`;
    try {
      await writeDraft(draft, content);
      await rename(draft, path);
    } catch (error) {
      await rm(draft, { force: true });
      throw error;
    }
  });
}

async function writeDraft(path: string, content: string | Uint8Array): Promise<void> {
  const file = await open(path, "wx");
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Runs what touches files; what fails is an `ERR_FILE` that says in words what the platform says in a code. */
export async function asFileError<T>(what: string, task: () => Promise<T>): Promise<T> {
  try {
    return await task();
  } catch (cause) {
    if (isInterlatchError(cause)) throw cause;
    throw new InterlatchError("ERR_FILE", `${what}: ${reasonOf(cause)}.`, { cause });
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file or folder",
  EACCES: "permission denied",
  EPERM: "permission denied",
  EISDIR: "it is a folder",
  ENOTDIR: "a part of the path is not a folder",
  EEXIST: "it exists already",
  ENOSPC: "the disk is full",
  EROFS: "the file system is read-only",
};

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = "code" in error ? String(error.code) : "";
  return REASONS[code] ?? error.message;
}
