import type { RateLimit, Redaction, Rule } from "@interlatch/core";
import { DEFAULT_DEMAND } from "@interlatch/core/approvals";
import type { Direction } from "../replay/change.ts";
import { demandDirection } from "../replay/demands.ts";

/**
 * Whether a changed obligation lets more through. A call with a limit that was raised is decided as before, so no
 * search over calls would find it.
 *
 * @param before - the rule as it was; anything else is no rule and has no obligations
 */
export function obligationDirection(
  field: string,
  before: unknown,
  after: unknown,
): Direction | undefined {
  const was = (before ?? {}) as Partial<Rule>; // fields are looked at one by one
  const is = (after ?? {}) as Partial<Rule>;
  switch (field) {
    case "maxBatchSize":
      return byReach(was.maxBatchSize ?? Infinity, is.maxBatchSize ?? Infinity);
    case "rateLimit":
      return rateDirection(was.rateLimit, is.rateLimit);
    case "redact":
      return redactDirection(was.redact, is.redact);
    case "review":
      return reviewDirection(was, is);
    default:
      return undefined;
  }
}

/** Of a rule that asks before and after; whether one asks at all, the search finds out. */
function reviewDirection(before: Partial<Rule>, after: Partial<Rule>): Direction | undefined {
  if (before.name === undefined || after.name === undefined) return undefined;
  return demandDirection([before.review ?? DEFAULT_DEMAND], [after.review ?? DEFAULT_DEMAND]);
}

function byReach(before: number, after: number): Direction {
  return after > before ? "looser" : after < before ? "stricter" : "same";
}

/** Looser in any respect is looser: who raises a limit and shortens its window shall see that. */
function rateDirection(before: RateLimit | undefined, after: RateLimit | undefined): Direction {
  if (before === undefined || after === undefined)
    return after === undefined ? "looser" : "stricter";
  const keys = (limit: RateLimit): string => limit.by.toSorted().join();
  const isLooser =
    after.max > before.max ||
    after.windowMs < before.windowMs ||
    (before.onExceed === "deny" && after.onExceed === "review") ||
    keys(before) !== keys(after);
  return isLooser ? "looser" : "stricter";
}

function redactDirection(before: Redaction | undefined, after: Redaction | undefined): Direction {
  const paths = (redaction: Redaction | undefined): readonly string[] =>
    (redaction?.paths ?? []).map((path) => JSON.stringify(path));
  const kept = new Set(paths(after));
  const isLooser =
    paths(before).some((path) => !kept.has(path)) ||
    (before?.as === "mark" && after?.as === "token");
  return isLooser ? "looser" : "stricter";
}
