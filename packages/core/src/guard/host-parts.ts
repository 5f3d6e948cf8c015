import type { Logger } from "./events.ts";
import { isPromise } from "./wait.ts";

/** The host's clock, checked. */
export interface HostClock {
  /**
   * Epoch milliseconds. Throws where the host's clock throws or gives no time: compared with `NaN` a bundle
   * would never end, and what no date can be, as from a clock in nanoseconds, no record could be written of.
   */
  now(): number;
  /** For records of what has happened already: the last good time where the clock fails. */
  nowOrLast(): number;
}

/** The last instant that a date can be, in epoch milliseconds (ECMA-262, time values); the first is its negative. */
const LAST_INSTANT = 8.64e15;

/** Puts a check around the host's clock. */
export function hostClock(clock: () => number): HostClock {
  let last = 0;
  const now = (): number => {
    const time = clock();
    // Written so that NaN, and what is no number at all, is no time.
    if (!(typeof time === "number" && Math.abs(time) <= LAST_INSTANT)) {
      throw new RangeError("The clock gives no time in epoch milliseconds.");
    }
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

/**
 * The host's logger. One that throws, at once or later, must not throw into the agent loop, end the process, or
 * stop what was being logged.
 */
export function hostLogger(logger: Logger | undefined): Logger | undefined {
  if (logger === undefined) return undefined;
  const quietly =
    (level: keyof Logger) =>
    (fields: object, message: string): void => {
      try {
        const made: unknown = logger[level](fields, message);
        if (isPromise(made)) Promise.resolve(made).catch(() => undefined);
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

/** What an error says. Host code may throw anything, also what cannot be made a text. */
export function textOf(error: unknown): string {
  try {
    return error instanceof Error ? String(error.message) : String(error);
  } catch {
    return "an error without words";
  }
}
