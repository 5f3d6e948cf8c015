import type { Effect, SourcePosition } from "../policy/ir.ts";
import type { JsonObject } from "../snapshot/json.ts";
import type { DecisionCode } from "./codes.ts";

/** How one rule of the tool took part in a decision. */
export interface RuleOutcome {
  readonly name: string;
  readonly action: Effect;
  /** `error`: the condition could not be judged; a restrictive rule then counts as a match. */
  readonly outcome: "matched" | "not_matched" | "error";
  /** The line of the policy the rule was written at. */
  readonly at: SourcePosition;
}

/** The score, 0 to 100, and the points it is made of. */
export interface Risk {
  readonly score: number;
  readonly factors: readonly { readonly name: string; readonly points: number }[];
}

/** What must be done if the call runs. */
export type Obligation =
  | { readonly kind: "max_batch_size"; readonly rule: string; readonly max: number }
  | {
      readonly kind: "rate_limit";
      readonly rule: string;
      readonly max: number;
      /** Milliseconds. */
      readonly windowMs: number;
      readonly by: readonly ("agent" | "user" | "session")[];
      readonly onExceed: "deny" | "review";
    };

/** One change the policy made to the arguments before they were judged again, shown and run. */
export interface Rewrite {
  readonly kind: "max_batch_size";
  /** The argument, as in `arguments.size`. */
  readonly path: string;
  /** What it counts: the number itself, or the items of the array. */
  readonly from: number;
  readonly to: number;
}

/** The bundle a decision was made by. */
export interface BundleIdentity {
  readonly id: string;
  readonly version: number;
  /** Lower-case hexadecimal SHA-256 of the payload bytes. */
  readonly digest: string;
}

interface DecisionBase {
  readonly code: DecisionCode;
  /** For operators. The rule's own reason where a rule decided and has one. */
  readonly reason: string;
  /** The deciding rule; `null` where no rule decided. */
  readonly rule: string | null;
  /** Where the deciding rule was written. */
  readonly at: SourcePosition | null;
  /** Every rule of the tool that was looked at, by name. */
  readonly rules: readonly RuleOutcome[];
  readonly risk: Risk;
  readonly obligations: readonly Obligation[];
  /** The effective arguments: what is judged, shown, recorded and run. Frozen. */
  readonly arguments: JsonObject;
  /** How they differ from what was asked. */
  readonly rewrites: readonly Rewrite[];
  /** `null` where no bundle is loaded. */
  readonly bundle: BundleIdentity | null;
}

export interface AllowDecision extends DecisionBase {
  readonly effect: "allow";
}
export interface ReviewDecision extends DecisionBase {
  readonly effect: "review";
  /** Whole seconds, where the code is `rate_limited`. */
  readonly retryAfter?: number;
}
export interface DenyDecision extends DecisionBase {
  readonly effect: "deny";
  /** Whole seconds after which the same call could pass, where that is known. */
  readonly retryAfter?: number;
}

/** What the policy says of one call. A denial is a value, never an exception. */
export type Decision = AllowDecision | ReviewDecision | DenyDecision;
