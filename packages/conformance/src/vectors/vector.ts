import type { Effect, Json, JsonObject } from "@interlatch/core";

/** One file of vectors: one topic. */
export interface VectorFile {
  readonly topic: string;
  readonly about?: string;
  readonly vectors: readonly Vector[];
}

/** One policy and its cases, or one policy that must not build. What the fields mean: `vectors/README.md`. */
export type Vector = DecisionVector | BuildVector;

interface VectorBase {
  readonly id: string;
  readonly about?: string;
  readonly why?: string;
}

/** A policy that builds, with calls and the answers they must get. */
export interface DecisionVector extends VectorBase {
  /** The policy's text: one file, unchanged. */
  readonly policy: string;
  readonly defaults?: CaseDefaults;
  readonly cases: readonly VectorCase[];
}

/** A policy that must not build, with the errors that must be reported. */
export interface BuildVector extends VectorBase {
  readonly policy?: string;
  /** Instead of `policy`: `text` repeated `times` times, followed by `then`. */
  readonly generate?: { readonly text: string; readonly times: number; readonly then: string };
  readonly expect: { readonly error: true; readonly errors?: readonly ExpectedError[] };
}

/** An error that must be among those reported. */
export interface ExpectedError {
  /** Of the policy's text, from 1. Absent: any. */
  readonly line?: number;
  /** Each must stand in the message, its hint or its excerpt, in any case of letters. */
  readonly mentions?: readonly string[];
}

/** For cases that do not give their own; a case's own value replaces the whole of it. */
export interface CaseDefaults {
  readonly identity?: JsonObject;
  /** ISO 8601, UTC. */
  readonly time?: string;
  /** Second 0 of a sequence, ISO 8601, UTC. */
  readonly start?: string;
}

/** One call and its answer, or a sequence of them. */
export interface VectorCase extends CaseDefaults {
  readonly id: string;
  readonly why: string;
  readonly call?: VectorCall;
  readonly expect?: Expectation;
  /** Facts of the host, handed over with the identity. */
  readonly facts?: JsonObject;
  /** The user's words, handed over for the run that makes the call. */
  readonly said?: readonly string[];
  readonly session?: readonly HistoryEntry[];
  readonly sequence?: readonly Step[];
}

/** A call. Without `id` none is handed over. */
export interface VectorCall {
  readonly id?: string;
  readonly tool: string;
  readonly arguments: JsonObject;
}

/** What happened earlier in the session: a tool that ran, or a message the guard did not record. */
export type HistoryEntry =
  | { readonly call: VectorCall; readonly result: Json }
  | { readonly turn: "unrecorded"; readonly role: string; readonly text: string };

/** One step of a sequence. */
export interface Step {
  /** Seconds after `start`. */
  readonly at: number;
  readonly call?: VectorCall;
  readonly batch?: readonly { readonly call: VectorCall; readonly expect?: Expectation }[];
  readonly expect?: Expectation;
  readonly identity?: JsonObject;
  /** Repeats the step; `{n}` in any text of its call counts from 1. */
  readonly times?: number;
  /** Seconds between repetitions. */
  readonly every?: number;
  /** Asks `guard.decide` instead of `guard.run`. */
  readonly preview?: boolean;
}

/** What the answer must be. Only what is written is checked. */
export interface Expectation {
  readonly effect?: Effect;
  readonly code?: string;
  /** `null`: no rule decided. */
  readonly rule?: string | null;
  /** The effective arguments, whole. */
  readonly arguments?: JsonObject;
  readonly fallback?: ExpectedFallback;
  /** Seconds: least and most. */
  readonly retryAfter?: readonly [number, number];
  readonly riskAtLeast?: number;
  /** Kinds that must be among the decision's. */
  readonly obligations?: readonly string[];
}

/** What the agent must get instead of the denied call. */
export type ExpectedFallback =
  | { readonly message: string }
  | { readonly value: Json }
  | { readonly tool: string; readonly id: string; readonly arguments: JsonObject };
