import type { Rule, ToolPolicy } from "../policy/ir.ts";
import { planRedactions } from "../redact/plan.ts";
import type { Obligation, Risk, RuleOutcome } from "./decision.ts";
import { DECISION_CODES, type DecisionCode } from "./codes.ts";
import { smallestBatch, type Verdict } from "./verdict.ts";

/** How a rule's condition came out. */
export const NOT_MATCHED = 0;
export const MATCHED = 1;
export const ERRED = 2;
export type Outcome = typeof NOT_MATCHED | typeof MATCHED | typeof ERRED;

const OUTCOME_NAMES = ["not_matched", "matched", "error"] as const;

/**
 * Combines the outcomes of all rules of one tool: deny > review > allow > the tool's default > deny.
 *
 * A deny rule that errs counts as a match. A review rule that errs turns an allow into a review, and alone
 * (nothing else would allow the call) it denies. An allow rule that errs does not match. So an error never
 * loosens, and the order of the rules changes nothing.
 *
 * @param rules - sorted by name, so that the first found is the smallest
 * @param outcomes - one for each rule
 */
export function combine(
  tool: ToolPolicy,
  risk: Risk,
  rules: readonly Rule[],
  outcomes: readonly Outcome[],
): Verdict {
  const find = (action: Rule["action"], outcome: Outcome): Rule | null =>
    rules.find((rule, index) => rule.action === action && outcomes[index] === outcome) ?? null;
  const make = (effect: Verdict["effect"], code: DecisionCode, deciding: Rule | null): Verdict => {
    const obliging = effect === "deny" ? [] : obligingOf(rules, outcomes, effect === "review");
    const obligations = Object.freeze(obliging.flatMap(obligationsOf));
    const redactions = obliging.flatMap(({ redact }) => redact ?? []);
    return Object.freeze({
      effect,
      code,
      reason: deciding?.reason ?? DECISION_CODES[code].operator,
      rule: deciding?.name ?? null,
      at: deciding?.at ?? null,
      rules: describe(rules, outcomes),
      risk,
      obligations,
      deciding,
      maxBatchSize: smallestBatch(obligations),
      reviews: effect === "review" ? asking(rules, outcomes) : NONE,
      redactions,
      redaction: planRedactions(redactions),
    });
  };

  const denies = find("deny", MATCHED);
  if (denies) return make("deny", "rule_denied", denies);
  const denyErrs = find("deny", ERRED);
  if (denyErrs) return make("deny", "condition_error", denyErrs);
  const reviews = find("review", MATCHED);
  if (reviews) return make("review", "review_required", reviews);
  const allows = find("allow", MATCHED);
  const allowed = allows !== null || tool.default === "allow";
  const reviewErrs = find("review", ERRED);
  if (reviewErrs) {
    return allowed
      ? make("review", "review_required", reviewErrs)
      : make("deny", "condition_error", reviewErrs);
  }
  if (allows) return make("allow", "allowed", allows);
  return allowed ? make("allow", "allowed_by_default", null) : make("deny", "no_match", null);
}

function describe(rules: readonly Rule[], outcomes: readonly Outcome[]): readonly RuleOutcome[] {
  return Object.freeze(
    rules.map((rule, index) =>
      Object.freeze({
        name: rule.name,
        action: rule.action,
        outcome: OUTCOME_NAMES[outcomes[index] ?? ERRED],
        at: rule.at,
      }),
    ),
  );
}

/** The rules whose obligations hold: every true match, whatever its action, and review rules that erred into a review. */
function obligingOf(
  rules: readonly Rule[],
  outcomes: readonly Outcome[],
  withErringReviews: boolean,
): readonly Rule[] {
  return rules.filter(
    (rule, index) =>
      outcomes[index] === MATCHED ||
      (withErringReviews && rule.action === "review" && outcomes[index] === ERRED),
  );
}

/** The rules that ask a person: those that matched and, since an error in them counts as a match, those that erred. */
function asking(rules: readonly Rule[], outcomes: readonly Outcome[]): readonly Rule[] {
  return Object.freeze(
    rules.filter(({ action }, index) => action === "review" && outcomes[index] !== NOT_MATCHED),
  );
}

const NONE: readonly Rule[] = Object.freeze([]);

/** One object for one obligation of one rule: its identity tells that two passes name the same one. */
const known = new WeakMap<Rule, readonly Obligation[]>();

function obligationsOf(rule: Rule): readonly Obligation[] {
  const before = known.get(rule);
  if (before !== undefined) return before;
  const obligations: Obligation[] = [];
  if (rule.maxBatchSize !== undefined) {
    obligations.push({ kind: "max_batch_size", rule: rule.name, max: rule.maxBatchSize });
  }
  if (rule.rateLimit !== undefined) {
    const { max, windowMs, by, onExceed } = rule.rateLimit;
    obligations.push({ kind: "rate_limit", rule: rule.name, max, windowMs, by, onExceed });
  }
  if (rule.redact !== undefined) {
    const paths = Object.freeze(rule.redact.paths.map((path) => ["arguments", ...path].join(".")));
    obligations.push({ kind: "redact", rule: rule.name, paths, as: rule.redact.as });
  }
  const made = obligations.map((obligation) => Object.freeze(obligation));
  known.set(rule, made);
  return made;
}
