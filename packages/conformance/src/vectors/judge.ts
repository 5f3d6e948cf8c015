import type { Decision, Denial } from "@interlatch/core";
import { sameJson } from "./same.ts";
import type { Expectation, ExpectedFallback } from "./vector.ts";

/** What one call came to. */
export interface Observed {
  /** As it was found before the tool ran; of a review, what the reviewer was shown. */
  readonly decision: Decision;
  /** `null`: the call was not denied, or was only previewed. */
  readonly denial: Denial | null;
  /** What the tool got; absent where it did not run. */
  readonly got?: unknown;
}

/** What is not as expected, a line each; empty: all is. Only what is written is checked. */
export function differences(expected: Expectation, observed: Observed): readonly string[] {
  const { decision, denial } = observed;
  const found: string[] = [];
  const want = (name: string, holds: boolean, wanted: unknown, got: unknown): void => {
    if (!holds) found.push(`${name}: expected ${shown(wanted)}, got ${shown(got)}`);
  };
  const { effect, code, rule, fallback, retryAfter, riskAtLeast } = expected;
  if (effect !== undefined) want("effect", decision.effect === effect, effect, decision.effect);
  if (code !== undefined) want("code", decision.code === code, code, decision.code);
  if (rule !== undefined) want("rule", decision.rule === rule, rule, decision.rule);
  if (expected.arguments !== undefined) {
    const wanted = expected.arguments;
    want("arguments", sameJson(decision.arguments, wanted), wanted, decision.arguments);
    if ("got" in observed) want("the tool's", sameJson(observed.got, wanted), wanted, observed.got);
  }
  if (retryAfter !== undefined) {
    const got = decision.effect === "allow" ? undefined : decision.retryAfter;
    const [least, most] = retryAfter;
    want("retryAfter", got !== undefined && got >= least && got <= most, retryAfter, got);
  }
  if (riskAtLeast !== undefined) {
    const { score } = decision.risk;
    want("risk", score >= riskAtLeast, `${riskAtLeast} or more`, score);
  }
  for (const kind of expected.obligations ?? []) {
    const kinds = decision.obligations.map((obligation) => obligation.kind);
    want("obligations", kinds.some((one) => one === kind), kind, kinds);
  }
  if (fallback !== undefined) want("fallback", gives(denial, fallback), fallback, denial);
  return found;
}

function gives(denial: Denial | null, expected: ExpectedFallback): boolean {
  if (denial === null) return false;
  if ("message" in expected) return denial.kind === "message" && denial.message === expected.message;
  if ("value" in expected) return denial.kind === "value" && sameJson(denial.value, expected.value);
  // A guard of this version runs no other tool in place of the denied one.
  return false;
}

/** Short, on one line. */
export function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 200 ? `${text.slice(0, 197)}...` : text;
}
