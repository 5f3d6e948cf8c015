import type { Decision, Policy, ReviewDemand } from "@interlatch/core";
import { DEFAULT_DEMAND } from "@interlatch/core/approvals";
import type { Direction } from "./change.ts";

/** A decision, and what it asks of people; nothing, where it asks nobody. */
export type Played = Decision & { readonly asked: readonly ReviewDemand[] };

/** Joins a decision with the demands of the rules that ask about the call. Each of them must be met. */
export function withDemands(policy: Policy, decision: Decision): Played {
  if (decision.effect !== "review") return { ...decision, asked: [] };
  const asking = new Set(
    decision.rules.flatMap(({ name, action, outcome }) =>
      action === "review" && outcome !== "not_matched" ? [name] : [],
    ),
  );
  // Past its limit the rule itself asks, whatever its action is.
  if (decision.code === "rate_limited" && decision.rule !== null) asking.add(decision.rule);
  const asked = policy.rules
    .filter(({ name }) => asking.has(name))
    .map(({ review }) => review ?? DEFAULT_DEMAND);
  return { ...decision, asked: asked.length === 0 ? [DEFAULT_DEMAND] : asked };
}

/**
 * Whether fewer people, other people or a later answer are now enough. Other people are looser and not just different:
 * somebody can approve who could not.
 */
export function demandDirection(
  before: readonly ReviewDemand[],
  after: readonly ReviewDemand[],
): Direction {
  const isLooser =
    before.some((was) => !after.some((is) => isAsStrict(is, was))) || endOf(after) > endOf(before);
  if (isLooser) return "looser";
  const isSame = after.every((is) => before.some((was) => isAsStrict(was, is)));
  return isSame && endOf(after) === endOf(before) ? "same" : "stricter";
}

/** Whether every answer that meets the one demand meets the other. */
function isAsStrict(one: ReviewDemand, other: ReviewDemand): boolean {
  if (one.by === "user" || other.by === "user") return one.by === other.by;
  const { by: groups } = other;
  return one.quorum >= other.quorum && one.by.every((group) => groups.includes(group));
}

/** When a request ends that nobody answered, in milliseconds after it was made. */
function endOf(demands: readonly ReviewDemand[]): number {
  return Math.min(...demands.map(({ expiresMs }) => expiresMs));
}

/** `2 of finance or legal within 30 min, and the user within 15 min` */
export function demandText(demands: readonly ReviewDemand[]): string {
  return demands
    .map(({ by, quorum, expiresMs }) => {
      const who = by === "user" ? "the user" : `${quorum} of ${by.join(" or ")}`;
      return `${who} within ${expiresMs / 60_000} min`;
    })
    .join(", and ");
}
