import type { Decision, DecisionCode, Denial, OutsideResource, Policy } from "@interlatch/core";
import { DECISION_CODES } from "@interlatch/core";
import { nearest } from "@interlatch/policy";
import { type Output, shown, visible } from "../output.ts";
import { decisionLine } from "../tests/report.ts";
import { type Given, givenBy } from "./given.ts";
import type { Answer, ProfileAnswer, RuleAnswer } from "./answer.ts";
import { printCondition, printRule } from "./print-rules.ts";
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
  say(`  ${reasonText(policy, decision)}`);
  say("");
  printSteps(policy, origin, question, answer, output);
  printConsequences(answer, output);
}

/** The steps of a decision, in their order. */
const STEPS = [
  "policy",
  "snapshot",
  "tool",
  "scope",
  "arguments",
  "labels",
  "risk",
  "rules",
  "rewriting",
  "limits",
] as const;
type Step = (typeof STEPS)[number];

/** The codes with which a step ends a decision. The rules end it too, but all of their step is shown. */
const ENDS: Readonly<Partial<Record<DecisionCode, Step>>> = {
  no_bundle: "policy",
  arguments_not_json: "snapshot",
  arguments_too_large: "snapshot",
  tool_name_invalid: "tool",
  unknown_tool: "tool",
  unknown_agent: "scope",
  out_of_scope: "scope",
  invalid_arguments: "arguments",
  obligation_failed: "rewriting",
  obligation_unstable: "rewriting",
  rate_limited: "limits",
};

function printSteps(
  policy: Policy,
  origin: string,
  { tool }: Question,
  { decision, profiles, rules }: Answer,
  output: Output,
): void {
  const ends = ENDS[decision.code];
  const last = ends ?? (decision.effect === "deny" ? "rules" : "limits");
  const known = Object.hasOwn(policy.tools, tool) ? policy.tools[tool] : undefined;
  const step = (name: Step, text: string): boolean => {
    const number = STEPS.indexOf(name);
    if (number > STEPS.indexOf(last)) return false;
    const mark = name === ends ? output.paint.red(endText(decision, policy, tool)) : text;
    output.say(`${String(number + 1).padEnd(2)} ${name.padEnd(9)}  ${mark}`);
    return true;
  };
  const shadow = policy.mode === "shadow" ? "; in shadow, so recorded and not enforced" : "";
  step("policy", `${visible(policy.id)}, ${origin}${shadow}`);
  step("snapshot", "the arguments are plain data");
  step("tool", known === undefined ? "" : toolText(known));
  if (step("scope", scopeText(policy, profiles))) printProfiles(profiles, output);
  step(
    "arguments",
    known?.arguments === undefined ? "not described, so not checked" : "fit the tool's schema",
  );
  step("labels", "this version has none");
  step("risk", riskText(decision));
  if (step("rules", rulesText(rules, known?.default ?? "deny"))) {
    for (const rule of rules) printRule(rule, decision.rule === rule.name, 5, output);
  }
  step("rewriting", rewritingText(decision));
  step("limits", limitsText(decision));
  if (last !== "limits") output.note("   the steps after it were not taken");
}

/**
 * The code, and the detail where the reason has one: `invalid_arguments: arguments.size must be an integer`. Of a tool
 * that the policy does not know, the one that was probably meant.
 */
function endText({ code, reason }: Decision, { tools }: Policy, tool: string): string {
  const near = code === "unknown_tool" ? nearest(tool, Object.keys(tools)) : undefined;
  if (near !== undefined) return `${code}; did you mean ${visible(near)}?`;
  const { operator } = DECISION_CODES[code];
  const detail = reason.startsWith(`${operator}: `) ? reason.slice(operator.length) : "";
  return `${code}${visible(detail)}`;
}

function toolText({ operation, data, at }: Policy["tools"][string]): string {
  return `${operation}, data ${data ?? "unknown"}, ${visible(at.file)}:${at.line}`;
}

function scopeText({ agents }: Policy, profiles: readonly ProfileAnswer[]): string {
  if (agents === null) return "the policy has no agents section";
  const inside = profiles.filter((profile) => profile.inside);
  return `inside ${inside.map(({ name }) => visible(name)).join(", ")}`;
}

function printProfiles(profiles: readonly ProfileAnswer[], output: Output): void {
  for (const { name, holdsTool, when, outside } of profiles) {
    output.say(
      `     ${visible(name)}: ${holdsTool ? "lists this tool" : "does not list this tool"}`,
    );
    printCondition(when, 7, output);
    for (const one of outside) output.say(`       outside it: ${outsideText(one)}`);
  }
}

