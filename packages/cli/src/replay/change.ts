import type { Decision, DecisionCode, Effect, Rewrite } from "@interlatch/core";

/** What a decision comes to, or came to when it was recorded. */
export interface Verdict {
  readonly effect: Effect;
  readonly code: DecisionCode;
  readonly rule: string | null;
}

/** What became of a call: `rewritten` runs or is asked about as before, on other arguments. */
export type Change =
  | "newly_allowed"
  | "newly_reviewed"
  | "newly_denied"
  | "rewritten"
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

/** Two decisions on one call: also those with one effect differ where the arguments do that the tool gets. */
export function changeBetween(before: Decision, after: Decision): Change {
  const change = changeOf(before.effect, after.effect);
  if (change !== "unaffected" || after.effect === "deny") return change;
  if (before.rewrites.length === 0 && after.rewrites.length === 0) return change;
  return JSON.stringify(before.rewrites) === JSON.stringify(after.rewrites) ? change : "rewritten";
}

/** Whether the second of two decisions lets more through than the first. */
export function directionBetween(before: Decision, after: Decision): Direction {
  const step = directionOf(before.effect, after.effect);
  if (step !== "same" || changeBetween(before, after) !== "rewritten") return step;
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
