import { type ErrorCode, InterlatchError, isInterlatchError } from "../errors/errors.ts";
import type { RollbackEntry, RollbackStore } from "./rollback.ts";

/**
 * Moves a stream forward to `entry`, or throws because the store knows a newer version, or the same
 * version with other content. One conditional write and no read before it: between the two another process could win.
 *
 * @param code - of the refusal
 * @throws ERR_ROLLBACK_STATE when the store fails or answers nonsense; without its word nothing loads
 */
export async function moveForward(
  store: RollbackStore,
  key: string,
  entry: RollbackEntry,
  code: ErrorCode,
): Promise<void> {
  const kept = await advance(store, key, entry);
  if (kept.version > entry.version) {
    throw new InterlatchError(
      code,
      `Version ${entry.version} of ${key} is older than version ${kept.version}, which was in use here.`,
    );
  }
  if (kept.digest !== entry.digest) {
    throw new InterlatchError(
      code,
      `Version ${entry.version} of ${key} was in use here with other content (${kept.digest}).`,
    );
  }
}

async function advance(
  store: RollbackStore,
  key: string,
  entry: RollbackEntry,
): Promise<RollbackEntry> {
  let kept: RollbackEntry;
  try {
    kept = await store.advance(key, entry);
  } catch (cause) {
    // The store says itself what is wrong.
    if (isInterlatchError(cause)) throw cause;
    throw new InterlatchError(
      "ERR_ROLLBACK_STATE",
      `The rollback state of ${key} cannot be kept.`,
      {
        cause,
      },
    );
  }
  // A store that lost the entry, or keeps an older one than it was just given, protects nothing.
  if (!Number.isSafeInteger(kept?.version) || kept.version < entry.version) {
    throw new InterlatchError("ERR_ROLLBACK_STATE", `The rollback state of ${key} is not usable.`);
  }
  return kept;
}
