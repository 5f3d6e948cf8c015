import { createHash } from "node:crypto";
import { InterlatchError } from "@interlatch/core";

/**
 * A name as a text that every database keeps as it is: JSON, which writes zero characters and halves of surrogate pairs
 * as escapes, so that no two names become one.
 */
export function written(name: string | null): string {
  return JSON.stringify(name);
}

/** The same for names of any length: SHA-256, since an index takes no long texts. */
export function hashed(...names: readonly (string | null)[]): string {
  return createHash("sha256").update(JSON.stringify(names)).digest("hex");
}

/**
 * Checks what all names in a database begin with. It becomes part of SQL, where nothing else of a caller's does.
 *
 * @throws ERR_OPTIONS
 */
export function checkPrefix(prefix: string): string {
  if (typeof prefix !== "string" || !/^[a-z_][a-z0-9_]{0,30}$/.test(prefix)) {
    throw new InterlatchError(
      "ERR_OPTIONS",
      "A prefix is up to 31 lower-case letters, digits and underscores.",
    );
  }
  return prefix;
}

/** What everything of interlatch begins with in a database, where the host does not say otherwise. */
export const PREFIX = "interlatch_";
