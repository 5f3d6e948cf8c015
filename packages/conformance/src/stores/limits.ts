import type { LimitClaim, LimitResult, LimitStore } from "@interlatch/core";
import type { Runner } from "../runner.ts";
import { plainCount } from "./plain-count.ts";

/** A store that the kit tests. */
export interface StoreUnderTest {
  readonly name: string;
  /** A new, empty store for limits. */
  limits(): LimitStore | Promise<LimitStore>;
  /** How many random reservations to try. Default 2,000; fewer where each takes its time. */
  readonly steps?: number;
}

const MINUTE = 60_000;
const START = Date.parse("2026-01-01T00:00:00Z");

function claim(key: string, max: number, windowMs: number = MINUTE): LimitClaim {
  return { key, max, windowMs };
}

/**
 * What every store must do, told to a test runner: a limit holds in any trailing window, a step takes all or
 * nothing, keys stand apart, a clock that goes back frees nothing.
 *
 * @param store - makes a new, empty store for each test
 * @param runner - `{ describe, it, expect }` of the caller's test runner
 *
 * @example
 * ```ts
 * import { testStore } from "@interlatch/conformance";
 * import { memoryLimits } from "@interlatch/core";
 * import { describe, expect, it } from "vitest";
 * testStore({ name: "memory", limits: () => memoryLimits() }, { describe, expect, it });
 * ```
 */
