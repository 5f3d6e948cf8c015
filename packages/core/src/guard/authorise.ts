import type { AuditSink } from "../audit/record.ts";
import { limitDemands, type LimitDemand } from "../limits/claims.ts";
import type { LimitResult, LimitStore } from "../limits/store.ts";
import { denied, type Judged } from "./judge.ts";
import { callEvent } from "./records.ts";
import { isPromise, when, type Awaitable } from "./wait.ts";

/**
 * Reserves all limits of a call in one step. Gives the call as it was, or denied, or up for review where a
 * limit says so. A store that fails denies: nobody knows what is left.
 *
 * @param waived - limits by rule name that a reviewer has just approved to go past
 * @param keys - `shadow`: counts for a policy that enforces nothing, beside what is enforced
 */
export function reserveLimits(
  judged: Judged,
  store: LimitStore,
  now: number,
  waived: ReadonlySet<string>,
  keys?: "shadow",
): Awaitable<Judged> {
  const demands = demandsOf(judged, keys)?.filter((demand) => !waived.has(demand.rule));
  if (demands === undefined) return cannotCount(judged);
  if (demands.length === 0) return judged;
  let result: Awaitable<LimitResult>;
  try {
    result = store.reserve(demands, now);
  } catch {
    return denied(judged, "store_unavailable");
  }
  const taken = when(result, (made) => afterLimits(judged, demands, made));
  return taken instanceof Promise ? taken.catch(() => denied(judged, "store_unavailable")) : taken;
}

/**
 * Gives back what {@link reserveLimits} took at the same time, where the call does not run after all. A store that
 * fails at it keeps them: what counts too much only denies sooner.
 */
export function releaseLimits(
  judged: Judged,
  store: LimitStore,
  now: number,
  waived: ReadonlySet<string>,
): Awaitable<unknown> {
  const demands = demandsOf(judged, undefined)?.filter((demand) => !waived.has(demand.rule)) ?? [];
  if (demands.length === 0) return undefined;
  try {
    const released = store.release?.(demands, now);
    return isPromise(released) ? Promise.resolve(released).catch(() => undefined) : undefined;
  } catch {
    return undefined;
  }
}

/** What {@link reserveLimits} would say now. Takes nothing. */
export function peekLimits(
  judged: Judged,
  store: LimitStore,
  now: number,
  keys?: "shadow",
): Judged {
  const demands = demandsOf(judged, keys);
  if (demands === undefined) return cannotCount(judged);
  if (demands.length === 0 || store.peek === undefined) return judged;
  return afterLimits(judged, demands, store.peek(demands, now));
}

function demandsOf(
  { decision, run }: Judged,
  keys: "shadow" | undefined,
): readonly LimitDemand[] | undefined {
  if (decision.obligations.length === 0 || run === null) return [];
  const subject = {
    tenant: run.tenant ?? null,
    agent: run.agent.id,
    user: run.user?.id ?? null,
    session: run.session,
  };
  const demands = limitDemands(decision.obligations, subject) ?? undefined;
  if (keys === undefined) return demands;
  return demands?.map((demand) => ({ ...demand, key: JSON.stringify([keys, demand.key]) }));
}

function cannotCount(judged: Judged): Judged {
  return denied(judged, "obligation_failed", {
    detail: "a limit is kept by the user and the ticket names none",
  });
}

/**
 * A store is code of the host's: whatever is not a plain yes or a plain no is a store that did not answer. What
 * a polluted `Object.prototype` lends to an empty answer is neither.
 */
function afterLimits(
  judged: Judged,
  demands: readonly LimitDemand[],
  result: LimitResult | null | undefined,
): Judged {
  const own = typeof result === "object" && result !== null && Object.hasOwn(result, "ok");
  if (!own) return denied(judged, "store_unavailable");
  if (result.ok === true) return judged;
  const demand = demands.find((_, index) => index === result.claim);
  if (demand === undefined || result.ok !== false) return denied(judged, "store_unavailable");
  const seconds = Math.ceil(result.retryAfterMs / 1000);
  const wait = Number.isFinite(seconds) ? { retryAfter: seconds } : {};
  const limited = denied(judged, "rate_limited", { rule: demand.rule, ...wait });
  if (demand.onExceed === "deny") return limited;
  const decision = Object.freeze({ ...limited.decision, effect: "review" as const });
  return { ...limited, decision };
}

/**
 * Writes the call's record before its tool runs. Tools that change anything wait until the record is
 * durable. A record that cannot be kept denies.
 */
export function recordCall(
  judged: Judged,
  evaluation: string,
  now: number,
  audit: AuditSink,
  failed: (error: unknown) => void,
): Awaitable<Judged> {
  const unavailable = (error: unknown): Judged => {
    failed(error);
    return denied(judged, "audit_unavailable");
  };
  const operation = judged.bundle?.evaluator.tool(judged.tool)?.operation;
  const durable = operation !== "read";
  try {
    const kept = audit.append(callEvent(judged, evaluation, now), { durable });
    if (kept === undefined) return judged;
    if (!isPromise(kept)) return unavailable(new TypeError("the audit sink answered neither way"));
    return Promise.resolve(kept).then(() => judged, unavailable);
  } catch (error) {
    return unavailable(error);
  }
}
