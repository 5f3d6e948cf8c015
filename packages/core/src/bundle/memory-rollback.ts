import type { RollbackEntry, RollbackStore } from "./rollback.ts";

/**
 * A rollback store that forgets with the process. Across restarts only `minVersion` then keeps an older
 * bundle out; a host with a disk or a database uses a store that remembers.
 */
export function memoryRollback(): RollbackStore {
  const entries = new Map<string, RollbackEntry>();
  let last = -Infinity;
  return {
    get: (key) => Promise.resolve(entries.get(key)),
    advance: (key, entry) => {
      const kept = laterOf(entries.get(key), entry);
      entries.set(key, kept);
      return Promise.resolve(kept);
    },
    seen: (now) => Promise.resolve((last = Math.max(last, now))),
  };
}

/** The entry a store keeps: `next` only when it is newer. The same version with another digest is not newer. */
export function laterOf(kept: RollbackEntry | undefined, next: RollbackEntry): RollbackEntry {
  return kept === undefined || next.version > kept.version
    ? Object.freeze({ version: next.version, digest: next.digest })
    : kept;
}
