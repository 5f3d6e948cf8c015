import { testStore } from "@interlatch/conformance";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { verifies } from "../../../../test/verifies.ts";
import { memoryLimits } from "./memory.ts";
import type { LimitClaim } from "./store.ts";

testStore({ name: "memory", limits: () => memoryLimits() }, { describe, expect, it });

describe("memory limits past a thousand", () => {
  const MAX = 1_500;
  const WINDOW = 60_000;

  it("never let through more than the limit in any trailing window, a slot's worth may come late", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat({ max: 20_000 }), fc.nat({ max: 900 })), { maxLength: 40 }),
        (bursts) => {
          const limits = memoryLimits();
          const claims: readonly LimitClaim[] = [{ key: "k", max: MAX, windowMs: WINDOW }];
          const taken: { time: number; count: number }[] = [];
          let now = 0;
          for (const [wait, size] of bursts) {
            now += wait;
            let count = 0;
            for (let n = 0; n < size; n++) {
              const result = limits.reserve(claims, now);
              if ("ok" in result && result.ok) count++;
            }
            taken.push({ time: now, count });
            const inWindow = taken
              .filter(({ time }) => time + WINDOW > now)
              .reduce((sum, unit) => sum + unit.count, 0);
            expect(inWindow).toBeLessThanOrEqual(MAX);
          }
        },
      ),
      { numRuns: 30 },
    );
  });

  it("let the whole limit through again once the window and a slot have passed", () => {
    const limits = memoryLimits();
    const claims: readonly LimitClaim[] = [{ key: "k", max: MAX, windowMs: WINDOW }];
    const takeAll = (now: number): number => {
      let count = 0;
      while (limits.peek(claims, now).ok) {
        void limits.reserve(claims, now);
        count++;
      }
      return count;
    };
    expect(takeAll(0)).toBe(MAX);
    expect(takeAll(WINDOW + WINDOW / 100)).toBe(MAX);
  });
});

describe("a limit that a new policy changed", () => {
  const HOUR = 3_600_000;
  const claimOf = (windowMs: number, max: number): readonly LimitClaim[] => [
    { key: "k", max, windowMs },
  ];

  it("counts by its new window what was taken under the old one", () => {
    const limits = memoryLimits();
    expect(limits.reserve(claimOf(1_000, 1), 0)).toEqual({ ok: true });
    expect(limits.peek(claimOf(HOUR, 1), 900).ok).toBe(false);
    expect(limits.reserve(claimOf(1_000, 1), 1_000)).toEqual({ ok: true });
    expect(limits.reserve(claimOf(HOUR, 1), 1_500)).toMatchObject({ ok: false });
    expect(limits.reserve(claimOf(HOUR, 2), 1_500)).toEqual({ ok: true });
    // Ten minutes later both still count by the hour, and none by the second.
    expect(limits.peek(claimOf(HOUR, 2), 600_000).ok).toBe(false);
    expect(limits.peek(claimOf(1_000, 1), 600_000).ok).toBe(true);
    expect(limits.peek(claimOf(HOUR, 2), HOUR + 1_000).ok).toBe(true);
  });
});

describe("memory", () => {
  verifies(
    "core.run.memory",
    "for counters is bounded: idle ones go, and none that counts is pushed out",
    () => {
      const limits = memoryLimits();
      const take = (key: string, now: number): boolean => {
        const result = limits.reserve([{ key, max: 1, windowMs: 1_000 }], now);
        return "ok" in result && result.ok;
      };
      expect(take("mine", 0)).toBe(true);
      for (let n = 0; n < 99_999; n++) take(`other-${n}`, 0);
      // An attacker who invents names must not free the limit that is used up.
      expect(() => take("one-more", 1)).toThrow("too many limits");
      expect(take("mine", 1)).toBe(false);
      expect(take("one-more", 1_000)).toBe(true);
      expect(take("mine", 1_000)).toBe(true);
    },
  );
});
