import { describe, expect, it } from "vitest";
import {
  arithmetic,
  call,
  callScope,
  compare,
  errs,
  evaluate,
  literal,
  path,
} from "../../../test/expressions.ts";
import type { FunctionName } from "../../policy/expression.ts";
import { compileExpression } from "../expression.ts";
import { Duration, isError, Timestamp } from "../value.ts";
import { EVERY_PART } from "../../../test/parts.ts";

function read(name: "timestamp" | "duration", text: string): unknown {
  const constant = evaluate(call(name, literal(text)));
  const atRunTime = evaluate(call(name, path("arguments.t")), { t: text });
  expect(atRunTime).toEqual(constant);
  if (isError(constant)) return "error";
  if (constant instanceof Timestamp) return constant.epochMs;
  return constant instanceof Duration ? constant.ms : constant;
}

describe("timestamp", () => {
  it.each([
    ["2026-11-22T10:00:00Z", Date.UTC(2026, 10, 22, 10)],
    ["2026-11-22T10:00:00.5Z", Date.UTC(2026, 10, 22, 10, 0, 0, 500)],
    ["2026-11-22T10:00:00.123000Z", Date.UTC(2026, 10, 22, 10, 0, 0, 123)],
    ["2026-11-22T12:00:00+02:00", Date.UTC(2026, 10, 22, 10)],
    ["2026-11-22T04:30:00-05:30", Date.UTC(2026, 10, 22, 10)],
    ["2024-02-29T00:00:00Z", Date.UTC(2024, 1, 29)],
    ["1969-12-31T23:59:59.999Z", -1],
    ["0001-01-01T00:00:00Z", -62_135_596_800_000],
    ["9999-12-31T23:59:59.999Z", 253_402_300_799_999],
  ])("%s", (text, expected) => {
    expect(read("timestamp", text)).toBe(expected);
  });

  it.each([
    "2026-11-22",
    "2026-11-22T10:00:00",
    "2026-11-22 10:00:00Z",
    "2026-11-22t10:00:00z",
    "2026-02-30T00:00:00Z",
    "2025-02-29T00:00:00Z",
    "2026-13-01T00:00:00Z",
    "2026-00-10T00:00:00Z",
    "2026-11-22T24:00:00Z",
    "2026-11-22T10:60:00Z",
    "2026-11-22T23:59:60Z",
    "2026-11-22T10:00:00.1234Z",
    "2026-11-22T10:00:00.Z",
    "2026-11-22T10:00:00+2:00",
    "2026-11-22T10:00:00+24:00",
    "0000-12-31T00:00:00Z",
    "0001-01-01T00:00:00+01:00",
    "10000-01-01T00:00:00Z",
    " 2026-11-22T10:00:00Z",
    "",
    "now",
  ])("%j is an error", (text) => {
    expect(read("timestamp", text)).toBe("error");
  });

  it("of anything but a text is an error", () => {
    expect(errs(call("timestamp", literal(0)))).toBe(true);
  });
});

describe("duration", () => {
  it.each([
    ["90m", 5_400_000],
    ["1h30m", 5_400_000],
    ["1.5h", 5_400_000],
    ["100ms", 100],
    ["1.005s", 1_005],
    ["0.1s", 100],
    ["1000us", 1],
    ["1000000ns", 1],
    ["-5s", -5_000],
    ["+5s", 5_000],
    ["0s", 0],
    ["1h1m1s1ms", 3_661_001],
    ["9223372036854ms", 9_223_372_036_854],
  ])("%s", (text, expected) => {
    expect(read("duration", text)).toBe(expected);
  });

  it.each([
    "",
    "5",
    "s",
    "5d",
    "1 h",
    "5S",
    "1m-5s",
    "1us",
    "0.0001s",
    "1.s",
    ".5s",
    "1e3s",
    "9223372036855ms",
    "--5s",
    "5s ",
  ])("%j is an error", (text) => {
    expect(read("duration", text)).toBe("error");
  });
});

