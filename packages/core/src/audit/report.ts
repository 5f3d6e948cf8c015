import type { AuditHead } from "./chain.ts";

/** Every kind of fault `verifyAudit` can find. The list is closed: a new kind is a minor version. */
export const AUDIT_FAULTS = [
  // the bytes
  "empty",
  "torn_line",
  "nul_bytes",
  "carriage_return",
  "line_too_long",
  "not_utf8",
  "not_json",
  // one record
  "malformed_record",
  "duplicate_key",
  "not_canonical",
  // the chain
  "start_missing",
  "several_starts",
  "wrong_seq",
  "wrong_prev",
  "head_missing",
  "head_differs",
  // calls and their outcomes
  "evaluation_reused",
  "orphan_outcome",
  "second_outcome",
  "mismatched_outcome",
  "denied_but_executed",
  "open_call",
] as const;

/**
 * What is wrong with a log.
 *
 * - `empty`: there is no record at all.
 * - `torn_line`: the last line has no newline: a write was cut short, or the file was.
 * - `nul_bytes`: a line holds NUL, as a file does after a crash of some file systems.
 * - `carriage_return`: a line ends in CR LF.
 * - `line_too_long`: a line is longer than any record can be.
 * - `not_utf8`, `not_json`: a line cannot be read.
 * - `malformed_record`: JSON, but not a record of this version.
 * - `duplicate_key`: a name stands twice in one object, so that two readers may see two records.
 * - `not_canonical`: not written as this version writes it: white space, order of keys, unknown fields.
 * - `start_missing`, `several_starts`: a chain has exactly one `start`, its first record.
 * - `wrong_seq`: a record was taken out, put in, doubled or moved.
 * - `wrong_prev`: the record before was edited, or this one comes from elsewhere.
 * - `head_missing`: the log does not hold the record that was demanded: it was cut.
 * - `head_differs`: another record stands in the place of the one demanded: the log was rewritten.
 * - `evaluation_reused`: two calls carry the same evaluation.
 * - `orphan_outcome`: an outcome or gap without a call before it.
 * - `second_outcome`: a call is over twice.
 * - `mismatched_outcome`: an outcome or gap names another tool or call id than its call.
 * - `denied_but_executed`: a call ran that was denied, or that waited for a reviewer and had none.
 * - `open_call`: a call with neither outcome nor gap.
 */
export type AuditFaultKind = (typeof AUDIT_FAULTS)[number];

/** The first fault, and where it is. Words and positions only; no value of a record. */
export interface AuditFault {
  readonly kind: AuditFaultKind;
  /** Counts from 1. `0` where the log has no line. */
  readonly line: number;
  /** The `seq` that belongs at this line; for `head_missing` and `open_call` that of the record in question. */
  readonly seq: number;
  readonly message: string;
}

/** What is odd, but has honest reasons: a clock that was set back, or a call that waited between its judgement and its record. */
export interface AuditWarning {
  readonly kind: "time_backwards";
  readonly line: number;
  readonly seq: number;
  readonly message: string;
}

/** What `verifyAudit` found. Everything counted lies before the first fault; nothing after it was read. */
export interface AuditReport {
  /** No fault. */
  readonly ok: boolean;
  /** The name of the chain; `null` where its start was not seen. */
  readonly chain: string | null;
  readonly records: number;
  readonly calls: number;
  readonly outcomes: number;
  readonly byOutcome: Readonly<Record<"executed" | "error" | "aborted" | "blocked", number>>;
  readonly gaps: number;
  /** Calls with neither outcome nor gap. */
  readonly open: number;
  /** Outcomes and gaps whose call lies before the first line; only where `partial` permits them. */
  readonly unpaired: number;
  /** The last record that verified. Keep it elsewhere and demand it next time with `expectHead`. */
  readonly head: AuditHead | null;
  readonly fault: AuditFault | null;
  /** The first hundred. */
  readonly warnings: readonly AuditWarning[];
  /** What this verification cannot know, in words. Never empty. */
  readonly limits: readonly string[];
}

export interface AuditOptions {
  /** A head that was kept earlier. Finds a cut and a rewrite, which the log alone cannot show. */
  readonly expectHead?: AuditHead;
  /** `true`: the log is still written, so calls without outcome are counted and are no fault. */
  readonly allowOpen?: boolean;
  /**
   * `true`: the beginning of the log is not at hand, as with a `memoryAudit` that dropped records. The
   * first line is then taken at its word, and outcomes may belong to calls before it.
   */
  readonly partial?: boolean;
}
