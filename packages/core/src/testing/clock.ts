/** A clock that stands still until it is told to go on. */
export interface FakeClock {
  /** Epoch milliseconds. Hand it over as `clock`. */
  readonly now: () => number;
  /** Goes on by so many milliseconds. */
  advance(ms: number): void;
  /** Goes to an instant, ISO 8601 or epoch milliseconds. */
  set(instant: string | number): void;
}

/**
 * A fake clock for tests.
 *
 * @param start - ISO 8601 or epoch milliseconds; default `2026-01-01T00:00:00Z`
 */
export function fakeClock(start: string | number = "2026-01-01T00:00:00Z"): FakeClock {
  let time = instantOf(start);
  return {
    now: () => time,
    advance: (ms) => {
      time += ms;
    },
    set: (instant) => {
      time = instantOf(instant);
    },
  };
}

function instantOf(instant: string | number): number {
  const time = typeof instant === "number" ? instant : Date.parse(instant);
  if (!Number.isFinite(time)) throw new RangeError(`not an instant: ${instant}`);
  return time;
}
