import { touch } from "./memory.ts";

/**
 * What calls of a session gave, as digests, so that a history which says it can be told from one that was made up. A
 * host whose next request may come to another process, or after a restart, brings one that all of them share.
 *
 * Either method may throw or reject: what cannot be looked up is not known.
 */
export interface ResultStore {
  /** @param session - tenant and session in one text */
  keep(session: string, digest: string): void | Promise<void>;
  has(session: string, digest: string): boolean | Promise<boolean>;
}

/** Sessions kept at once, and results kept for one of them. The oldest go first. */
const MAX_SESSIONS = 10_000;
const MAX_RESULTS = 1_000;

/**
 * Results in this process: 10,000 sessions, and the last 1,000 results of each. What falls out is not known any more.
 *
 * @example
 * ```ts
 * import { memoryResults } from "@interlatch/core";
 * const results = memoryResults();
 * results.keep("session", "digest");
 * console.log(results.has("session", "digest"), results.has("session", "another"));
 * ```
 */
export function memoryResults(): ResultStore {
  const sessions = new Map<string, Map<string, true>>();
  return {
    keep(session, digest) {
      const results = touch(sessions, session, MAX_SESSIONS) ?? new Map<string, true>();
      sessions.set(session, results);
      touch(results, digest, MAX_RESULTS);
      results.set(digest, true);
    },
    has: (session, digest) => sessions.get(session)?.has(digest) === true,
  };
}
