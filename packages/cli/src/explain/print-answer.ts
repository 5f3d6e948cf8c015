import type { Decision, DecisionCode, Policy } from "@interlatch/core";
import { DECISION_CODES } from "@interlatch/core";
import { type Output, shown, visible } from "../output.ts";
import { decisionLine } from "../tests/report.ts";
import type { Answer, ProfileAnswer, RuleAnswer } from "./answer.ts";
import type { ConditionValue } from "./conditions.ts";
import type { Question } from "./question.ts";

/** Where the policy that was asked came from. */
export interface AskedPolicy {
  readonly policy: Policy;
  /** `the policy's sources`, or the bundle with its version, and that it was not verified. */
  readonly origin: string;
}

/** Prints a decision step by step, in the order in which the engine takes the steps. */
export function printAnswer(
  { policy, origin }: AskedPolicy,
  question: Question,
  answer: Answer,
  output: Output,
): void {
  const { say, paint } = output;
  const { decision } = answer;
  const { identity } = question;
  say(`${paint.bold(visible(question.tool))} ${shown(question.arguments)}`);
  say(`  by ${shown(identity.agent)} at ${new Date(question.time).toISOString()}`);
  say(`${paint.bold(decisionLine(decision))}`);
  say(`  ${visible(decision.reason)}; ${retryText(decision.code)}`);
  say("");
  printSteps(policy, origin, question, answer, output);
  printConsequences(answer, output);
}

/** The codes with which each step ends a decision. */
const ENDS: Readonly<Partial<Record<DecisionCode, number>>> = {
  arguments_not_json: 2,
  arguments_too_large: 2,
  tool_name_invalid: 3,
  unknown_tool: 3,
  unknown_agent: 4,
  out_of_scope: 4,
  invalid_arguments: 5,
};
const LAST_STEP = 9;

function printSteps(
  policy: Policy,
  origin: string,
  { tool }: Question,
  { decision, profiles, rules }: Answer,
  output: Output,
): void {
  const ends = ENDS[decision.code] ?? LAST_STEP;
  const known = Object.hasOwn(policy.tools, tool) ? policy.tools[tool] : undefined;
  const step = (number: number, name: string, text: string): boolean => {
    if (number > ends) return false;
    const mark = number === ends && ends < LAST_STEP ? output.paint.red(decision.code) : text;
    output.say(`${number}  ${name.padEnd(9)}  ${mark}`);
    return true;
  };
  step(1, "policy", `${visible(policy.id)}, ${origin}`);
  step(2, "snapshot", "the arguments are plain data");
  step(3, "tool", known === undefined ? "" : toolText(known));
  if (step(4, "scope", scopeText(policy, profiles))) printProfiles(profiles, output);
  step(
    5,
    "arguments",
    known?.arguments === undefined ? "not described, so not checked" : "fit the tool's schema",
  );
  step(6, "labels", "this version has none");
  step(7, "risk", riskText(decision));
  if (step(8, "rules", rulesText(rules, known?.default ?? "deny"))) {
    for (const rule of rules) printRule(rule, decision, output);
  }
  step(9, "risk bands", "this version has none");
  if (ends < LAST_STEP)
    output.note(`   ${visible(decision.reason)}; the steps after it were not taken`);
}

function toolText({ operation, data, at }: Policy["tools"][string]): string {
  return `${operation}, data ${data ?? "unknown"}, ${visible(at.file)}:${at.line}`;
}

function scopeText({ agents }: Policy, profiles: readonly ProfileAnswer[]): string {
  if (agents === null) return "the policy has no agents section";
  const inside = profiles.filter(({ holdsTool, when }) => holdsTool && when.value === true);
  return `inside ${inside.map(({ name }) => visible(name)).join(", ")}`;
}

function printProfiles(profiles: readonly ProfileAnswer[], output: Output): void {
  for (const { name, holdsTool, when } of profiles) {
    output.say(
      `     ${visible(name)}: ${holdsTool ? "lists this tool" : "does not list this tool"}`,
    );
    printCondition(when, 7, output);
  }
}

function riskText({ risk }: Decision): string {
  const factors = risk.factors.map(({ name, points }) => `${visible(name)} ${points}`).join(" + ");
  return `${risk.score}${factors === "" ? "" : ` = ${factors}`}`;
}

function rulesText(rules: readonly RuleAnswer[], byDefault: "allow" | "deny"): string {
  const none = rules.length === 0 ? "no rule is for this tool; " : "";
  return `${none}deny before review before allow before the tool's default, which is ${byDefault}`;
}

function printRule(
  { name, action, outcome, at, when, endedAt }: RuleAnswer,
  decision: Decision,
  output: Output,
): void {
  const { say, paint } = output;
  const tone = { matched: paint.green, not_matched: paint.dim, error: paint.red }[outcome];
  const decides = decision.rule === name ? paint.bold("  decides") : "";
  const place = paint.dim(`${visible(at.file)}:${at.line}`);
  say(`     ${visible(name)}  ${action}  ${tone(outcome.replace("_", " "))}  ${place}${decides}`);
  if (endedAt !== null) say(`       no longer applies since ${endedAt}`);
  if (when !== null) printCondition(when, 7, output);
}

function printCondition(condition: ConditionValue, indent: number, output: Output): void {
  const { say, paint } = output;
  const { text, value, parts, reads } = condition;
  const tone = value === true ? paint.green : value === false ? paint.dim : paint.red;
  const margin = " ".repeat(indent);
  say(`${margin}${tone(String(value).padEnd(5))}  ${visible(text)}`);
  for (const read of reads)
    say(`${margin}       ${paint.dim(`${visible(read.text)} is ${shown(read.value)}`)}`);
  for (const part of parts) printCondition(part, indent + 2, output);
}

function printConsequences({ decision, denial }: Answer, { say }: Output): void {
  say("");
  say(`effective arguments  ${shown(decision.arguments, 2_000)}`);
  for (const { path, from, to } of decision.rewrites) {
    say(`rewritten            ${visible(path)}: ${from} became ${to}`);
  }
  for (const obligation of decision.obligations) {
    say(`obligation           ${obligationText(obligation)}`);
  }
  if (denial === null) return;
  const given = shown(denial.kind === "value" ? denial.value : denial.message, 2_000);
  const when = decision.effect === "review" ? ", unless a person approves" : "";
  say(`the agent gets       the ${denial.kind} ${given}${when}`);
}

function obligationText(obligation: Decision["obligations"][number]): string {
  switch (obligation.kind) {
    case "max_batch_size":
      return `at most ${obligation.max} at once (${visible(obligation.rule)})`;
    case "rate_limit": {
      const { max, windowMs, by, onExceed, rule } = obligation;
      return `at most ${max} in any ${windowMs / 1000} s by ${by.join(", ")}, beyond it ${onExceed} (${visible(rule)})`;
    }
  }
}

function retryText(code: DecisionCode): string {
  switch (DECISION_CODES[code].retry) {
    case "none":
      return "the call runs";
    case "later":
      return "the same call may pass later";
    case "other_arguments":
      return "other arguments may pass";
    case "after_review":
      return "it runs when a person approves";
    case "never":
      return "trying again changes nothing";
  }
}
