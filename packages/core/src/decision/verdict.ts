import type { Effect, Redaction, Rule, SourcePosition } from "../policy/ir.ts";
import type { RedactionPlan } from "../redact/plan.ts";
import type { Obligation, Risk, RuleOutcome } from "./decision.ts";
import { DECISION_CODES, type DecisionCode } from "./codes.ts";

/** What the rules of one tool say, before it is joined with one call's arguments. Frozen, shared between equal calls. */
export interface Verdict {
  readonly effect: Effect;
  readonly code: DecisionCode;
  readonly reason: string;
  /** The agent of the chain whose verdict it is, where it is not the acting one. */
  readonly delegator?: string;
  readonly rule: string | null;
  readonly at: SourcePosition | null;
  readonly rules: readonly RuleOutcome[];
  readonly risk: Risk;
  readonly obligations: readonly Obligation[];
  /** The deciding rule, for its fallback. */
  readonly deciding: Rule | null;
  /** The smallest `max_batch_size` among the obligations; infinity where there is none. */
  readonly maxBatchSize: number;
  /** The rules that ask for a review; none where the effect is another. */
  readonly reviews: readonly Rule[];
  /** What its rules hide of the arguments. */
  readonly redactions: readonly Redaction[];
  /** The same in one; `null`: nothing. */
  readonly redaction: RedactionPlan | null;
}

export const NO_RISK: Risk = Object.freeze({ score: 0, factors: Object.freeze([]) });

/** A denial that no rule made. */
export function denial(code: DecisionCode, detail?: string, risk: Risk = NO_RISK): Verdict {
  const text = DECISION_CODES[code].operator;
  return Object.freeze({
    effect: "deny",
    code,
    reason: detail === undefined ? text : `${text}: ${detail}`,
    rule: null,
    at: null,
    rules: NONE,
    risk,
    obligations: NONE,
    deciding: null,
    maxBatchSize: Infinity,
    reviews: NONE,
    redactions: NONE,
    redaction: null,
  });
}

const NONE: readonly never[] = Object.freeze([]);
/** The smallest `max_batch_size` that these obligations ask for. */
export function smallestBatch(obligations: readonly Obligation[]): number {
  return obligations.reduce(
    (least, obligation) =>
      obligation.kind === "max_batch_size" ? Math.min(least, obligation.max) : least,
    Infinity,
  );
}

const RESTRICTION = { allow: 0, review: 1, deny: 2 } as const;

/** Whether `a` restricts more than `b`. */
export function isTighter(a: Effect, b: Effect): boolean {
  return RESTRICTION[a] > RESTRICTION[b];
}
