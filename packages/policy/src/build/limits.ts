import { nearest } from "../diagnostics/nearest.ts";
import { shown } from "../diagnostics/words.ts";

/** How many calls in how long a window. */
export interface Rate {
  readonly max: number;
  /** Milliseconds. */
  readonly windowMs: number;
}

/** A rate, or why a text is none. */
export type RateResult =
  | { readonly ok: true; readonly rate: Rate }
  | { readonly ok: false; readonly message: string; readonly hint?: string };

const WINDOWS: Readonly<Record<string, number>> = {
  second: 1_000,
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
};

const FORM = /^(\S+)\s+(calls?|requests?)\s*(?:\/|\sper\s)\s*([a-z]+)$/;
const EXPECTED = "expected `N calls/minute`, with second, minute, hour or day";

/** A number alone, or with a window and without the word for what is counted. */
function hintFor(text: string): { readonly hint?: string } {
  const [, number, unit = "minute"] =
    /^\s*([0-9]+)\s*(?:(?:calls?|requests?)?\s*(?:\/|\b(?:per|an?|every)\b)?\s*([a-z]+))?\s*$/.exec(
      text,
    ) ?? [];
  if (number === undefined) return {};
  const near = Object.hasOwn(WINDOWS, unit) ? unit : (windowOf(unit) ?? "minute");
  return { hint: `Write \`${number} calls/${near}\`.` };
}

/** `min`, `h`, `seconds`: the window that begins so, or is its singular. */
function windowOf(unit: string): string | undefined {
  return Object.keys(WINDOWS).find((name) => name.startsWith(unit) || `${name}s` === unit);
}

/** Reads `100 calls/minute`, `5 requests per hour`. */
export function parseRate(text: string): RateResult {
  const [, number, , unit] = FORM.exec(text.trim()) ?? [];
  if (number === undefined || unit === undefined) {
    return { ok: false, message: `\`${shown(text)}\` is no rate; ${EXPECTED}.`, ...hintFor(text) };
  }
  const max = /^[0-9]+$/.test(number) ? Number(number) : 0;
  if (!Number.isSafeInteger(max) || max < 1) {
    return {
      ok: false,
      message: `\`${shown(text)}\` is no rate: \`${shown(number)}\` is no whole number of at least 1.`,
    };
  }
  const windowMs = Object.hasOwn(WINDOWS, unit) ? WINDOWS[unit] : undefined;
  if (windowMs === undefined) {
    const right = nearest(unit, Object.keys(WINDOWS));
    const hint = right === undefined ? {} : { hint: `Did you mean \`${right}\`?` };
    return {
      ok: false,
      message: `\`${shown(text)}\` is no rate: \`${shown(unit)}\` is no window; ${EXPECTED}.`,
      ...hint,
    };
  }
  return { ok: true, rate: { max, windowMs } };
}
