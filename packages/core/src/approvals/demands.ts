import type { Risk } from "../decision/decision.ts";
import type { ReviewDemand, ReviewPriority, Rule } from "../policy/ir.ts";
import { REVIEW_PRIORITIES } from "../policy/ir.ts";
import type { Approval, Reviewer, Vote } from "./approval.ts";

/** What a rule asks that says nothing of it. */
export const DEFAULT_DEMAND: ReviewDemand = Object.freeze({
  by: Object.freeze(["reviewer"]),
  quorum: 1,
  expiresMs: 15 * 60_000,
});

/** What several rules ask together: each of their demands, the shortest time, the highest priority. */
export interface Demands {
  readonly demands: readonly ReviewDemand[];
  readonly expiresMs: number;
  readonly priority: ReviewPriority;
}

/** Joins the demands of all rules that ask about one call. Equal ones are one. */
export function demandsOf(rules: readonly Pick<Rule, "review">[], risk: Risk): Demands {
  const asked = rules.map(({ review }) => review ?? DEFAULT_DEMAND);
  const all = asked.length === 0 ? [DEFAULT_DEMAND] : asked;
  const demands = [...new Map(all.map((one) => [JSON.stringify(one), one])).values()];
  const named = demands.flatMap(({ priority }) => priority ?? []);
  return {
    demands: Object.freeze(demands),
    expiresMs: Math.min(...demands.map(({ expiresMs }) => expiresMs)),
    priority: named.length === 0 ? priorityOf(risk) : highest(named),
  };
}

/** Where no rule names one: by the risk score. */
function priorityOf({ score }: Risk): ReviewPriority {
  if (score >= 90) return "critical";
  if (score >= 60) return "high";
  return score >= 40 ? "medium" : "low";
}

function highest(priorities: readonly ReviewPriority[]): ReviewPriority {
  return REVIEW_PRIORITIES.findLast((one) => priorities.includes(one)) ?? "low";
}

/** Who asked: the people that a group's demand leaves out. */
type Asker = Pick<Approval, "agent" | "user">;

/** Whether a demand asks this person. */
export function asks(demand: ReviewDemand, reviewer: Reviewer, { agent, user }: Asker): boolean {
  if (demand.by === "user") return user !== null && reviewer.id === user;
  const agents = [agent.id, ...(agent.delegation ?? [])];
  if (agents.some((id) => isSamePerson(reviewer.id, id))) return false;
  if (user !== null && isSamePerson(reviewer.id, user)) return false;
  return (reviewer.groups ?? []).some((group) => demand.by.includes(group));
}

/** Whether each demand has the approvals it asks for, of different people and of the arguments with this digest. */
export function areMet(
  demands: readonly ReviewDemand[],
  approval: Pick<Approval, "agent" | "user" | "votes" | "digest">,
): boolean {
  const approving = distinct(
    approval.votes.filter(
      ({ answer, digest }) => answer !== "reject" && digest === approval.digest,
    ),
  );
  return demands.every((demand) => {
    const counted = approving.filter(({ reviewer }) => asks(demand, reviewer, approval));
    return counted.length >= demand.quorum;
  });
}

function distinct(votes: readonly Vote[]): readonly Vote[] {
  return votes.filter(
    (vote, index) =>
      votes.findIndex(({ reviewer }) => isSamePerson(reviewer.id, vote.reviewer.id)) === index,
  );
}

/**
 * Whether two names may be those of one person. Where that forbids something, `Ann` and `ann`, and two ways to write
 * one letter, are one: a directory that takes both would else let people approve their own calls, or vote twice. What
 * permits something compares exactly.
 */
export function isSamePerson(one: string, other: string): boolean {
  return one === other || folded(one) === folded(other);
}

function folded(name: string): string {
  return name.normalize("NFKC").trim().toLowerCase().normalize("NFKC");
}
