/** An end to waiting: in all, and between two signs of life. Whoever drips bytes is cut off as well. */
export class Deadline {
  readonly #aborter = new AbortController();
  readonly #over: Promise<never>;
  readonly #idleMs: number;
  readonly #total: ReturnType<typeof setTimeout>;
  #idle: ReturnType<typeof setTimeout> | undefined;

  /** Both in milliseconds. */
  constructor(totalMs: number, idleMs: number) {
    this.#idleMs = idleMs;
    const { signal } = this.#aborter;
    this.#over = new Promise((_, reject) => {
      signal.addEventListener("abort", () => reject(signal.reason as unknown), { once: true });
    });
    // Whoever waits is told; nobody may be waiting.
    this.#over.catch(() => undefined);
    this.#total = setTimeout(() => this.#end(`it took longer than ${totalMs} ms`), totalMs);
  }

  get signal(): AbortSignal {
    return this.#aborter.signal;
  }

  /** Waits for a step, and gives up where it shows no life or all of them take too long, also if nothing heeds the signal. */
  async within<Result>(step: Promise<Result>): Promise<Result> {
    clearTimeout(this.#idle);
    const words = `nothing came for ${this.#idleMs} ms`;
    this.#idle = setTimeout(() => this.#end(words), this.#idleMs);
    return Promise.race([step, this.#over]);
  }

  /** What is still under way is given up. */
  close(): void {
    clearTimeout(this.#idle);
    clearTimeout(this.#total);
    this.#aborter.abort(new Error("it was given up"));
  }

  #end(why: string): void {
    this.#aborter.abort(new Error(why));
  }
}
