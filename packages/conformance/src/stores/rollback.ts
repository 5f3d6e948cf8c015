import type { RollbackEntry, RollbackStore } from "@interlatch/core";
import type { Runner } from "../runner.ts";

/** A store for rollback state that the kit tests. */
export interface RollbackStoreUnderTest {
  readonly name: string;
  /**
   * Makes a new, empty state and gives what opens it: each time as another process would, with nothing of the time
   * before but what is kept.
   */
  state(): Opener | Promise<Opener>;
}

type Opener = () => RollbackStore | Promise<RollbackStore>;

const START = Date.parse("2026-01-01T00:00:00Z");

/** Keys that an attacker would choose, and some that look alike. */
const KEYS = [
  "bundle:a#prod",
  "bundle:A#prod",
  "bundle:a#prod ",
  "root",
  "seen",
  '"root"',
  "__proto__",
  "constructor",
  "toString",
  "é",
  "e\u0301",
  "a\0",
  "\ud800",
  "\ud801",
  "'; DROP TABLE interlatch_rollback; --",
  "' OR '1'='1",
  '"),(1,2)--',
  "$1",
  "%",
  "{interlatch_}rollback",
  "..\\../x\r\nSET root 0",
] as const;

/**
 * What every store for rollback state must do, told to a test runner: the highest version stays, of two contents of one
 * version the first wins, all of it also when many come at once, and afterwards in another process.
 *
 * @param store - makes a new, empty state for each test
 * @param runner - `{ describe, it, expect }` of the caller's test runner
 *
 * @example
 * ```ts
 * import { testRollbackStore } from "@interlatch/conformance";
 * import { memoryRollback } from "@interlatch/core";
 * import { describe, expect, it } from "vitest";
 * const state = () => {
 *   const rollback = memoryRollback();
 *   return () => rollback;
 * };
 * testRollbackStore({ name: "memory", state }, { describe, expect, it });
 * ```
 */
export function testRollbackStore(store: RollbackStoreUnderTest, runner: Runner): void {
  const { expect } = runner;
  const check = (
    id: string,
    title: string,
    body: (rollback: RollbackStore, open: Opener) => Promise<void>,
  ): void => {
    runner.it(`[${id}] ${title}`, async () => {
      const open = await store.state();
      await body(await open(), open);
    });
  };

  runner.describe(`rollback state of ${store.name}`, () => {
    check(
      "store.rollback.forward",
      "keep the highest version, and nothing before",
      async (rollback) => {
        expect(await rollback.get("root")).toBe(undefined);
        expect(plain(await rollback.advance("root", entry(3)))).toEqual(entry(3));
        expect(plain(await rollback.advance("root", entry(2, "b")))).toEqual(entry(3));
        expect(plain(await rollback.advance("root", entry(10, "c")))).toEqual(entry(10, "c"));
        expect(plain(await rollback.advance("root", entry(9, "d")))).toEqual(entry(10, "c"));
        const last = entry(Number.MAX_SAFE_INTEGER, "e");
        expect(plain(await rollback.advance("root", last))).toEqual(last);
        const before = entry(Number.MAX_SAFE_INTEGER - 1, "f");
        expect(plain(await rollback.advance("root", before))).toEqual(last);
        expect(plain(await rollback.get("root"))).toEqual(last);
      },
    );

    check("store.rollback.content", "keep the first content of a version", async (rollback) => {
      await rollback.advance("root", entry(3));
      expect(plain(await rollback.advance("root", entry(3, "b")))).toEqual(entry(3));
      expect(plain(await rollback.advance("root", entry(3)))).toEqual(entry(3));
      expect(plain(await rollback.get("root"))).toEqual(entry(3));
    });

    check("store.rollback.parallel", "let one of many writers win", async (_, open) => {
      const stores = await Promise.all(Array.from({ length: 8 }, async () => open()));
      const letters = ["a", "b", "c", "d"];
      const answers = await Promise.all(
        Array.from({ length: 40 }, async (_unused, n) =>
          stores[n % stores.length]?.advance("root", entry(1, letters[n % letters.length])),
        ),
      );
      expect(new Set(answers.map((kept) => kept?.digest)).size).toBe(1);
      // Each is told of a version that is its own at least, and none of them undoes a later one.
      const raised = await Promise.all(
        Array.from({ length: 40 }, async (_unused, n) => {
          const version = 2 + ((n * 7) % 40);
          const kept = await stores[n % stores.length]?.advance("root", entry(version));
          return (kept?.version ?? 0) >= version;
        }),
      );
      expect(raised.every(Boolean)).toBe(true);
      expect((await stores[0]?.get("root"))?.version).toBe(41);
    });

    check("store.rollback.keys", "keep names apart, whatever stands in them", async (rollback) => {
      const taken: [string, RollbackEntry][] = [];
      for (const [n, key] of KEYS.entries()) {
        expect(await rollback.get(key)).toBe(undefined);
        const given = entry(n + 1);
        // No bundle has such a name, so it may be refused; mixed up with another it must not be.
        const kept = await rollback.advance(key, given).catch(() => null);
        if (kept === null) continue;
        expect(plain(kept)).toEqual(given);
        taken.push([key, given]);
      }
      expect(taken.some(([key]) => key.startsWith("bundle:"))).toBe(true);
      await rollback.seen?.(START);
      for (const [key, given] of taken) expect(plain(await rollback.get(key))).toEqual(given);
    });

    check(
      "store.rollback.lasts",
      "know in another process what was kept",
      async (rollback, open) => {
        const given = { ...entry(5) };
        await rollback.advance("root", given);
        given.version = 1;
        await rollback.seen?.(START + 7);
        const again = await open();
        expect(plain(await again.get("root"))).toEqual(entry(5));
        expect(plain(await again.advance("root", entry(4)))).toEqual(entry(5));
        expect(await again.seen?.(START)).toBe(rollback.seen === undefined ? undefined : START + 7);
      },
    );

    check("store.rollback.seen", "keep the last time seen", async (rollback, open) => {
      // A store without it notices no clock that was set back.
      if (rollback.seen === undefined) return;
      expect(await rollback.seen(START)).toBe(START);
      expect(await rollback.seen(START - 60_000)).toBe(START);
      expect(await rollback.seen(START + 1)).toBe(START + 1);
      const stores = await Promise.all(Array.from({ length: 4 }, async () => open()));
      const told = await Promise.all(
        Array.from({ length: 20 }, async (_unused, n) => {
          const now = START + 10 + ((n * 7) % 20);
          return ((await stores[n % stores.length]?.seen?.(now)) ?? 0) >= now;
        }),
      );
      expect(told.every(Boolean)).toBe(true);
      expect(await rollback.seen(START)).toBe(START + 29);
      expect(await rollback.get("root")).toBe(undefined);
    });
  });
}

function entry(version: number, letter = "a"): RollbackEntry {
  return { version, digest: letter.repeat(64) };
}

/** As JSON: a store need not keep prototypes. */
function plain(kept: RollbackEntry | undefined): unknown {
  return kept === undefined ? undefined : { version: kept.version, digest: kept.digest };
}
