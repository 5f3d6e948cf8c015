import fc from "fast-check";
import { afterEach, describe, expect, it, vi } from "vitest";
import { Poller } from "./poller.ts";

const chance = fc.double({ min: 0, max: 1, noNaN: true });

describe("the wait between two looks", () => {
  it("varies by a tenth, so that hosts which start together do not ask together", () => {
    const poller = new Poller(60_000);
    expect([0, 0.5, 1].map((each) => poller.delay(each))).toEqual([54_000, 60_000, 66_000]);
  });

  it("grows with each failure to five minutes, and is as before after a success", () => {
    const poller = new Poller(60_000);
    const longest = [1, 2, 3, 4, 50].map(() => {
      poller.settled({ ok: false });
      return poller.delay(1);
    });
    expect(longest).toEqual([60_000, 120_000, 240_000, 300_000, 300_000]);
    expect(poller.delay(0)).toBe(150_000);
    poller.settled({ ok: true });
    expect(poller.delay(0.5)).toBe(60_000);
  });

  it("is as long as the server asks, within bounds that no server sets", () => {
    fc.assert(
      fc.property(fc.double({ min: 0, noNaN: true }), chance, (wish, luck) => {
        const poller = new Poller(60_000);
        poller.settled({ ok: false, retryAfterMs: wish });
        const delay = poller.delay(luck);
        expect(delay).toBeGreaterThanOrEqual(Math.min(wish, 300_000));
        expect(delay).toBeLessThanOrEqual(330_000);
      }),
    );
  });
});

describe("Poller", () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  it("begins with the first listener, begins its wait anew after each attempt, and ends with the last", () => {
    vi.useFakeTimers();
    vi.spyOn(Math, "random").mockReturnValue(0.5);
    const poller = new Poller(1_000);
    const told: string[] = [];
    const first = poller.add(() => told.push("first"));
    const second = poller.add(() => told.push("second"));
    vi.advanceTimersByTime(1_000);
    expect(told).toEqual(["first", "second"]);
    first();
    vi.advanceTimersByTime(500);
    poller.settled({ ok: true });
    vi.advanceTimersByTime(999);
    expect(told).toHaveLength(2);
    vi.advanceTimersByTime(1);
    expect(told).toEqual(["first", "second", "second"]);
    second();
    poller.settled({ ok: true });
    expect(vi.getTimerCount()).toBe(0);
  });

  it("keeps no process alive", () => {
    const timers = vi.spyOn(globalThis, "setTimeout");
    const stop = new Poller(1_000).add(() => undefined);
    const [made] = timers.mock.results;
    expect(made?.value).toHaveProperty("hasRef");
    expect((made as { value: NodeJS.Timeout }).value.hasRef()).toBe(false);
    stop();
    timers.mockRestore();
  });
});