function part(name: FunctionName, at: string, zone: string): unknown {
  const program = compileExpression(call(name, path("request.time"), literal(zone)), EVERY_PART);
  const result = program(callScope({}, { time: Date.parse(at) }), { left: 1_000 });
  return isError(result) ? "error" : result;
}

describe("parts of a time in a zone", () => {
  it("follow the clock of the zone through summer time", () => {
    expect(part("getHours", "2026-03-29T00:30:00Z", "Europe/Berlin")).toBe(1);
    expect(part("getHours", "2026-03-29T01:30:00Z", "Europe/Berlin")).toBe(3);
    expect(part("getHours", "2026-10-25T00:30:00Z", "Europe/Berlin")).toBe(2);
    expect(part("getHours", "2026-10-25T01:30:00Z", "Europe/Berlin")).toBe(2);
    expect(part("getHours", "2026-10-25T02:30:00Z", "Europe/Berlin")).toBe(3);
  });

  it("count as CEL counts", () => {
    const at = "2026-11-22T23:30:15.250Z";
    expect(part("getFullYear", at, "Europe/Berlin")).toBe(2026);
    expect(part("getMonth", at, "Europe/Berlin")).toBe(10);
    expect(part("getDate", at, "Europe/Berlin")).toBe(23);
    expect(part("getDayOfMonth", at, "Europe/Berlin")).toBe(22);
    expect(part("getDayOfWeek", at, "Europe/Berlin")).toBe(1);
    expect(part("getDayOfWeek", "2026-11-22T22:30:00Z", "Europe/Berlin")).toBe(0);
    expect(part("getDayOfYear", "2026-12-31T23:30:00Z", "Europe/Berlin")).toBe(0);
    expect(part("getDayOfYear", "2024-12-31T12:00:00Z", "UTC")).toBe(365);
    expect(part("getHours", at, "Europe/Berlin")).toBe(0);
    expect(part("getMinutes", at, "Asia/Kathmandu")).toBe(15);
    expect(part("getSeconds", at, "UTC")).toBe(15);
    expect(part("getMilliseconds", at, "UTC")).toBe(250);
    expect(part("getMilliseconds", "1969-12-31T23:59:59.999Z", "UTC")).toBe(999);
    expect(part("getDate", "2026-11-30T15:30:00Z", "Asia/Tokyo")).toBe(1);
  });

  it("hold in the years before 100", () => {
    const early = call("timestamp", literal("0050-06-01T12:00:00Z"));
    expect(evaluate(call("getFullYear", early, literal("UTC")))).toBe(50);
    expect(evaluate(call("getDayOfYear", early, literal("UTC")))).toBe(151);
  });

  it("need a zone by its IANA name", () => {
    for (const zone of [
      "",
      "Berlin",
      "+02:00",
      "Europe/Nowhere",
      "local",
      "Europe/Berlin ",
      "../Europe/Berlin",
    ]) {
      expect(part("getHours", "2026-11-22T10:00:00Z", zone), zone).toBe("error");
    }
    expect(errs(call("getHours", path("request.time"), literal(1)))).toBe(true);
    expect(errs(call("getHours", literal("2026-11-22T10:00:00Z"), literal("UTC")))).toBe(true);
  });

  it("take a zone that only the call knows, at a higher price", () => {
    const program = compileExpression(
      call("getHours", path("request.time"), path("arguments.z")),
      EVERY_PART,
    );
    const budget = { left: 10_000 };
    expect(program(callScope({ z: "Asia/Tokyo" }), budget)).toBe(19);
    expect(budget.left).toBeLessThan(9_500);
  });

  it("compare with instants and lengths", () => {
    const start = call("timestamp", literal("2026-11-22T10:00:00Z"));
    expect(evaluate(compare(path("request.time"), ">=", start))).toBe(true);
    const since = arithmetic(path("request.time"), "-", start);
    expect(evaluate(compare(since, ">", call("duration", literal("90m"))))).toBe(false);
  });
});
