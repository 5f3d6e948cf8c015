import { CLOCK_SKEW_MS } from "../bundle/instant.ts";
import type { VerifiedStatus } from "./verify.ts";

/** By what a status is found too old. */
export interface Freshness {
  readonly mode: "reads" | "deny";
  /** Epoch milliseconds. An end before that of the status: that of a bundle which is the current one no more. */
  readonly until: number;
  /** By the host's clock, epoch milliseconds. */
  readonly now: number;
  /** The latest time since the status is in use, epoch milliseconds: a clock that is set back must not make it last. */
  readonly latest: number;
  /** Whether the tool only reads. */
  readonly isRead: boolean;
}

/**
 * Why a call may not go on by this status; `null`: it may. After the end, where the host wants that, reads go on for as
 * long again as the status lived: a publisher that fails for an hour must not stop what changes nothing.
 */
export function staleness(
  { issued, expires, document }: Pick<VerifiedStatus, "issued" | "expires" | "document">,
  { mode, until, now, latest, isRead }: Freshness,
): string | null {
  if (!(now >= issued - CLOCK_SKEW_MS))
    return `the clock is before ${document.issued}, its beginning`;
  const end = Math.min(until, expires);
  if (latest < end) return null;
  if (mode === "reads" && isRead && latest < end + (expires - issued)) return null;
  return end === expires
    ? `it ended ${document.expires}`
    : "it names a later bundle, which has not come in time";
}
