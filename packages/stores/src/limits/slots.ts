import type { LimitClaim } from "@interlatch/core";

/** Up to this many executions are kept one by one; beyond it, in slots of a hundredth of the window. */
const EXACT_MAX = 1_000;
const SLOTS = 100;

/**
 * What a unit is dated by: its instant, or the last one of its slot, so that it leaves the window late and never early.
 *
 * @param now - epoch milliseconds
 */
export function slotTime({ max, windowMs }: LimitClaim, now: number): number {
  const slot = max > EXACT_MAX ? windowMs / SLOTS : 0;
  return slot === 0 ? Math.ceil(now) : Math.ceil(Math.ceil((now + 1) / slot) * slot);
}

/** Units of one date. */
export interface DatedUnits {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly units: number;
}

/**
 * Milliseconds until so many units are free again.
 *
 * @param counted - what counts at `now`, the oldest first
 */
export function waitFor(
  excess: number,
  { windowMs }: LimitClaim,
  now: number,
  counted: Iterable<DatedUnits>,
): number {
  let freed = 0;
  for (const { at, units } of counted) {
    freed += units;
    if (freed >= excess) return Math.max(1, at + windowMs - now);
  }
  return windowMs;
}
