import { BUDGET_EXHAUSTED, spend } from "../cost.ts";
import type { FunctionName } from "../../policy/expression.ts";
import { Duration, EvaluationError, Timestamp } from "../value.ts";
import type { BinaryFunction, UnaryFunction } from "./function.ts";
import { DURATION_LIMIT_MS, TIMESTAMP_MAX_MS, TIMESTAMP_MIN_MS } from "./time-range.ts";
import { readZone, type Zone } from "./zone.ts";

/** What building the tables of a zone costs when its name is not a literal. */
const ZONE_COST = 512;
/** What reading one part of an instant in a zone costs. */
const PART_COST = 16;

const NOT_INSTANT = new EvaluationError(
  "timestamp needs an RFC 3339 date-time, to the millisecond",
);
const NOT_LENGTH = new EvaluationError(
  "duration needs a length such as 90m or 1h30m, to the millisecond",
);
const NO_ZONE = new EvaluationError("the zone is not an IANA time zone");
const NOT_TIMESTAMP = new EvaluationError("a part of a time needs a timestamp");

const INSTANT =
  /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(?:Z|([+-])(\d\d):(\d\d))$/;

/** `timestamp("2026-11-22T10:00:00Z")`: RFC 3339, upper case `T` and `Z`; finer than a millisecond is an error. */
export const TIMESTAMP: UnaryFunction = {
  constant: true,
  apply: (value, budget) =>
    spend(budget, 4) ? (readInstant(value) ?? NOT_INSTANT) : BUDGET_EXHAUSTED,
};

function readInstant(value: unknown): Timestamp | null {
  const match = typeof value === "string" && value.length <= 40 ? INSTANT.exec(value) : null;
  if (match === null) return null;
  const [, year, month, day, hour, minute, second] = match.map(Number);
  const [fraction = "", sign, offsetHour = "0", offsetMinute = "0"] = match.slice(7);
  const ms = Number(fraction.padEnd(3, "0").slice(0, 3));
  if (/[1-9]/.test(fraction.slice(3))) return null;
  if (Number(offsetHour) > 23 || Number(offsetMinute) > 59) return null;
  // The pattern has these six groups.
  const wall = utcOf(year!, month!, day!, hour!, minute!, second!);
  if (wall === null) return null;
  const offset = (Number(offsetHour) * 60 + Number(offsetMinute)) * 60_000;
  const epochMs = wall + ms + (sign === "-" ? offset : -offset);
  const known = epochMs >= TIMESTAMP_MIN_MS && epochMs <= TIMESTAMP_MAX_MS;
  return known ? new Timestamp(epochMs) : null;
}

/** Epoch milliseconds of a date and time in UTC; `null` for 30 February and for a second 60. */
export function utcOf(
  year: number,
  month: number,
  day: number,
  hour: number,
  minute: number,
  second: number,
): number | null {
  if (hour > 23 || minute > 59 || second > 59) return null;
  const date = new Date(0);
  // Date.UTC would take the years 0 to 99 for 1900 to 1999.
  date.setUTCFullYear(year, month - 1, day);
  const exists = date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  return exists ? date.getTime() + ((hour * 60 + minute) * 60 + second) * 1_000 : null;
}

/** Nanoseconds in each unit of a length. */
const UNITS: { readonly [unit: string]: bigint } = {
  h: 3_600_000_000_000n,
  m: 60_000_000_000n,
  s: 1_000_000_000n,
  ms: 1_000_000n,
  us: 1_000n,
  ns: 1n,
};
const LENGTH = /^([+-]?)((?:\d{1,15}(?:\.\d{1,9})?(?:h|ms|m|s|us|ns)){1,6})$/;
const PART = /(\d+)(?:\.(\d+))?(h|ms|m|s|us|ns)/g;

/** `duration("1h30m")`: hours, minutes, seconds, ms, us, ns, in whole milliseconds altogether. */
export const DURATION: UnaryFunction = {
  constant: true,
  apply: (value, budget) =>
    spend(budget, 8) ? (readLength(value) ?? NOT_LENGTH) : BUDGET_EXHAUSTED,
};

function readLength(value: unknown): Duration | null {
  const match = typeof value === "string" && value.length <= 128 ? LENGTH.exec(value) : null;
  if (match === null) return null;
  let total = 0n;
  for (const [, whole = "", fraction = "", unit = ""] of (match[2] ?? "").matchAll(PART)) {
    const scale = 10n ** BigInt(fraction.length);
    const nanoseconds = BigInt(whole + fraction) * (UNITS[unit] ?? 0n);
    if (nanoseconds % scale !== 0n) return null;
    total += nanoseconds / scale;
  }
  // Integers all the way: 1.005 s in doubles is 1004.9999999999999 ms.
  if (total % 1_000_000n !== 0n) return null;
  const ms = Number(total / 1_000_000n);
  if (ms > DURATION_LIMIT_MS) return null;
  return new Duration(match[1] === "-" ? -ms : ms);
}

type TimePart = Extract<FunctionName, `get${string}`>;

/**
 * The parts of an instant in a named zone, counted as CEL counts them: `getMonth`, `getDayOfMonth`,
 * `getDayOfWeek` (Sunday) and `getDayOfYear` from 0, `getDate` from 1. `wall` is the zone's clock as a UTC date.
 */
export const TIME_PARTS: { readonly [Part in TimePart]: BinaryFunction<Zone> } = {
  getFullYear: part((wall) => wall.getUTCFullYear()),
  getMonth: part((wall) => wall.getUTCMonth()),
  getDate: part((wall) => wall.getUTCDate()),
  getDayOfMonth: part((wall) => wall.getUTCDate() - 1),
  getDayOfWeek: part((wall) => wall.getUTCDay()),
  getDayOfYear: part(dayOfYear),
  getHours: part((wall) => wall.getUTCHours()),
  getMinutes: part((wall) => wall.getUTCMinutes()),
  getSeconds: part((wall) => wall.getUTCSeconds()),
  getMilliseconds: part((wall) => wall.getUTCMilliseconds()),
};

function part(read: (wall: Date) => number): BinaryFunction<Zone> {
  return {
    prepare(second, budget) {
      if (typeof second !== "string") return NO_ZONE;
      return spend(budget, ZONE_COST) ? (readZone(second) ?? NO_ZONE) : BUDGET_EXHAUSTED;
    },
    apply(first, zone, budget) {
      if (!(first instanceof Timestamp)) return NOT_TIMESTAMP;
      return spend(budget, PART_COST) ? read(zone.wallClock(first.epochMs)) : BUDGET_EXHAUSTED;
    },
  };
}

function dayOfYear(wall: Date): number {
  const start = utcOf(wall.getUTCFullYear(), 1, 1, 0, 0, 0) ?? 0;
  return Math.floor((wall.getTime() - start) / 86_400_000);
}
