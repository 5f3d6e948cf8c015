import {
  canonicalJson,
  type Decision,
  type Denial,
  type Identity,
  isDenial,
  type Json,
  type Policy,
  type SourcePosition,
} from "@interlatch/core";
import { fakeClock, testGuard, type TestGuard } from "@interlatch/core/testing";
import type { PolicyTestCase } from "@interlatch/policy";

/** One thing that is not as a case expects it. */
export interface Difference {
  /** `effect`, `code`, `rule`, `arguments`, `fallback` or `identity`. */
  readonly what: string;
  readonly expected: unknown;
  readonly got: unknown;
}

/** What one case came to. */
export interface CaseResult {
  readonly name: string;
  readonly at: SourcePosition;
  readonly tool: string;
  /** Empty: the case passed. */
  readonly differences: readonly Difference[];
  /** `null` where the case could not be judged. */
  readonly decision: Decision | null;
}

/** The clock of a case that gives no time. Fixed, so that a test answers the same on every day. */
export const TEST_TIME = "2026-01-01T00:00:00Z";

/**
 * Plays cases on the real engine, each as if nothing had happened before. A review is judged as the decision it is:
 * nobody answers. What is only decided is asked of one guard, which a preview leaves as it was; what has to be run
 * to see its fallback gets a guard of its own.
 *
 * @param told - called after each case with how many are done
 */
export async function playCases(
  policy: Policy,
  cases: readonly PolicyTestCase[],
  told: (done: number) => void,
): Promise<readonly CaseResult[]> {
  const guard = await testGuard(policy, { time: fakeClock(TEST_TIME) });
  const results: CaseResult[] = [];
  for (const one of cases) {
    results.push(await playCase(guard, policy, one));
    told(results.length);
  }
  await guard.close();
  return results;
}

async function playCase(
  guard: TestGuard,
  policy: Policy,
  one: PolicyTestCase,
): Promise<CaseResult> {
  const { name, at, expect } = one;
  const base = { name, at, tool: one.call.tool };
  try {
    guard.time.set(one.time ?? TEST_TIME);
    const decision = guard.decide(inputOf(guard, one));
    const differences = [...differencesOf(decision, expect)];
    if (expect.fallback !== undefined) {
      const denial = decision.effect === "deny" ? await denialOf(policy, one) : null;
      differences.push(...fallbackDifference(decision, denial, expect.fallback));
    }
    return { ...base, differences, decision };
  } catch (error) {
    // An identity that no host could hand over.
    const got = error instanceof Error ? error.message : String(error);
    const differences = [{ what: "identity", expected: "one that a guard takes", got }];
    return { ...base, differences, decision: null };
  }
}

function inputOf(guard: TestGuard, one: PolicyTestCase): Parameters<TestGuard["decide"]>[0] {
  const { identity, facts } = one;
  const whole: Identity = {
    session: "test",
    ...identity,
    ...(facts === undefined ? {} : { facts }),
  };
  return { ticket: guard.for(whole), id: "test", ...one.call };
}

/** What the agent gets instead of the call. */
async function denialOf(policy: Policy, one: PolicyTestCase): Promise<Denial | null> {
  const guard = await testGuard(policy, { time: fakeClock(one.time ?? TEST_TIME) });
  try {
    const given: unknown = await guard.run(inputOf(guard, one), () => "ran");
    return isDenial(given) ? given : null;
  } finally {
    await guard.close();
  }
}

function differencesOf(
  decision: Decision,
  expect: PolicyTestCase["expect"],
): readonly Difference[] {
  const { effect, code, rule } = expect;
  const pairs: readonly (readonly [string, unknown, unknown])[] = [
    ["effect", effect, decision.effect],
    ["code", code, decision.code],
    ["rule", rule, decision.rule],
  ];
  const found = pairs
    .filter(([, expected, got]) => expected !== undefined && expected !== got)
    .map(([what, expected, got]) => ({ what, expected, got }));
  const expected = expect.arguments;
  if (expected === undefined || sameJson(expected, decision.arguments)) return found;
  return [...found, { what: "arguments", expected, got: decision.arguments }];
}

function fallbackDifference(
  { effect }: Decision,
  denial: Denial | null,
  expected: NonNullable<PolicyTestCase["expect"]["fallback"]>,
): readonly Difference[] {
  if (denial === null) {
    const got = effect === "review" ? "a question to a person" : "the tool's own result";
    return [{ what: "fallback", expected, got }];
  }
  const got = denial.kind === "value" ? { value: denial.value } : { message: denial.message };
  const isSame =
    "message" in expected
      ? denial.kind === "message" && denial.message === expected.message
      : denial.kind === "value" && sameJson(denial.value, expected.value);
  return isSame ? [] : [{ what: "fallback", expected, got }];
}

function sameJson(a: Json, b: Json): boolean {
  return canonicalJson(a) === canonicalJson(b);
}
