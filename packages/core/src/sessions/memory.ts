/** Sessions kept at once, and denied calls kept for one of them. The oldest go first. */
const MAX_SESSIONS = 10_000;
const MAX_DENIED = 256;

/**
 * What sessions remember between calls: how often a call was denied, and whether a tool's result was read.
 * Bounded: what falls out counts from one again, which costs the model some words, and scores as a new session.
 */
export class SessionMemory {
  readonly #sessions = new Map<string, Map<string, number>>();
  readonly #untrusted = new Map<string, true>();

  /** Notes that the session has read what a tool gave. */
  sawResult(session: string): void {
    touch(this.#untrusted, session, MAX_SESSIONS);
    this.#untrusted.set(session, true);
  }

  /** Whether the session has read untrusted content. */
  hasReadUntrusted(session: string): boolean {
    return this.#untrusted.has(session);
  }

  /**
   * Notes a denial and says how many there are now.
   *
   * @param session - tenant and session in one key
   * @param digest - of the denied call
   */
  denied(session: string, digest: string): number {
    const calls = touch(this.#sessions, session, MAX_SESSIONS) ?? new Map<string, number>();
    this.#sessions.set(session, calls);
    const count = (touch(calls, digest, MAX_DENIED) ?? 0) + 1;
    calls.set(digest, count);
    return count;
  }
}

/** Takes an entry out, so that setting it again makes it the youngest; drops the oldest when a new one would not fit. */
export function touch<Value>(map: Map<string, Value>, key: string, max: number): Value | undefined {
  const value = map.get(key);
  if (value !== undefined) map.delete(key);
  else if (map.size >= max) {
    const [oldest] = map.keys();
    if (oldest !== undefined) map.delete(oldest);
  }
  return value;
}
