import type { Decision, SourcePosition } from "@interlatch/core";
import type { Trace, TrialCall } from "@interlatch/core/testing";
import type { Difference } from "./differences.ts";

/** What one case came to. */
export interface CaseResult {
  readonly name: string;
  readonly at: SourcePosition;
  /** What was called, and by whom. */
  readonly call: Pick<TrialCall, "tool" | "arguments" | "identity">;
  /** Empty: the case passed. */
  readonly differences: readonly Difference[];
  /** `null` where the case could not be judged. */
  readonly decision: Decision | null;
  /** The values of conditions for the call; `null` where they were not asked. */
  readonly trace: Trace | null;
  /** Every call of the case of which something was expected. */
  readonly judged: readonly JudgedCall[];
  /** When the call was judged, epoch milliseconds. */
  readonly time: number;
  /** How long judging took, in milliseconds. */
  readonly ms: number;
}

/** A decision, and the values of conditions for the call that it is about. */
export interface JudgedCall {
  readonly decision: Decision;
  readonly trace: Trace;
  /** Epoch milliseconds. */
  readonly time: number;
}

/** Whether a case came out as it says. */
export function passed({ differences }: CaseResult): boolean {
  return differences.length === 0;
}
