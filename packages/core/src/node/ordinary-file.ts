import { type Stats, constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";

/** An open file and what it was when it was opened: of the handle and not of the path, which may lead elsewhere by now. */
export interface OrdinaryFile {
  readonly handle: FileHandle;
  readonly stat: Stats;
}

/**
 * Opens a file to read it. A link is followed, because that is how clusters mount configuration; what it leads to
 * must be an ordinary file: a pipe or a device could keep the reader waiting for ever.
 */
export async function openOrdinaryFile(path: string): Promise<OrdinaryFile> {
  // Without waiting: opening a pipe that nobody writes to would not return. Windows has neither the flag nor the pipe.
  const handle = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    const stat = await handle.stat();
    if (!stat.isFile()) throw new Error(`${path} is not an ordinary file`);
    return { handle, stat };
  } catch (error) {
    await handle.close();
    throw error;
  }
}
