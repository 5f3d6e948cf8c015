import {
  type Decision,
  type Denial,
  isDenial,
  type Policy,
  type ProfileExplanation,
  type RuleOutcome,
} from "@interlatch/core";
import { everyReviewer, type Trace, type Workbench, workbench } from "@interlatch/core/testing";
import { TRIAL } from "./given.ts";
import { type ConditionValue, valuesOf } from "./conditions.ts";
import type { Question } from "./question.ts";
import { smallestChanges, type Way } from "./smallest-change.ts";

/** What the engine says of a call, and why. */
export interface Answer {
  readonly decision: Decision;
  /** What the agent gets where the call is denied, or reviewed and not approved; `null`: it runs. */
  readonly denial: Denial | null;
  readonly profiles: readonly ProfileAnswer[];
  readonly rules: readonly RuleAnswer[];
  /** The smallest changes found with which the call would be allowed; empty where it is, or none was found. */
  readonly ways: readonly Way[];
}

/** One profile of `agents`: whether it is for this agent, and whether the call is inside it. */
export interface ProfileAnswer extends Omit<ProfileExplanation, "when"> {
  readonly when: ConditionValue;
}

/** One rule of the tool, with its condition taken apart. */
export interface RuleAnswer extends RuleOutcome {
  /** `null`: the rule has none, or the rules were not reached. */
  readonly when: ConditionValue | null;
  /** Since when the rule no longer applies, ISO 8601; `null`: it applies. */
  readonly endedAt: string | null;
}

/**
 * Asks the real engine about a call, as if nothing had happened before it, then about every part of every
 * condition that had a say.
 *
 * @throws ERR_IDENTITY
 */
export async function answerTo(policy: Policy, question: Question): Promise<Answer> {
  const bench = await workbench(policy);
  const { decision, trace, profiles } = bench.judge(question);
  return {
    decision,
    denial: await denialOf(bench, question),
    profiles: trace === null ? [] : profilesOf(bench.policy, profiles() ?? [], trace),
    rules: trace === null ? [] : rulesOf(bench.policy, question.time, decision, trace),
    ways: smallestChanges(bench, question),
  };
}

async function denialOf(bench: Workbench, question: Question): Promise<Denial | null> {
  const guard = await bench.guard({
    clock: () => question.time,
    onReview: (request) => everyReviewer(request, "reject"),
  });
  const ticket = guard.for(question.identity);
  const call = { ticket, id: "explain", tool: question.tool, arguments: question.arguments };
  const ran: unknown = await guard.run(call, () => "ran", TRIAL);
  await guard.close();
  return isDenial(ran) ? ran : null;
}

function profilesOf(
  { agents }: Policy,
  profiles: readonly ProfileExplanation[],
  trace: Trace,
): readonly ProfileAnswer[] {
  return profiles.flatMap((profile) => {
    const when = agents?.[profile.name]?.when;
    return when === undefined ? [] : [{ ...profile, when: valuesOf(when, trace) }];
  });
}

/** The rules that a decision looked at, each with its condition taken apart. */
export function rulesOf(
  policy: Policy,
  time: number,
  { rules }: Decision,
  trace: Trace,
): readonly RuleAnswer[] {
  return rules.map((outcome) => {
    const rule = policy.rules.find(({ name }) => name === outcome.name);
    const ended = rule?.until !== undefined && time > rule.until;
    return {
      ...outcome,
      when: rule?.when === undefined ? null : valuesOf(rule.when, trace),
      endedAt: ended ? new Date(rule.until).toISOString() : null,
    };
  });
}
