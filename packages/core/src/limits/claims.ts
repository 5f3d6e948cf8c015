import type { Obligation } from "../decision/decision.ts";
import type { LimitClaim } from "./store.ts";

/** Who a limit can be kept by. */
export interface LimitSubject {
  readonly tenant: string | null;
  readonly agent: string;
  readonly user: string | null;
  readonly session: string;
}

/** A claim with the obligation it comes from. */
export interface LimitDemand extends LimitClaim {
  readonly rule: string;
  readonly onExceed: "deny" | "review";
}

const NONE: readonly LimitDemand[] = Object.freeze([]);

/**
 * What a call must reserve. Keys always hold tenant and rule. `null`: a limit is kept by the user, and the
 * ticket names none, so it cannot be kept.
 */
export function limitDemands(
  obligations: readonly Obligation[],
  subject: LimitSubject,
): readonly LimitDemand[] | null {
  if (obligations.length === 0) return NONE;
  const demands: LimitDemand[] = [];
  for (const obligation of obligations) {
    if (obligation.kind !== "rate_limit") continue;
    const { rule, max, windowMs, by, onExceed } = obligation;
    const who = by.map((name) => subject[name]);
    if (who.includes(null)) return null;
    // JSON, so that no name can be written so that two keys become one.
    const key = JSON.stringify([subject.tenant, rule, by, who]);
    demands.push({ key, max, windowMs, rule, onExceed });
  }
  return demands;
}
