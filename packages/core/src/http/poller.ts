/** How much of each wait is left to chance: what a thousand hosts started at once must not ask at once for ever. */
const JITTER = 0.1;

/** The longest wait after failures or at a server's wish, in milliseconds, where the ordinary one is not longer. */
const LONGEST_MS = 300_000;

/** How it went, as far as the next wait depends on it. */
export interface Attempt {
  /** Whether it brought an answer. */
  readonly ok: boolean;
  /** How long the server asks to be left alone, in milliseconds. */
  readonly retryAfterMs?: number;
}

/**
 * Says again and again that it is time to look. It starts with the first listener and stops with the last, and keeps no
 * process alive. After failures it waits longer: twice as long each time, five minutes at most, with much left to chance.
 */
export class Poller {
  readonly #periodMs: number;
  readonly #listeners = new Set<() => void>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #failures = 0;
  #retryAfterMs = 0;

  constructor(periodMs: number) {
    this.#periodMs = periodMs;
  }

  /** @returns what takes the listener away again */
  add(due: () => void): () => void {
    // Its own: one function may listen twice.
    const listener = (): void => due();
    this.#listeners.add(listener);
    if (this.#listeners.size === 1) this.#wait();
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0) clearTimeout(this.#timer);
    };
  }

  /** An attempt is over, whoever made it: the next wait begins now. */
  settled({ ok, retryAfterMs = 0 }: Attempt): void {
    this.#failures = ok ? 0 : this.#failures + 1;
    this.#retryAfterMs = retryAfterMs;
    if (this.#listeners.size > 0) this.#wait();
  }

  /** How long the next wait is, in milliseconds, `chance` from 0 to 1. */
  delay(chance: number): number {
    const period = this.#periodMs;
    if (this.#failures === 0) return period * (1 + JITTER * (2 * chance - 1));
    const longest = Math.max(period, LONGEST_MS);
    const backedOff = Math.min(longest, period * 2 ** (this.#failures - 1));
    const least = Math.min(longest, this.#retryAfterMs);
    return Math.max(least, backedOff / 2) + (backedOff / 2) * chance;
  }

  #wait(): void {
    clearTimeout(this.#timer);
    const timer: unknown = setTimeout(() => {
      // Before the listeners: they may take themselves away.
      this.#wait();
      this.#listeners.forEach((listener) => listener());
    }, this.delay(Math.random()));
    this.#timer = timer as ReturnType<typeof setTimeout>; // as it was made
    // Only Node has it; elsewhere timers keep nothing alive.
    (timer as { unref?: () => void }).unref?.();
  }
}
