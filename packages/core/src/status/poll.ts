/** At least this long between two looks that calls ask for, in milliseconds. */
const RETRY_MS = 1_000;

/** How much the time between two looks varies, so that hosts that started together do not ask together for ever. */
const JITTER = 0.1;

/**
 * Looks at something again and again, never twice at once. Its timer keeps no process alive; where timers stand still
 * between requests, as on some serverless hosts, calls ask for what was missed.
 */
export class Poll {
  readonly #look: () => Promise<void>;
  readonly #periodMs: () => number;
  #looking: Promise<void> | null = null;
  #next: Promise<void> | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #lastAsked = -Infinity;
  #isClosed = false;

  /** @param periodMs - between two looks, in milliseconds; asked after each */
  constructor(look: () => Promise<void>, periodMs: () => number) {
    this.#look = look;
    this.#periodMs = periodMs;
  }

  /**
   * Looks now. While a look is under way, one more follows it, however often it is asked for: what that one read may be
   * what was there before.
   */
  now(): Promise<void> {
    if (this.#looking === null) return this.#begin();
    const again = (): Promise<void> => {
      this.#next = null;
      return this.#begin();
    };
    return (this.#next ??= this.#looking.then(again, again));
  }

  /** The same in the background. */
  soon(): void {
    // Whoever looks tells of its failure; nobody waits for this one.
    this.now().catch(() => undefined);
  }

  /**
   * A call asks for a look in the background: at most one a second.
   *
   * @param now - epoch milliseconds
   */
  ask(now: number): void {
    // A clock that was set back must not put it off until it has caught up.
    if (this.#looking !== null || Math.abs(now - this.#lastAsked) < RETRY_MS) return;
    this.#lastAsked = now;
    this.soon();
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
  }

  #begin(): Promise<void> {
    if (this.#isClosed) return Promise.resolve();
    clearTimeout(this.#timer);
    const look = this.#look().finally(() => {
      this.#looking = null;
      if (!this.#isClosed) this.#schedule();
    });
    return (this.#looking = look);
  }

  #schedule(): void {
    const jitter = 1 + JITTER * (2 * Math.random() - 1);
    const timer = setTimeout(() => this.soon(), this.#periodMs() * jitter);
    this.#timer = timer;
    // Run times without processes have timers that are numbers.
    if (typeof timer === "object" && typeof timer.unref === "function") timer.unref();
  }
}
