import { checkValidity } from "../bundle/instant.ts";
import type { DecisionCode } from "../decision/codes.ts";
import type { Decision, Rewrite, Would } from "../decision/decision.ts";
import type { LimitStore } from "../limits/store.ts";
import { peekLimits, reserveLimits } from "./authorise.ts";
import type { LoadedBundle } from "./bundles.ts";
import { denied, weigh, wouldIn, wouldOf, type Judged } from "./judge.ts";
import { isPromise, when, type Awaitable } from "./wait.ts";

/** Asks a second policy, in shadow, about a call that was judged. Changes nothing of what was decided. */
export function besideShadow(judged: Judged, bundle: LoadedBundle): Judged {
  const { run, asked, time } = judged;
  // A call that could not be read, or a bundle out of its time: there is nothing to compare.
  if (run === null || asked === null || checkValidity(bundle, time) !== null) return judged;
  const shadow = weigh({ ...judged, bundle }, run, bundle, asked);
  return withShadow(judged, shadow);
}

/**
 * Takes what the policy in shadow would have taken of its limits, under keys of their own, where both would let the
 * call run. A limit that is used up, or a store that fails, only changes what would have been done. A store that
 * answers later is waited for only where the call had to wait for it anyway: what is only watched must neither hold
 * up a call nor make a promise of what was a value. What it would have done then stays what the rules say.
 */
export function countShadow(judged: Judged, store: LimitStore, now: number): Awaitable<Judged> {
  const { shadow } = judged;
  if (shadow === null || shadow.decision.effect !== "allow") return judged;
  const taken = reserveLimits(shadow, store, now, NONE, "shadow");
  const isLimited = judged.decision.obligations.some(({ kind }) => kind === "rate_limit");
  if (isPromise(taken) && !isLimited) {
    // A store that fails was turned into an answer; nobody waits for either.
    taken.then(undefined, () => undefined);
    return judged;
  }
  return when(taken, (counted) => (counted === shadow ? judged : withShadow(judged, counted)));
}

/** What {@link countShadow} would say now. Takes nothing. */
export function peekShadow(judged: Judged, store: LimitStore, now: number): Judged {
  const { shadow } = judged;
  if (shadow === null || shadow.decision.effect !== "allow") return judged;
  try {
    const counted = peekLimits(shadow, store, now, "shadow");
    return counted === shadow ? judged : withShadow(judged, counted);
  } catch {
    return withShadow(judged, denied(shadow, "store_unavailable"));
  }
}

/** Whether a policy in shadow was asked and would have done something else. */
export function differs(decision: Decision): decision is Decision & { readonly would: Would } {
  const would = wouldIn(decision);
  if (would === undefined) return false;
  // A call that a policy wants reviewed is one for review, whatever came of asking.
  const effect = OF_A_REVIEW.has(decision.code) ? "review" : decision.effect;
  return would.effect !== effect || !sameRewrites(would.rewrites, decision.rewrites);
}

function withShadow(judged: Judged, shadow: Judged): Judged {
  const decision = { ...judged.decision, would: wouldOf(shadow.decision) };
  return { ...judged, decision: Object.freeze(decision), shadow };
}

const NONE: ReadonlySet<string> = new Set();

/** What became of calls that the policy in force lets a person decide. */
const OF_A_REVIEW: ReadonlySet<DecisionCode> = new Set([
  "approved",
  "review_unavailable",
  "review_pending",
  "review_budget",
  "session_required",
  "approval_rejected",
  "approval_expired",
  "approval_mismatch",
  "approval_used",
  "approval_superseded",
]);

/** What a reviewer changed is no policy's doing. */
function sameRewrites(a: readonly Rewrite[], b: readonly Rewrite[]): boolean {
  const made = (rewrites: readonly Rewrite[]): string =>
    JSON.stringify(rewrites.filter(({ kind }) => kind !== "reviewed"));
  return made(a) === made(b);
}
