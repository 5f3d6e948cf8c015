import { InterlatchError, type RollbackEntry } from "@interlatch/core";

/**
 * Reads what a database keeps of a stream. Whoever could damage it could otherwise bring back any older bundle, so what
 * cannot be understood is no fresh start.
 *
 * @throws ERR_ROLLBACK_STATE
 */
export function readEntry(version: unknown, digest: unknown): RollbackEntry {
  const number = Number(version);
  if (
    !Number.isSafeInteger(number) ||
    number < 1 ||
    typeof digest !== "string" ||
    !/^[0-9a-f]{64}$/.test(digest)
  ) {
    throw new InterlatchError("ERR_ROLLBACK_STATE", "An entry of the rollback state is damaged.");
  }
  return Object.freeze({ version: number, digest });
}

/**
 * Reads the last time that a database keeps.
 *
 * @returns epoch milliseconds
 * @throws ERR_ROLLBACK_STATE
 */
export function readTime(value: unknown): number {
  const time = Number(value);
  if (value === null || value === undefined || value === "" || !Number.isSafeInteger(time)) {
    throw new InterlatchError("ERR_ROLLBACK_STATE", "The last time seen is damaged.");
  }
  return time;
}
