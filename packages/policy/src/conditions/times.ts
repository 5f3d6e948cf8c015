const RFC3339 =
  /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.\d{1,9})?(?:Z|[+-]([01]\d|2[0-3]):[0-5]\d)$/;

/** Milliseconds since 1970 of an RFC 3339 instant; `undefined` for any other text and for days that do not exist. */
export function epochOf(text: string): number | undefined {
  const [, year, month, day, hour, minute, second] = RFC3339.exec(text) ?? [];
  if (year === undefined || !isDay(year, month, day)) return undefined;
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return undefined;
  const epoch = Date.parse(text);
  return Number.isNaN(epoch) ? undefined : epoch;
}

/** The last millisecond (UTC) of a day `YYYY-MM-DD`; `undefined` for any other text and for days that do not exist. */
export function endOfDay(text: string): number | undefined {
  const [, year, month, day] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text) ?? [];
  if (year === undefined || !isDay(year, month, day)) return undefined;
  return Date.parse(`${text}T23:59:59.999Z`);
}

/** Engines read 30 February as 2 March; a policy must not. */
function isDay(year: string, month = "", day = ""): boolean {
  const date = new Date(`${year}-${month}-01T00:00:00Z`);
  if (Number.isNaN(date.getTime())) return false;
  date.setUTCDate(Number(day));
  return Number(day) > 0 && date.getUTCMonth() + 1 === Number(month);
}
