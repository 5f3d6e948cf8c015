import { describe, expect } from "vitest";
import { verifies } from "../verifies.ts";
import { HOSTILE_CASES } from "./hostile/cases.ts";
import { decideHostile } from "./worst-case.ts";

/** Ten times what the benchmark permits: instrumented code on a busy machine is slow, and a hole takes minutes. */
const MOST_MS = 1_000;

describe("a hostile case", () => {
  for (const one of HOSTILE_CASES) {
    verifies("worst.decides", one.name, async () => {
      const { ms, codes } = await decideHostile(one, 2);
      expect(codes).not.toContain("internal_error");
      expect(codes[1]).toBe(codes[0]);
      expect(Math.min(...ms)).toBeLessThan(MOST_MS);
    });
  }
});