function outsideText({ dimension, resource, access }: OutsideResource): string {
  const what = resource === null ? "what could not be read" : shown(resource);
  return `${dimension}, ${what}${access === undefined ? "" : `, to ${access}`}`;
}

function riskText({ risk }: Decision): string {
  const factors = risk.factors.map(({ name, points }) => `${visible(name)} ${points}`).join(" + ");
  return `${risk.score}${factors === "" ? "" : ` = ${factors}`}`;
}

function rulesText(rules: readonly RuleAnswer[], byDefault: "allow" | "deny"): string {
  const none = rules.length === 0 ? "no rule is for this tool; " : "";
  return `${none}deny before review before allow before the tool's default, which is ${byDefault}`;
}

function rewritingText({ rewrites }: Decision): string {
  return rewrites.length === 0
    ? "nothing is rewritten"
    : `${rewrites.map(({ path }) => visible(path)).join(", ")}; judged again as rewritten`;
}

function limitsText({ obligations }: Decision): string {
  const limits = obligations.filter(({ kind }) => kind === "rate_limit");
  return limits.length === 0 ? "none applies" : `${limits.length} applies, counted from zero here`;
}

function printConsequences({ decision, denial, ways }: Answer, { say }: Output): void {
  say("");
  say(`effective arguments  ${shown(decision.arguments, 2_000)}`);
  for (const rewrite of decision.rewrites) say(`rewritten            ${rewriteText(rewrite)}`);
  for (const obligation of decision.obligations) {
    say(`obligation           ${obligationText(obligation)}`);
  }
  if (denial !== null) printDenial(decision, denial, say);
  if (ways.length > 0) say("");
  for (const { effect, text } of ways) {
    const verb = effect === "allow" ? "be allowed" : "be put to a person";
    say(`It would ${verb} ${visible(text)}.`);
  }
}

function printDenial(decision: Decision, denial: Denial, say: Output["say"]): void {
  const when = decision.effect === "review" ? ", unless a person approves" : "";
  say(`the agent gets       ${givenText(givenBy(denial))}${when}`);
}

function givenText(given: Given): string {
  if ("message" in given) return `the message ${shown(given.message, 2_000)}`;
  if ("value" in given) return `the value ${shown(given.value, 2_000)}`;
  if ("route" in given) return `the route ${visible(given.route)}`;
  return `the tool ${visible(given.tool)} ${shown(given.arguments, 2_000)}`;
}

/** What a policy changed in the arguments. */
export function rewriteText(rewrite: Decision["rewrites"][number]): string {
  const path = visible(rewrite.path);
  switch (rewrite.kind) {
    case "redact":
      return `${path}: redacted`;
    case "reviewed":
      return `${path}: changed by a reviewer`;
    case "max_batch_size":
      return `${path}: ${rewrite.from} became ${rewrite.to}`;
  }
}

function obligationText(obligation: Decision["obligations"][number]): string {
  switch (obligation.kind) {
    case "max_batch_size":
      return `at most ${obligation.max} at once (${visible(obligation.rule)})`;
    case "rate_limit": {
      const { max, windowMs, by, onExceed, rule } = obligation;
      return `at most ${max} in any ${windowMs / 1000} s by ${by.join(", ")}, beyond it ${onExceed} (${visible(rule)})`;
    }
    case "redact": {
      const how = obligation.as === "token" ? "replaced by a keyed token" : "hidden";
      return `${obligation.paths.map(visible).join(", ")} ${how} (${visible(obligation.rule)})`;
    }
  }
}

/** Why, and what may be tried: of a rule without a condition nothing can, for it denies whatever the arguments are. */
function reasonText(policy: Policy, { code, reason, rule }: Decision): string {
  const deciding = rule === null ? undefined : policy.rules.find(({ name }) => name === rule);
  const isFixed = deciding !== undefined && deciding.when === undefined;
  if (isFixed && DECISION_CODES[code].retry === "other_arguments") return visible(reason);
  return `${visible(reason).replace(/\.$/, "")}; ${retryText(code)}`;
}

function retryText(code: DecisionCode): string {
  switch (DECISION_CODES[code].retry) {
    case "none":
      return "the call runs";
    case "later":
      return "the same call may pass later";
    case "other_arguments":
      return "another call may pass";
    case "after_review":
      return "it runs when a person approves";
    case "never":
      return "trying again changes nothing";
  }
}
