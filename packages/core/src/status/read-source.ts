import type { BundleSource } from "../bundle/source.ts";
import { InterlatchError, isInterlatchError } from "../errors/errors.ts";
import { textOf } from "../guard/host-parts.ts";

/**
 * Reads a source of status documents.
 *
 * @throws ERR_BUNDLE_UNREACHABLE when it cannot be read
 */
export async function readSource(source: BundleSource): Promise<Uint8Array> {
  try {
    const bytes: unknown = await source.read();
    // A host's own source need not give what its type says.
    if (bytes instanceof Uint8Array) return bytes;
    throw new Error("it gave no bytes");
  } catch (error) {
    if (isInterlatchError(error)) throw error;
    throw new InterlatchError(
      "ERR_BUNDLE_UNREACHABLE",
      `The status at ${source.name} cannot be read: ${textOf(error)}.`,
      { cause: error },
    );
  }
}

/** A look that is not over by then is given up, in milliseconds: it must not hold up all later ones. */
const TIMEOUT_MS = 30_000;

/**
 * Waits for a look, but not for ever: a source or a store that never answers would end all looking.
 *
 * @throws ERR_BUNDLE_UNREACHABLE when the time is up
 */
export async function inTime(look: Promise<void>): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    const give = (): void => {
      const message = `No status came within ${TIMEOUT_MS / 1_000} seconds.`;
      reject(new InterlatchError("ERR_BUNDLE_UNREACHABLE", message));
    };
    timer = setTimeout(give, TIMEOUT_MS);
    if (typeof timer === "object" && typeof timer.unref === "function") timer.unref();
  });
  try {
    await Promise.race([look, late]);
  } finally {
    clearTimeout(timer);
  }
}
