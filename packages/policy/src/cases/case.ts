import type {
  DecisionCode,
  Effect,
  Identity,
  Json,
  JsonObject,
  Obligation,
  SourcePosition,
} from "@interlatch/core";

/** What a decision must be. Only what is there is compared. */
export interface ExpectedDecision {
  readonly effect: Effect;
  readonly code?: DecisionCode;
  /** The deciding rule; `null`: no rule decided. */
  readonly rule?: string | null;
  /** All rules that matched, in any order. */
  readonly rules?: readonly string[];
  /** All obligations, in any order; of each only the fields that are there are compared. */
  readonly obligations?: readonly ExpectedObligation[];
  /** The effective arguments, whole. */
  readonly arguments?: JsonObject;
  /** Whole seconds until the same call could pass. */
  readonly retry_after?: number;
  readonly fallback?:
    | { readonly message: string }
    | { readonly value: Json }
    | { readonly tool: string; readonly arguments: JsonObject }
    | { readonly route: string };
}

/** One obligation, by its kind and whatever else is worth naming. */
export interface ExpectedObligation {
  readonly kind: Obligation["kind"];
  readonly [field: string]: Json;
}

/** A call, as the model would make it. */
export interface PolicyTestCall {
  readonly id?: string;
  readonly tool: string;
  readonly arguments: JsonObject;
}

/** A call that was made before the one that is judged. It takes from limits, and its denials count. */
export interface EarlierCall {
  readonly at: SourcePosition;
  readonly call: PolicyTestCall;
  readonly identity: Identity;
  readonly facts?: JsonObject;
  /** How long before the judged call, in milliseconds. */
  readonly beforeMs: number;
  /** How often it was made, one after the other. */
  readonly times: number;
  /** What the tool gave. */
  readonly result: Json;
  /** What a person answered, where a rule asks one. */
  readonly review: "approve" | "reject";
  /** What must have come of it, each time it was made. */
  readonly expect?: ExpectedDecision;
}

/** One call and what must come of it. */
export interface PolicyTestCase {
  readonly name: string;
  readonly at: SourcePosition;
  readonly call: PolicyTestCall;
  readonly identity: Identity;
  /** The clock, in milliseconds since 1970; absent: the runner's own. */
  readonly time?: number;
  /** Facts of the host, beside those of the policy. */
  readonly facts?: JsonObject;
  /** What happened before, the oldest first. */
  readonly session: readonly EarlierCall[];
  readonly expect: ExpectedDecision;
}

/** A file of tests. */
export interface PolicyTests {
  /** The files of the policy, relative to the file of tests; empty: the one beside it. */
  readonly policy: readonly string[];
  /** Tables are written out: each row is a case. */
  readonly cases: readonly PolicyTestCase[];
}
