import { describe, expect, it } from "vitest";
import { parseRate } from "./limits.ts";

describe("parseRate", () => {
  it.each([
    ["100 calls/minute", 100, 60_000],
    ["1 call/second", 1, 1_000],
    ["5 requests per hour", 5, 3_600_000],
    ["1 request per day", 1, 86_400_000],
    ["  2 calls / day ", 2, 86_400_000],
  ])("reads %j", (text, max, windowMs) => {
    expect(parseRate(text)).toEqual({ ok: true, rate: { max, windowMs } });
  });

  it.each([
    "",
    "100",
    "calls/minute",
    "-1 calls/minute",
    "1e3 calls/minute",
    "9007199254740993 calls/day",
    "5 calls/week",
    "5 calls/constructor",
    "5 calls minute",
    "5 calls/minute!",
  ])("refuses %j", (text) => {
    expect(parseRate(text).ok).toBe(false);
  });
});
