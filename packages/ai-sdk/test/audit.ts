import { expect } from "vitest";
import type { CallEvent, OutcomeEvent } from "@interlatch/core";
import type { TestGuard } from "@interlatch/core/testing";

/** One evaluation as the log tells it. */
export interface Recorded {
  readonly call: string | null;
  readonly tool: string;
  readonly effect: string;
  readonly code: string;
  readonly outcome: string;
  readonly fallback: string | null;
}

/** What the log says, one line an evaluation; fails where a call has no outcome or an outcome no call. */
export function recorded({ audit }: TestGuard): readonly Recorded[] {
  const calls = audit.records.filter((record) => record.type === "call") as readonly CallEvent[];
  const outcomes = audit.records.filter(
    (record) => record.type === "outcome",
  ) as readonly OutcomeEvent[];
  // As many as there are different names, so each call has its one outcome.
  expect(new Set(outcomes.map(({ evaluation }) => evaluation))).toEqual(
    new Set(calls.map(({ evaluation }) => evaluation)),
  );
  expect(outcomes).toHaveLength(calls.length);
  return calls.map(({ call, tool, effect, code, evaluation }) => {
    const end = outcomes.find((outcome) => outcome.evaluation === evaluation);
    return {
      call,
      tool,
      effect,
      code,
      outcome: end?.outcome ?? "none",
      fallback: end?.fallback ?? null,
    };
  });
}
