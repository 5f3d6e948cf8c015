import type { BundleIdentity, Rewrite, RuleOutcome, Would } from "../decision/decision.ts";
import type { DecisionCode } from "../decision/codes.ts";
import type { DataClass, Effect, Operation } from "../policy/ir.ts";

/** What every record carries. `prev` is the SHA-256 of the exact bytes of the line before, in hexadecimal. */
export interface ChainFields {
  readonly v: 1;
  /** Counts from 0 within one chain. */
  readonly seq: number;
  /** Lower-case hexadecimal SHA-256 of the previous line without its newline; 64 zeros for the first. */
  readonly prev: string;
}

/**
 * Written once, by the sink, as the first record of a chain: which chain this is. A log that is
 * continued later keeps its chain and gets no second start.
 */
export interface StartEvent {
  readonly type: "start";
  /** ISO 8601, UTC, milliseconds. */
  readonly time: string;
  /** Random name of this chain. */
  readonly chain: string;
}

/** Written before a tool runs, or instead of running it. Holds no argument value. */
export interface CallEvent {
  readonly type: "call";
  readonly time: string;
  /** The name of this evaluation; the outcome carries the same. Unique in a chain, whereas a model may reuse a call id. */
  readonly evaluation: string;
  readonly call: string | null;
  readonly tool: string;
  readonly agent: string | null;
  /** The agents that it acted for, the nearest first. Left out: none. */
  readonly delegation?: readonly string[];
  /** With `delegation`: the one of them for whom the policy decides more restrictively, which is what held. */
  readonly delegator?: string | null;
  readonly user: string | null;
  readonly tenant: string | null;
  readonly session: string | null;
  readonly operation: Operation | null;
  readonly data: DataClass | null;
  readonly effect: Effect;
  readonly code: DecisionCode;
  readonly rule: string | null;
  readonly rules: readonly RuleOutcome[];
  readonly risk: number;
  readonly rewrites: readonly Rewrite[];
  /** Salted commitment to tool and effective arguments: SHA-256 of salt, newline and canonical JSON, hexadecimal. */
  readonly commitment: string;
  readonly bundle: BundleIdentity | null;
  /** What a policy in shadow would have done. */
  readonly would?: Pick<Would, "effect" | "code" | "rule" | "bundle">;
  /** The approval that was asked for, and who has answered so far; their votes on these arguments, in order. */
  readonly approval?: { readonly id: string; readonly reviewers: readonly string[] };
}

/** Written when the call is over. Exactly one for each call, or a {@link GapEvent} in its place. */
export interface OutcomeEvent {
  readonly type: "outcome";
  readonly time: string;
  readonly evaluation: string;
  readonly call: string | null;
  readonly tool: string;
  /**
   * `executed`: the tool returned. `error`: it threw. `aborted`: its stream was left before its end.
   * `blocked`: the tool did not run; `fallback` says what the agent got.
   */
  readonly outcome: "executed" | "error" | "aborted" | "blocked";
  readonly fallback: "message" | "value" | "tool" | "route" | "throw" | null;
  /** Milliseconds from the start of the tool to its end; 0 where it did not run. */
  readonly durationMs: number;
}

/**
 * Written by the sink when it continues a log in which a call has no outcome: the process ended in
 * between, so whether the tool ran to its end is not known.
 */
export interface GapEvent {
  readonly type: "gap";
  /** When the gap was found, not when the process ended. */
  readonly time: string;
  readonly evaluation: string;
  readonly call: string | null;
  readonly tool: string;
  readonly why: "crash";
}

/**
 * What stands in a log, without the chain that the sink adds. A guard hands `call` and `outcome` to
 * a sink; `start` and `gap` the sink writes itself, and refuses from outside.
 */
export type AuditEvent = StartEvent | CallEvent | OutcomeEvent | GapEvent;

/** One line of an audit log. */
export type AuditRecord = AuditEvent & ChainFields;

/**
 * Where records go. A sink keeps order and the chain.
 *
 * `append` returns nothing when the record is safe enough to go on, or a promise that settles when it
 * is: with `durable: true` only once the record would survive a crash of the machine. It throws or
 * rejects `ERR_AUDIT` when the record could not be kept; a writing tool then does not run.
 */
export interface AuditSink {
  /** Whether `durable: true` means that a record survives a crash. Memory cannot say so. */
  readonly durable: boolean;
  /** Where the records can be read, as `interlatch explain --audit` takes it. Left out: nowhere that it could. */
  readonly place?: string;
  append(event: AuditEvent, options: { readonly durable: boolean }): void | Promise<void>;
  /** Settles when all that was appended is kept. */
  flush(): Promise<void>;
  close(): Promise<void>;
}