export function testStore(store: StoreUnderTest, runner: Runner): void {
  const { expect } = runner;
  const check = (id: string, title: string, body: (limits: Takes) => Promise<void>): void => {
    runner.it(`[${id}] ${title}`, async () => body(new Takes(await store.limits())));
  };

  runner.describe(`limits of ${store.name}`, () => {
    check(
      "store.limits.window",
      "let through no more than the limit in a trailing window",
      async (limits) => {
        for (let n = 0; n < 3; n++) expect(await limits.take(n * 1000, claim("k", 3))).toBe(true);
        expect(await limits.take(3000, claim("k", 3))).toBe(false);
        expect(await limits.take(MINUTE - 1, claim("k", 3))).toBe(false);
        expect(await limits.take(MINUTE, claim("k", 3))).toBe(true);
        expect(await limits.take(MINUTE, claim("k", 3))).toBe(false);
        expect(await limits.take(MINUTE + 1000, claim("k", 3))).toBe(true);
      },
    );

    check(
      "store.limits.edge",
      "count a unit until its window is over, and not at that instant",
      async (limits) => {
        expect(await limits.take(500, claim("k", 1))).toBe(true);
        expect(await limits.take(500 + MINUTE - 1, claim("k", 1))).toBe(false);
        expect(await limits.take(500 + MINUTE, claim("k", 1))).toBe(true);
      },
    );

    check(
      "store.limits.all-or-none",
      "take nothing when one of several claims does not fit",
      async (limits) => {
        expect(await limits.take(0, claim("narrow", 1))).toBe(true);
        const both = [claim("wide", 2), claim("narrow", 1)];
        for (let n = 0; n < 5; n++) {
          const result = await limits.reserve(n, both);
          expect(result.ok === false && result.claim).toBe(1);
        }
        expect(await limits.take(10, claim("wide", 2))).toBe(true);
        expect(await limits.take(10, claim("wide", 2))).toBe(true);
        expect(await limits.take(10, claim("wide", 2))).toBe(false);
      },
    );

    check("store.limits.keys", "keep each key apart", async (limits) => {
      const keys = [
        "a",
        "A",
        "a ",
        "",
        "__proto__",
        "constructor",
        "toString",
        '["a"]',
        "a\0",
        "é",
        "e\u0301",
      ];
      for (const key of keys) expect(await limits.take(0, claim(key, 1))).toBe(true);
      for (const key of keys) expect(await limits.take(0, claim(key, 1))).toBe(false);
    });

    check("store.limits.same-key", "take two units for two claims on one key", async (limits) => {
      const twice = [claim("k", 3), claim("k", 3)];
      expect((await limits.reserve(0, twice)).ok).toBe(true);
      expect((await limits.reserve(0, twice)).ok).toBe(false);
      expect(await limits.take(0, claim("k", 3))).toBe(true);
      expect(await limits.take(0, claim("k", 3))).toBe(false);
    });

    check(
      "store.limits.peek",
      "say what a reservation would say, and take nothing",
      async (limits) => {
        for (let n = 0; n < 10; n++) expect(limits.peek(0, claim("k", 2)) ?? true).toBe(true);
        expect(await limits.take(0, claim("k", 2))).toBe(true);
        expect(limits.peek(0, claim("k", 2)) ?? true).toBe(true);
        expect(await limits.take(0, claim("k", 2))).toBe(true);
        expect(limits.peek(0, claim("k", 2)) ?? false).toBe(false);
        expect(limits.peek(MINUTE, claim("k", 2)) ?? true).toBe(true);
        expect(await limits.take(0, claim("k", 2))).toBe(false);
      },
    );

    check(
      "store.limits.retry",
      "name a wait that is enough, and charge nothing for asking",
      async (limits) => {
        for (let n = 0; n < 4; n++) await limits.take(n * 10_000, claim("k", 4));
        const refused = await limits.reserve(45_000, [claim("k", 4)]);
        const wait = refused.ok ? -1 : refused.retryAfterMs;
        expect(wait).toBe(15_000);
        for (let n = 0; n < 20; n++) await limits.take(45_000 + n, claim("k", 4));
        expect(await limits.take(45_000 + wait, claim("k", 4))).toBe(true);
      },
    );

    check("store.limits.release", "count no more what was given back", async (limits) => {
      expect(await limits.take(0, claim("k", 2))).toBe(true);
      expect(await limits.take(1000, claim("k", 2))).toBe(true);
      // A store that cannot give back only denies sooner.
      if (!(await limits.giveBack(0, claim("k", 2)))) return;
      expect(await limits.take(2000, claim("k", 2))).toBe(true);
      expect(await limits.take(2000, claim("k", 2))).toBe(false);
      // Those of a second and of two stand; that of the beginning would be over by now.
      expect(await limits.take(MINUTE, claim("k", 2))).toBe(false);
      expect(await limits.take(1000 + MINUTE, claim("k", 2))).toBe(true);
      expect(await limits.take(1000 + MINUTE, claim("k", 2))).toBe(false);
      await limits.giveBack(1000 + MINUTE, claim("other", 2));
      expect(await limits.take(1000 + MINUTE, claim("k", 2))).toBe(false);
    });

    check("store.limits.clock", "free nothing when the clock goes back", async (limits) => {
      expect(await limits.take(0, claim("k", 1))).toBe(true);
      for (const back of [-1, -MINUTE, -100 * MINUTE]) {
        expect(await limits.take(back, claim("k", 1))).toBe(false);
      }
      expect(await limits.take(MINUTE - 1, claim("k", 1))).toBe(false);
      expect(await limits.take(MINUTE, claim("k", 1))).toBe(true);
    });

    check(
      "store.limits.parallel",
      "let through as many at once as one after the other",
      async (limits) => {
        const all = Array.from({ length: 100 }, () => limits.take(0, claim("k", 10)));
        expect((await Promise.all(all)).filter(Boolean).length).toBe(10);
      },
    );

    check("store.limits.random", "are never looser than a plain count", async (limits) => {
      const plain = plainCount();
      const random = numbers(20_260_101);
      let now = 0;
      for (let step = 0; step < (store.steps ?? 2_000); step++) {
        now += Math.floor(random() ** 3 * 30_000);
        const claims = Array.from({ length: 1 + Math.floor(random() * 3) }, () => {
          const key = `k${Math.floor(random() * 4)}`;
          return claim(key, 5 + Number(key.slice(1)), MINUTE);
        });
        const { ok } = await limits.reserve(now, claims);
        const wouldBe = plain.fits(claims, now);
        if (ok) plain.take(claims, now);
        // Up to a thousand a window the count is exact, so it is not tighter either.
        expect({ step, ok }).toEqual({ step, ok: wouldBe });
      }
    });
  });
}

/** Reservations at so many milliseconds after the start. */
class Takes {
  readonly #store: LimitStore;

  constructor(store: LimitStore) {
    this.#store = store;
  }

  async reserve(at: number, claims: readonly LimitClaim[]): Promise<LimitResult> {
    return this.#store.reserve(claims, START + at);
  }

  async take(at: number, one: LimitClaim): Promise<boolean> {
    return (await this.reserve(at, [one])).ok;
  }

  /** `false`: the store cannot. */
  async giveBack(at: number, one: LimitClaim): Promise<boolean> {
    if (this.#store.release === undefined) return false;
    await this.#store.release([one], START + at);
    return true;
  }

  /** Whether it would fit; `undefined`: the store cannot say at once. */
  peek(at: number, one: LimitClaim): boolean | undefined {
    return this.#store.peek?.([one], START + at).ok;
  }
}

/** The same numbers in [0, 1) each time: mulberry32 by Tommy Ettinger, public domain. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
