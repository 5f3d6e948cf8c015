/** A named time zone. */
export interface Zone {
  /** The zone's clock at an instant, as a date whose UTC parts are the zone's local ones. */
  wallClock(epochMs: number): Date;
}

/** Area and place, as IANA writes them; offsets such as `+02:00` know no summer time and are not zones. */
const NAME = /^[A-Za-z][A-Za-z0-9_+/-]{0,63}$/;
/** There are about 600 names; past this many the table starts again. */
const MAX_ZONES = 1_000;

/** Building a formatter takes longer than everything else in a decision, so zones are shared. */
const zones = new Map<string, Zone>();

/**
 * A zone by its IANA name, such as `Europe/Berlin` or `UTC`.
 *
 * @returns `null` when the platform knows no such zone
 */
export function readZone(name: string): Zone | null {
  if (!NAME.test(name)) return null;
  // Names count in any case. A formatter has 30 KB, and one name ten million spellings.
  const key = name.toLowerCase();
  const known = zones.get(key);
  if (known !== undefined) return known;
  const zone = openZone(name);
  if (zone === null) return null;
  if (zones.size >= MAX_ZONES) zones.clear();
  zones.set(key, zone);
  return zone;
}

function openZone(name: string): Zone | null {
  let formatter: Intl.DateTimeFormat;
  try {
    formatter = new Intl.DateTimeFormat("en-US", {
      timeZone: name,
      calendar: "gregory",
      numberingSystem: "latn",
      hourCycle: "h23",
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
      hour: "2-digit",
      minute: "2-digit",
      second: "2-digit",
    });
  } catch {
    return null;
  }
  // The conditions of one decision ask about one instant, `request.time`.
  let lastInstant = NaN;
  let lastOffset = 0;
  return {
    wallClock(epochMs) {
      if (epochMs !== lastInstant) {
        lastOffset = offsetAt(formatter, epochMs);
        lastInstant = epochMs;
      }
      return new Date(epochMs + lastOffset);
    },
  };
}

/** How far the zone's clock is ahead of UTC, in milliseconds. */
function offsetAt(formatter: Intl.DateTimeFormat, epochMs: number): number {
  const shown: { [part: string]: number } = {};
  for (const { type, value } of formatter.formatToParts(epochMs)) shown[type] = Number(value);
  const { year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0 } = shown;
  const wall = new Date(0);
  wall.setUTCFullYear(year, month - 1, day);
  wall.setUTCHours(hour, minute, second);
  // The formatter shows whole seconds, so the instant is cut to them too.
  return wall.getTime() - Math.floor(epochMs / 1_000) * 1_000;
}
