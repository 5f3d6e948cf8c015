import { canonicalJson, type Decision, type Json, type Policy } from "@interlatch/core";
import { type ExpectedDecision, type ExpectedObligation, nearest } from "@interlatch/policy";

/** One thing that is not as a case expects it. */
export interface Difference {
  /** `effect`, `code`, `rule`, `rules`, `obligations`, `arguments`, `retry_after`, `fallback` or `identity`. */
  readonly what: string;
  readonly expected: unknown;
  readonly got: unknown;
  /** What is wrong with the expectation itself: `no such rule; did you mean small_refunds?` */
  readonly note?: string;
}

/**
 * What of a decision is not as expected, but for its fallback.
 *
 * @param policy - the one that decided
 */
export function differencesOf(
  decision: Decision,
  expect: ExpectedDecision,
  policy: Policy,
): readonly Difference[] {
  const { effect, code, rule, arguments: args } = expect;
  const known = policy.rules.map(({ name }) => name);
  return [
    ...unequal("effect", effect, decision.effect),
    ...unequal("code", code, decision.code),
    ...unequal("rule", rule, decision.rule).map((one) => noted(one, [rule ?? null], known)),
    ...unequal("rules", sorted(expect.rules), sorted(matchedBy(decision))).map((one) =>
      noted(one, expect.rules ?? [], known),
    ),
    ...unequalObligations(decision, expect.obligations),
    ...unequal("arguments", args, decision.arguments),
    ...unequal("retry_after", expect.retry_after, retryAfter(decision)),
  ];
}

function unequal(what: string, expected: Json | undefined, got: Json): readonly Difference[] {
  return expected === undefined || sameJson(expected, got) ? [] : [{ what, expected, got }];
}

/** Says which of the rules that a case expects the policy does not have: such a case can never pass. */
function noted(
  difference: Difference,
  names: readonly (string | null)[],
  known: readonly string[],
): Difference {
  const stray = names.find((name) => name !== null && !known.includes(name));
  if (stray === undefined || stray === null) return difference;
  const near = nearest(stray, known);
  const which = names.length === 1 ? "" : ` as ${stray}`;
  const hint = near === undefined ? "" : `; did you mean ${near}?`;
  return { ...difference, note: `no such rule${which}${hint}` };
}

function matchedBy({ rules }: Decision): readonly string[] {
  return rules.filter(({ outcome }) => outcome === "matched").map(({ name }) => name);
}

function sorted<Names extends readonly string[] | undefined>(names: Names): Names {
  return (names === undefined ? undefined : [...names].sort()) as Names; // as many names as there were
}

function retryAfter(decision: Decision): number | null {
  return decision.effect === "allow" ? null : (decision.retryAfter ?? null);
}

/** As many as there are, and to each expected one another that has what it names. */
function unequalObligations(
  { obligations }: Decision,
  expected: readonly ExpectedObligation[] | undefined,
): readonly Difference[] {
  if (expected === undefined) return [];
  const left: object[] = [...obligations];
  const missing = expected.filter((one) => {
    const index = left.findIndex((found) => holds(found, one));
    if (index >= 0) left.splice(index, 1);
    return index < 0;
  });
  const isSame = missing.length === 0 && left.length === 0;
  return isSame ? [] : [{ what: "obligations", expected, got: obligations }];
}

function holds(found: object, expected: ExpectedObligation): boolean {
  const fields = new Map<string, Json>(Object.entries(found));
  return Object.entries(expected).every(([name, value]) => {
    const has = fields.get(name);
    return has !== undefined && sameJson(has, value);
  });
}

/** Whether two values are the same JSON, whatever the order of their keys. */
export function sameJson(a: Json, b: Json): boolean {
  return canonicalJson(a) === canonicalJson(b);
}
