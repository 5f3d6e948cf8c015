import type { LimitClaim, LimitResult, LimitStore } from "./store.ts";

/** Up to this many executions are kept one by one; beyond it, in slots of a hundredth of the window. */
const EXACT_MAX = 1_000;
const SLOTS = 100;
/** Counters kept at once. Beyond it idle ones are dropped; if none is idle the store refuses, so that nobody can push a counter out. */
const MAX_COUNTERS = 100_000;

/**
 * Limits in this process: a sliding log. Never more than `max` in any trailing window; an execution exactly
 * one window ago no longer counts. Past 1,000 the log is kept in slots that count until their last instant
 * has left the window, so the bound still holds and a slot's worth may come late.
 *
 * Several processes each have their own counts. Memory: 8 bytes for each execution in a window, at most 1,000
 * a counter, at most 100,000 counters.
 */
export function memoryLimits(): Required<LimitStore> {
  const counters = new Map<string, Counter>();
  let latest = -Infinity;

  function check(claims: readonly LimitClaim[], now: number): LimitResult {
    /** How many earlier claims of this call use each counter. */
    const earlier = new Map<string, number>();
    for (const [index, claim] of claims.entries()) {
      const before = earlier.get(claim.key) ?? 0;
      const wait = counters.get(claim.key)?.wait(claim, now, before) ?? 0;
      if (wait > 0) return { ok: false, claim: index, retryAfterMs: wait };
      earlier.set(claim.key, before + 1);
    }
    return { ok: true };
  }

  /** A clock that goes back must not free anything. */
  function forward(now: number): number {
    latest = Math.max(latest, now);
    return latest;
  }

  return {
    reserve(claims, at) {
      const now = forward(at);
      for (const { key } of claims) counters.get(key)?.expire(now);
      const result = check(claims, now);
      if (!result.ok) return result;
      // Before the first unit is taken: what throws half way would have taken some limits and not the others.
      makeRoom(counters, claims, now);
      for (const claim of claims) {
        let counter = counters.get(claim.key);
        if (counter === undefined) counters.set(claim.key, (counter = new Counter()));
        counter.add(claim, now);
      }
      return result;
    },
    peek: (claims, at) => check(claims, Math.max(latest, at)),
    release(claims, at) {
      for (const claim of claims) counters.get(claim.key)?.takeBack(claim, at);
    },
  };
}

/** Makes sure that every claim has a counter or room for one; throws where there is none. */
function makeRoom(
  counters: Map<string, Counter>,
  claims: readonly LimitClaim[],
  now: number,
): void {
  // A key that stands twice is counted twice, which only asks for more room than is needed.
  const wanted = (): number => claims.filter(({ key }) => !counters.has(key)).length;
  if (counters.size + claims.length <= MAX_COUNTERS) return;
  if (counters.size + wanted() <= MAX_COUNTERS) return;
  for (const [key, counter] of counters) if (counter.idle(now)) counters.delete(key);
  if (counters.size + wanted() > MAX_COUNTERS) throw new Error("too many limits are in use");
}

/** Executions of one key: instants, or slots with a count. */
class Counter {
  #times: number[] = [];
  #counts: number[] = [];
  #head = 0;
  #total = 0;
  /** The longest window asked of this key: a new policy may have changed it. */
  #windowMs = 0;

  /**
   * Milliseconds until one more fits, 0 if it fits now. Changes nothing: a preview under a clock that ran ahead
   * must not free what still counts once the clock is right again.
   *
   * @param before - units this very call takes already
   */
  wait(claim: LimitClaim, now: number, before: number): number {
    const excess = this.#total + before + 1 - claim.max;
    if (excess <= 0) return 0;
    let freed = 0;
    let index = this.#head;
    for (; index < this.#times.length; index++) {
      if ((this.#times[index] ?? 0) + claim.windowMs > now) break;
      freed += this.#counts[index] ?? 0;
    }
    if (freed >= excess) return 0;
    for (; index < this.#times.length; index++) {
      freed += this.#counts[index] ?? 0;
      if (freed >= excess) return Math.max(1, (this.#times[index] ?? now) + claim.windowMs - now);
    }
    return claim.windowMs;
  }

  /** Takes the oldest unit that can be the one of then: a younger one in its place would free another's too early. */
  takeBack(claim: LimitClaim, then: number): void {
    const time = slotTime(claim, then);
    for (let index = this.#head; index < this.#times.length; index++) {
      const count = this.#counts[index] ?? 0;
      if ((this.#times[index] ?? 0) < time || count === 0) continue;
      this.#counts[index] = count - 1;
      this.#total--;
      return;
    }
  }

  add(claim: LimitClaim, now: number): void {
    this.#windowMs = Math.max(this.#windowMs, claim.windowMs);
    const time = slotTime(claim, now);
    const last = this.#times.length - 1;
    if (last >= this.#head && this.#times[last] === time) {
      this.#counts[last] = (this.#counts[last] ?? 0) + 1;
    } else {
      this.#times.push(time);
      this.#counts.push(1);
    }
    this.#total++;
  }

  idle(now: number): boolean {
    this.expire(now);
    return this.#total === 0;
  }

  /** Drops what has left the window. */
  expire(now: number): void {
    while (this.#head < this.#times.length) {
      if ((this.#times[this.#head] ?? 0) + this.#windowMs > now) break;
      this.#total -= this.#counts[this.#head] ?? 0;
      this.#head++;
    }
    if (this.#head > 64 && this.#head * 2 > this.#times.length) {
      this.#times = this.#times.slice(this.#head);
      this.#counts = this.#counts.slice(this.#head);
      this.#head = 0;
    }
  }
}

/** What a unit is dated by: its instant, or the last one of its slot, so that it leaves the window late and never early. */
function slotTime({ max, windowMs }: LimitClaim, now: number): number {
  const slot = max > EXACT_MAX ? windowMs / SLOTS : 0;
  return slot === 0 ? now : Math.ceil((now + 1) / slot) * slot;
}
