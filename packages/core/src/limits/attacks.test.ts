import { describe, expect } from "vitest";
import { verifies } from "../../../../test/verifies.ts";
import { memoryLimits } from "./memory.ts";
import type { LimitClaim } from "./store.ts";

describe("a store that is nearly full", () => {
  verifies("core.attack.full-store", "takes a unit of every limit of a call or of none", () => {
    const limits = memoryLimits();
    const claim = (key: string): LimitClaim => ({ key, max: 1, windowMs: 1_000 });
    for (let n = 0; n < 99_999; n++) void limits.reserve([claim(`other-${n}`)], 0);
    expect(() => limits.reserve([claim("first"), claim("second")], 0)).toThrow("too many limits");
    expect(limits.reserve([claim("first")], 0)).toEqual({ ok: true });
    // Full now, and what has a counter needs no room.
    expect(limits.reserve([claim("first")], 0)).toMatchObject({ ok: false });
    expect(limits.reserve([claim("first"), claim("second")], 1_000)).toEqual({ ok: true });
  });
});
