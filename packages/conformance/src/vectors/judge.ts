import type { Decision, Denial } from "@interlatch/core";
import { holdsJson, sameJson } from "./same.ts";
import type { Expectation, ExpectedFallback } from "./vector.ts";

/** What one call came to. */
export interface Observed {
  /**
   * As it was found before the tool ran; of a review, what the reviewer was shown. `null`: a framework refused
   * the call itself, and nothing ran.
   */
  readonly decision: Decision | null;
  /** `null`: the call was not denied, was only previewed, or came through a framework. */
  readonly denial: Denial | null;
  /** What a framework told the model. */
  readonly told?: string;
  /** What the tool got; absent where it did not run. */
  readonly got?: unknown;
  /** The lesser tool that ran instead. */
  readonly hop?: Hop;
}

/** A lesser tool that ran: its name, the id of its call, and what it got. */
export interface Hop {
  readonly tool: string;
  readonly id: string | null;
  readonly arguments: unknown;
}

/** What is not as expected, a line each; empty: all is. Only what is written is checked. */
export function differences(expected: Expectation, observed: Observed): readonly string[] {
  const { decision } = observed;
  if (decision === null) {
    const denied = expected.effect === undefined || expected.effect === "deny";
    return denied
      ? []
      : [`effect: expected ${shown(expected.effect)}, and the framework refused the call`];
  }
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
    want(
      "obligations",
      kinds.some((one) => one === kind),
      kind,
      kinds,
    );
  }
  if (fallback !== undefined) {
    const { told, denial, hop } = observed;
    const held =
      "tool" in fallback
        ? hop !== undefined && sameJson(hop, fallback)
        : told === undefined
          ? gives(denial, fallback)
          : tells(told, fallback);
    want("fallback", held, fallback, hop ?? told ?? denial);
  }
  return found;
}

/** A fallback that runs nothing. */
type Told = Exclude<ExpectedFallback, { readonly tool: string }>;

/** Whether the model was told of the fallback. */
function tells(text: string, expected: Told): boolean {
  if ("message" in expected) return text.includes(expected.message);
  return holdsJson(text, expected.value);
}

function gives(denial: Denial | null, expected: Told): boolean {
  if ("message" in expected)
    return denial?.kind === "message" && denial.message === expected.message;
  return denial?.kind === "value" && sameJson(denial.value, expected.value);
}

/** Short, on one line. */
export function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 200 ? `${text.slice(0, 197)}...` : text;
}
