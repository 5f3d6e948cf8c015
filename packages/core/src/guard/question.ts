import type { Approval } from "../approvals/approval.ts";
import { draftOf } from "../approvals/draft.ts";
import { digestOf, type Judged } from "./judge.ts";
import type { RunIdentity } from "./tickets.ts";

/**
 * The question about a call; `null` for one that could not be read.
 *
 * @param limits - by rule name: those that it would go past
 * @param instead - the approval whose place it takes
 * @param now - epoch milliseconds
 */
export function questionOf(
  judged: Judged,
  limits: readonly string[],
  instead: Approval | null,
  now: number,
): Approval | null {
  const { id, tool, run, decision, shown, verdict, bundle } = judged;
  if (id === null || run === null) return null;
  const { user, tenant = null, session } = run;
  const question = {
    call: Object.freeze({ id, tool }),
    agent: askerOf(run),
    user: user?.id ?? null,
    tenant,
    session,
    arguments: decision.arguments,
    asked: shown,
    digest: digestOf(judged),
    decision,
    rules: [...verdict.reviews, ...limits.flatMap((name) => bundle?.evaluator.rule(name) ?? [])],
    limits,
    instead,
  };
  return draftOf(question, now);
}

/** The agents, as an approval names them. */
export function askerOf({ agent, delegation }: RunIdentity): Approval["agent"] {
  const ids = Object.freeze(delegation.map(({ id }) => id));
  const before = ids.length === 0 ? {} : { delegation: ids };
  return Object.freeze({ id: agent.id, roles: textsOf(agent["roles"]), ...before });
}

function textsOf(value: unknown): readonly string[] {
  if (!Array.isArray(value)) return [];
  return value.filter((one: unknown) => typeof one === "string");
}
