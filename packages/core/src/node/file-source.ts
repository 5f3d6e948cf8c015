import type { FileHandle } from "node:fs/promises";
import { ENVELOPE_LIMITS } from "../bundle/envelope.ts";
import type { BundleSource } from "../bundle/source.ts";
import { InterlatchError } from "../errors/errors.ts";
import { type OrdinaryFile, openOrdinaryFile } from "./ordinary-file.ts";
import { watchFile } from "./watch-file.ts";

/**
 * A bundle in a file. Links are followed; anything but an ordinary file is refused. A guard watches it, see
 * {@link watchFile}, and puts a new bundle in force as soon as it stands there.
 *
 * `read` rejects with `ERR_BUNDLE_UNREACHABLE` when the file is missing, unreadable or not an ordinary one, and with
 * `ERR_BUNDLE_TOO_LARGE` beyond 12 MiB, before it is read.
 *
 * @param path - of the envelope, `<id>-<version>.bundle.json`
 * @example
 * ```ts
 * import { fileSource } from "@interlatch/core/node";
 * const source = fileSource("policy/acme-support-1.bundle.json");
 * ```
 */
export function fileSource(path: string): BundleSource {
  return {
    name: path,
    read: () => readBundle(path),
    watch: (changed) => watchFile(path, changed),
  };
}

async function readBundle(path: string): Promise<Uint8Array> {
  const { handle, stat } = await openBundle(path);
  try {
    if (stat.size > ENVELOPE_LIMITS.bytes) {
      throw new InterlatchError(
        "ERR_BUNDLE_TOO_LARGE",
        `The bundle ${path} has ${stat.size} bytes; at most ${ENVELOPE_LIMITS.bytes} are read.`,
      );
    }
    return await readAtMost(handle, stat.size, path);
  } finally {
    await handle.close();
  }
}

async function openBundle(path: string): Promise<OrdinaryFile> {
  try {
    return await openOrdinaryFile(path);
  } catch (cause) {
    const why = cause instanceof Error ? ` ${cause.message}` : "";
    throw new InterlatchError("ERR_BUNDLE_UNREACHABLE", `The bundle cannot be read:${why}.`, {
      cause,
    });
  }
}

/** Reads what was measured and asks for one byte more: a file that grows meanwhile is half of one bundle and half of another. */
async function readAtMost(file: FileHandle, size: number, path: string): Promise<Uint8Array> {
  const bytes = new Uint8Array(size + 1);
  let length = 0;
  while (length < bytes.length) {
    const { bytesRead } = await file.read(bytes, length, bytes.length - length, length);
    if (bytesRead === 0) break;
    length += bytesRead;
  }
  if (length > size) {
    throw new InterlatchError("ERR_BUNDLE_UNREACHABLE", `The bundle ${path} is being written.`);
  }
  return bytes.subarray(0, length);
}
