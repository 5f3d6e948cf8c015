import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CLOCK_SKEW_MS, checkValidity, parseInstant } from "./instant.ts";

describe("parseInstant", () => {
  it("reads every second of four-digit years and gives back its milliseconds", () => {
    const seconds = fc.integer({ min: -62_167_219_200, max: 253_402_300_799 });
    fc.assert(
      fc.property(seconds, (second) => {
        const text = new Date(second * 1_000).toISOString().replace(".000Z", "Z");
        expect(parseInstant(text)).toBe(second * 1_000);
      }),
    );
  });

  it("reads days that exist and no others", () => {
    expect(parseInstant("2028-02-29T00:00:00Z")).toBe(Date.UTC(2028, 1, 29));
    for (const text of [
      "2026-02-29T00:00:00Z",
      "2026-04-31T00:00:00Z",
      "2026-13-01T00:00:00Z",
      "2026-00-01T00:00:00Z",
      "2026-01-01T24:00:00Z",
      "2026-01-01T00:60:00Z",
      "2026-12-31T23:59:60Z",
      "2026-01-01T00:00:00z",
      "2026-01-01T00:00:00.0Z",
      "2026-01-01T00:00:00Z ",
      "2026-01-01T00:00:00Z\n",
      "",
    ]) {
      expect(parseInstant(text), text).toBeUndefined();
    }
  });
});

describe("checkValidity", () => {
  const from = Date.UTC(2026, 5, 1);
  const until = Date.UTC(2026, 5, 2);
  const window = { notBefore: from, expires: until };

  it("is in force from its beginning, less the skew, until just before its end", () => {
    expect(checkValidity(window, from - CLOCK_SKEW_MS - 1)).toBe("bundle_not_yet_valid");
    expect(checkValidity(window, from - CLOCK_SKEW_MS)).toBeNull();
    expect(checkValidity(window, until - 1)).toBeNull();
    expect(checkValidity(window, until)).toBe("bundle_expired");
  });

  it("is closed when the clock or a date cannot be read", () => {
    expect(checkValidity(window, Number.NaN)).toBe("bundle_expired");
    expect(checkValidity({ ...window, expires: Number.NaN }, from)).toBe("bundle_expired");
    expect(checkValidity({ ...window, notBefore: Number.NaN }, from)).toBe("bundle_not_yet_valid");
  });
});
