/** Four digits, two, two (RFC 3339 `full-date`). Digits of ASCII alone: `\d` is no more without the flag `u`. */
const DATE = /^(\d{4})-(\d{2})-(\d{2})$/;

/** RFC 3339 `date-time`, upper or lower case. A fraction may be as long as any clock's. */
const DATE_TIME =
  /^(\d{4}-\d{2}-\d{2})[Tt](\d{2}):(\d{2}):(\d{2})(?:\.\d{1,64})?(?:[Zz]|([+-])(\d{2}):(\d{2}))$/;

const DAYS: readonly number[] = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** A day of the calendar, as RFC 3339 writes it: `2026-11-22`. */
export function isDate(text: string): boolean {
  const parts = DATE.exec(text);
  if (parts === null) return false;
  const [year = 0, month = 0, day = 0] = parts.slice(1).map(Number);
  const isLeapYear = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const days = month === 2 && isLeapYear ? 29 : (DAYS[month - 1] ?? 0);
  return day >= 1 && day <= days;
}

/** An instant with its offset, as RFC 3339 writes it. The 60th second is one only at the end of a day in UTC. */
export function isDateTime(text: string): boolean {
  const parts = DATE_TIME.exec(text);
  if (parts === null || !isDate(parts[1] ?? "")) return false;
  const [hour = 0, minute = 0, second = 0] = parts.slice(2, 5).map(Number);
  const offsetHour = Number(parts[6] ?? 0);
  const offsetMinute = Number(parts[7] ?? 0);
  if (hour > 23 || minute > 59 || second > 60 || offsetHour > 23 || offsetMinute > 59) return false;
  if (second < 60) return true;
  const offset = (parts[5] === "-" ? -1 : 1) * (offsetHour * 60 + offsetMinute);
  const DAY = 24 * 60;
  return (hour * 60 + minute - offset + DAY) % DAY === DAY - 1;
}
