import { wrongUse } from "../arguments.ts";

/** The value of an option that is a whole number from 0 on; `undefined` where it is not given. @throws ERR_OPTIONS */
export function wholeNumber(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw wrongUse(`${name} is a whole number; found ${text}.`);
}

/** The value of an option that is an instant, epoch milliseconds. @throws ERR_OPTIONS */
export function instantOf(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const time = Date.parse(text);
  const isInstant = /^\d{4}-\d{2}-\d{2}T.+(?:Z|[+-]\d{2}:\d{2})$/.test(text);
  if (isInstant && Number.isFinite(time)) return time;
  throw wrongUse(`${name} is an instant like 2026-01-31T09:00:00Z; found ${text}.`);
}
