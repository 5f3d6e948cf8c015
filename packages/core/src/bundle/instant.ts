/** How far a host's clock may be behind before a document that begins now is refused, in milliseconds. */
export const CLOCK_SKEW_MS = 60_000;

const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/;

/**
 * Reads `YYYY-MM-DDThh:mm:ssZ` and nothing else. The platform's parser alone accepts much more, and what it
 * makes of a date without a zone depends on where the process runs.
 *
 * @returns epoch milliseconds, or `undefined` when the text is no such instant (30 February and 24:00:00 are none)
 */
export function parseInstant(text: string): number | undefined {
  if (!INSTANT.test(text)) return undefined;
  const milliseconds = Date.parse(text);
  if (Number.isNaN(milliseconds)) return undefined;
  return new Date(milliseconds).toISOString() === text.replace("Z", ".000Z")
    ? milliseconds
    : undefined;
}

/** How far a clock may be behind the last time seen, in milliseconds: hosts that share a state differ a little. */
const BEHIND_MS = 300_000;

/** Whether a clock was set back since. Both are epoch milliseconds; a store that answers nonsense closes. */
export function isBehind(now: number, lastSeen: number): boolean {
  return !(now >= lastSeen - BEHIND_MS);
}

/**
 * Whether a verified bundle is in force, for the check at every call: a bundle that was loaded in time still
 * ends in time. The end is exact; the beginning allows for a clock that is up to {@link CLOCK_SKEW_MS} behind.
 *
 * @param window - epoch milliseconds; `revoked`: a later trust root took its signatures away
 * @param now - epoch milliseconds
 * @returns the decision code to deny with, or `null` when it is in force
 */
export function checkValidity(
  window: { readonly notBefore: number; readonly expires: number; readonly revoked?: boolean },
  now: number,
): "bundle_expired" | "bundle_not_yet_valid" | "bundle_revoked" | null {
  if (window.revoked === true) return "bundle_revoked";
  // Written so that an unreadable date or clock (NaN compares false with everything) is closed.
  if (!(now < window.expires)) return "bundle_expired";
  return now >= window.notBefore - CLOCK_SKEW_MS ? null : "bundle_not_yet_valid";
}
