import { describe, expect } from "vitest";
import { verifies } from "../../../../test/verifies.ts";
import { memoryResults } from "./results.ts";

describe("results in memory", () => {
  verifies("core.results.memory", "are known in their session alone", () => {
    const results = memoryResults();
    void results.keep("a", "d");
    expect([results.has("a", "d"), results.has("b", "d"), results.has("a", "e")]).toEqual([
      true,
      false,
      false,
    ]);
  });

  verifies("core.results.memory", "are bounded: the oldest results and sessions go first", () => {
    const results = memoryResults();
    for (let n = 0; n <= 1_000; n++) void results.keep("a", `d${n}`);
    expect([results.has("a", "d0"), results.has("a", "d1")]).toEqual([false, true]);
    for (let n = 0; n < 9_999; n++) void results.keep(`s${n}`, "d");
    expect(results.has("a", "d1")).toBe(true);
    void results.keep("one more", "d");
    expect([results.has("a", "d1"), results.has("s0", "d")]).toEqual([false, true]);
  });
});
