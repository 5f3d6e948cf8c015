import type { ApprovalAnswer } from "../approvals/answers.ts";
import type { Approval } from "../approvals/approval.ts";
import type { JsonObject } from "../snapshot/json.ts";
import { takeSnapshot } from "../snapshot/snapshot.ts";
import type { ReviewRequest } from "./guard.ts";
import type { Judged } from "./judge.ts";

/** The question as the host's own code gets it; `null` for a call that could not be read. */
export function requestOf(judged: Judged, approval: Approval): ReviewRequest | null {
  const { run, decision } = judged;
  if (run === null) return null;
  const { id, call, asked, digest, demands, priority, expiresAt } = approval;
  return Object.freeze({
    approval: id,
    call,
    arguments: approval.arguments,
    asked,
    digest,
    demands,
    priority,
    expiresAt,
    decision,
    agent: run.agent,
    delegation: run.delegation,
    user: run.user ?? null,
    tenant: run.tenant ?? null,
    session: run.session,
  });
}

/** The group of a reviewer whom the host gives a name and nothing else. */
const DEFAULT_GROUPS: readonly string[] = Object.freeze(["reviewer"]);

/**
 * What the host's code answered, as answers to this approval; whether each can be taken is judged where all answers are.
 * Read once: a getter must not say yes to the check and something else to the record. One that is malformed spoils all
 * that came with it, and a rejection goes before the others: what somebody else agreed to must not outrun it.
 */
export function answersOf(given: unknown, { id, digest }: Approval): readonly ApprovalAnswer[] {
  const read = takeSnapshot({ answers: Array.isArray(given) ? given : [given] });
  if (typeof read === "string") return [];
  const { answers } = read.image;
  if (!Array.isArray(answers) || !answers.every(isAnswer)) return [];
  const taken = answers.map((one) => {
    const { reviewer } = one;
    const person =
      typeof reviewer === "string" ? { id: reviewer, groups: DEFAULT_GROUPS } : reviewer;
    const named: object = { ...one, reviewer: person, id, digest };
    // Not yet known to be one: `decide` reads it like any other.
    return named as ApprovalAnswer;
  });
  const rejections = taken.filter(({ answer }) => answer === "reject");
  return [...rejections, ...taken.filter(({ answer }) => answer !== "reject")];
}

const ANSWERS: readonly unknown[] = ["approve", "reject", "modify"];

/** Whether it has an answer's words and somebody who stands for it. Images inherit nothing. */
function isAnswer(one: unknown): one is JsonObject {
  if (typeof one !== "object" || one === null || Array.isArray(one)) return false;
  const { answer, reviewer } = one as JsonObject; // neither null nor a list
  return ANSWERS.includes(answer) && reviewer !== undefined && reviewer !== "";
}
