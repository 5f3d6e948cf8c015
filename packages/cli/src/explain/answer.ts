import {
  type Decision,
  type Denial,
  type Expression,
  isDenial,
  type Json,
  type Policy,
  type RuleOutcome,
} from "@interlatch/core";
import { fakeClock, testGuard } from "@interlatch/core/testing";
import { type ConditionValue, type ValueOf, valuesOf } from "./conditions.ts";
import type { Question } from "./question.ts";

/** What the engine says of a call, and why. */
export interface Answer {
  readonly decision: Decision;
  /** What the agent gets where the call is denied, or reviewed and not approved; `null`: it runs. */
  readonly denial: Denial | null;
  readonly profiles: readonly ProfileAnswer[];
  readonly rules: readonly RuleAnswer[];
}

/** One profile of `agents`: whether it is for this agent, and whether it lists the tool. */
export interface ProfileAnswer {
  readonly name: string;
  readonly holdsTool: boolean;
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
  const guard = await testGuard(policy, {
    time: fakeClock(question.time),
    onReview: () => ({ answer: "reject", reviewer: "nobody" }),
  });
  const call = {
    ticket: guard.for(question.identity),
    id: "explain",
    tool: question.tool,
    arguments: question.arguments,
  };
  const decision = guard.decide(call);
  const ran: unknown = await guard.run(call, () => "ran");
  await guard.close();
  const valueOf: ValueOf = (expression) => probe(policy, question, expression);
  return {
    decision,
    denial: isDenial(ran) ? ran : null,
    profiles: await profilesOf(policy, question, valueOf),
    rules: await rulesOf(policy, question, decision, valueOf),
  };
}

async function profilesOf(
  { agents, tools }: Policy,
  { tool }: Question,
  valueOf: ValueOf,
): Promise<readonly ProfileAnswer[]> {
  if (!Object.hasOwn(tools, tool)) return [];
  const profiles: ProfileAnswer[] = [];
  for (const [name, profile] of Object.entries(agents ?? {})) {
    const when = await valuesOf(profile.when, valueOf);
    profiles.push({ name, holdsTool: profile.tools.includes(tool), when });
  }
  return profiles;
}

async function rulesOf(
  policy: Policy,
  { time }: Question,
  { rules }: Decision,
  valueOf: ValueOf,
): Promise<readonly RuleAnswer[]> {
  const answers: RuleAnswer[] = [];
  for (const outcome of rules) {
    const rule = policy.rules.find(({ name }) => name === outcome.name);
    const when = rule?.when === undefined ? null : await valuesOf(rule.when, valueOf);
    const ended = rule?.until !== undefined && time > rule.until;
    const endedAt = ended ? new Date(rule.until).toISOString() : null;
    answers.push({ ...outcome, when, endedAt });
  }
  return answers;
}

/**
 * The value of any expression for this call: the engine itself computes it, as the fallback value of a rule that
 * denies this one tool. There is no second evaluator that could think otherwise.
 */
async function probe(
  { engine, id, tools, facts }: Policy,
  question: Question,
  expression: Expression,
): Promise<Json | undefined> {
  const { tool } = question;
  const known = Object.hasOwn(tools, tool) ? tools[tool] : undefined;
  if (known === undefined) return undefined;
  const { arguments: _, ...described } = known; // a call that does not fit its schema may still be asked about
  const rule = {
    name: "probe",
    tools: [tool],
    action: "deny",
    fallback: { kind: "value", value: { kind: "expression", expression } },
    at: known.at,
  } as const;
  const guard = await testGuard(
    {
      engine,
      id,
      mode: "enforce",
      agents: null,
      tools: { [tool]: described },
      facts,
      rules: [rule],
    },
    { time: fakeClock(question.time) },
  );
  const ticket = guard.for(question.identity);
  const call = { ticket, id: "probe", tool, arguments: question.arguments };
  const denial: unknown = await guard.run(call, () => "ran");
  await guard.close();
  return isDenial(denial) && denial.kind === "value" ? denial.value : undefined;
}
