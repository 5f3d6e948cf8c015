/** What somebody waits for, and for how long. */
export interface Wait {
  /** Whether it is there. Asked at the beginning, at each change, and now and then. */
  readonly isOver: () => Promise<boolean>;
  /** Tells of changes. */
  readonly watch: (changed: () => void) => () => void;
  /** Milliseconds between two looks where nothing tells of changes; `null`: something does. */
  readonly pollMs: number | null;
  /** Milliseconds. */
  readonly timeoutMs: number;
  readonly signals: readonly AbortSignal[];
}

/** The longest time that a timer takes, in milliseconds: a longer one would fire at once. */
const LONGEST_TIMER = 2_147_483_647;

/**
 * Waits until something is over, the time is up, or somebody gives up. Its timers keep no process alive.
 *
 * @returns whether it is over; rejects where that cannot be told
 */
export function waitFor({ isOver, watch, pollMs, timeoutMs, signals }: Wait): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const ends: (() => void)[] = [];
    let isLooking = false;
    let hasChanged = false;
    let isDone = false;
    const end = (settle: () => void): void => {
      if (isDone) return;
      isDone = true;
      for (const stop of ends) stop();
      settle();
    };
    const giveUp = (): void => end(() => resolve(false));
    const look = async (): Promise<void> => {
      hasChanged = true;
      if (isLooking) return; // it looks again when it is done
      isLooking = true;
      try {
        while (hasChanged && !isDone) {
          hasChanged = false;
          if (await isOver()) end(() => resolve(true));
        }
      } catch (error) {
        end(() => reject(error instanceof Error ? error : new Error(String(error))));
      } finally {
        isLooking = false;
      }
    };
    if (signals.some(({ aborted }) => aborted)) return giveUp();
    for (const signal of signals) {
      signal.addEventListener("abort", giveUp, { once: true });
      ends.push(() => signal.removeEventListener("abort", giveUp));
    }
    const changed = (): void => void look();
    ends.push(watch(changed));
    if (pollMs !== null) {
      const poll = unref(setInterval(changed, pollMs));
      ends.push(() => clearInterval(poll));
    }
    const timer = unref(setTimeout(giveUp, Math.min(timeoutMs, LONGEST_TIMER)));
    ends.push(() => clearTimeout(timer));
    changed();
  });
}

/** Run times without processes have timers that are numbers. */
function unref<Timer>(timer: Timer): Timer {
  if (typeof timer === "object" && timer !== null && "unref" in timer) {
    if (typeof timer.unref === "function") timer.unref();
  }
  return timer;
}
