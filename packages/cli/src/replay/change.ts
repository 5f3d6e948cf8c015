import type { DecisionCode, Effect, Rewrite } from "@interlatch/core";
import { demandDirection, demandText, type Played } from "./demands.ts";

/** What a decision comes to, or came to when it was recorded. */
export interface Verdict {
  readonly effect: Effect;
  readonly code: DecisionCode;
  readonly rule: string | null;
  /** Whose answers are enough; only where that is what changed. */
  readonly asks?: string;
}

/**
 * What became of a call. `rewritten`: it runs or is asked about as before, on other arguments. `asked_otherwise`: it is
 * asked about as before, and other answers are enough.
 */
export type Change =
  | "newly_allowed"
  | "newly_reviewed"
  | "newly_denied"
  | "rewritten"
  | "asked_otherwise"
  | "unaffected"
  | "not_compared";

/** Whether a change lets more through. */
export type Direction = "looser" | "stricter" | "same";

const REACH: Readonly<Record<Effect, number>> = { deny: 0, review: 1, allow: 2 };

/** How an effect compares with the one before. */
export function directionOf(before: Effect, after: Effect): Direction {
  const step = REACH[after] - REACH[before];
  return step > 0 ? "looser" : step < 0 ? "stricter" : "same";
}

/** What became of a call. `before` is `null` where it is not known what was decided. */
export function changeOf(before: Effect | null, after: Effect): Change {
  if (before === null) return "not_compared";
  if (before === after) return "unaffected";
  switch (after) {
    case "allow":
      return "newly_allowed";
    case "review":
      return "newly_reviewed";
    case "deny":
      return "newly_denied";
  }
}

/**
 * Two decisions on one call: also those with one effect differ where the arguments do that the tool gets, or the
 * answers that are enough.
 */
export function changeBetween(before: Played, after: Played): Change {
  const change = changeOf(before.effect, after.effect);
  if (change !== "unaffected" || after.effect === "deny") return change;
  if (JSON.stringify(before.rewrites) !== JSON.stringify(after.rewrites)) return "rewritten";
  return demandDirection(before.asked, after.asked) === "same" ? change : "asked_otherwise";
}

/** What two decisions on one call come to. */
export function verdictsBetween(
  before: Played,
  after: Played,
): { readonly before: Verdict; readonly after: Verdict } {
  const isAsked = before.effect === "review" && after.effect === "review";
  const isNamed = isAsked && demandDirection(before.asked, after.asked) !== "same";
  const verdictOf = ({ effect, code, rule, asked }: Played): Verdict => ({
    effect,
    code,
    rule,
    ...(isNamed ? { asks: demandText(asked) } : {}),
  });
  return { before: verdictOf(before), after: verdictOf(after) };
}

/** Whether the second of two decisions lets more through than the first. */
export function directionBetween(before: Played, after: Played): Direction {
  const step = directionOf(before.effect, after.effect);
  const change = changeBetween(before, after);
  if (step !== "same" || change === "unaffected") return step;
  const asked = demandDirection(before.asked, after.asked);
  if (change === "asked_otherwise" || asked === "looser") return asked;
  // A rewrite that is gone, or that leaves more than it left, shows the tool what it did not get before.
  const isLost = before.rewrites.some((one) => {
    const now = after.rewrites.find(({ kind, path }) => kind === one.kind && path === one.path);
    return now === undefined || leaves(now) > leaves(one);
  });
  return isLost ? "looser" : "stricter";
}

/** How many things a clamped call still touches; other rewrites leave no number. */
function leaves(rewrite: Rewrite): number {
  return rewrite.kind === "max_batch_size" ? rewrite.to : 0;
}
