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
    }
  | {
      readonly kind: "redact";
      readonly rule: string;
      /** As in `arguments.items.*.secret`. */
      readonly paths: readonly string[];
      readonly as: "mark" | "token";
    };

/** One change that the policy, or a reviewer, made to the arguments before they were judged again and run. */
export type Rewrite =
  | {
      readonly kind: "max_batch_size";
      /** The argument, as in `arguments.size`. */
      readonly path: string;
      /** What it counts: the number itself, or the items of the array. */
      readonly from: number;
      readonly to: number;
    }
  | {
      readonly kind: "redact";
      /** What was hidden, as in `arguments.items.*.secret`; one for all items. */
      readonly path: string;
    }
  | {
      /** A reviewer changed it before approving. */
      readonly kind: "reviewed";
      /** The argument, as in `arguments.size`. */
      readonly path: string;
    };

/** The bundle a decision was made by. */
export interface BundleIdentity {
  readonly id: string;
  readonly version: number;
  /** Lower-case hexadecimal SHA-256 of the payload bytes. */
  readonly digest: string;
  /**
   * Where a guard enforces several streams: the bundle of each, by name. `id` then joins theirs, `version` is their sum,
   * and `digest` the SHA-256 of the canonical JSON of this list.
   */
  readonly streams?: readonly StreamIdentity[];
}

/** The bundle of one of several streams. */
export interface StreamIdentity {
  /** What the host calls the stream. */
  readonly name: string;
  readonly id: string;
  readonly version: number;
  /** Lower-case hexadecimal SHA-256 of the payload bytes. */
  readonly digest: string;
}

/**
 * What a policy in shadow would have done with a call that it had no say in: the policy in force, where it says
 * `mode: shadow`, or a second one that is watched beside it.
 */
export interface Would {
  readonly effect: Effect;
  readonly code: DecisionCode;
  readonly reason: string;
  readonly rule: string | null;
  readonly at: SourcePosition | null;
  readonly rules: readonly RuleOutcome[];
  /** How it would have changed the arguments. */
  readonly rewrites: readonly Rewrite[];
  /** The policy in shadow. */
  readonly bundle: BundleIdentity | null;
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
  /**
   * The id of the agent further up a delegation for whom the policy decides more restrictively than for the acting one:
   * the decision is the one for it. Left out where there is none.
   */
  readonly delegator?: string;
  readonly risk: Risk;
  readonly obligations: readonly Obligation[];
  /** The effective arguments: what is judged, shown, recorded and run. Frozen. */
  readonly arguments: JsonObject;
  /** How they differ from what was asked. */
  readonly rewrites: readonly Rewrite[];
  /** `null` where no bundle is loaded. */
  readonly bundle: BundleIdentity | null;
  /** Present where a policy in shadow was asked as well. */
  readonly would?: Would;
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
