import type { Logger } from "./events.ts";

/** The host's clock, checked. */
export interface HostClock {
  /**
   * Epoch milliseconds. Throws where the host's clock throws or gives no time: compared with `NaN` a bundle
   * would never end.
   */
  now(): number;
  /** For records of what has happened already: the last good time where the clock fails. */
  nowOrLast(): number;
}

/** Puts a check around the host's clock. */
export function hostClock(clock: () => number): HostClock {
  let last = 0;
  const now = (): number => {
    const time = clock();
    if (!Number.isFinite(time)) throw new RangeError("The clock gives no time.");
    last = time;
    return time;
  };
  return {
    now,
    nowOrLast: () => {
      try {
        return now();
      } catch {
        return last;
      }
    },
  };
}

/** The host's logger. One that throws must not throw into the agent loop, nor stop what was being logged. */
export function hostLogger(logger: Logger | undefined): Logger | undefined {
  if (logger === undefined) return undefined;
  const quietly =
    (level: keyof Logger) =>
    (fields: object, message: string): void => {
      try {
        logger[level](fields, message);
      } catch {
        // There is nowhere left to tell it.
      }
    };
  return {
    debug: quietly("debug"),
    info: quietly("info"),
    warn: quietly("warn"),
    error: quietly("error"),
  };
}
