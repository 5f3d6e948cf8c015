import { type Decision, type Denial, isDenial, type Policy } from "@interlatch/core";
import { everyReviewer, type Trace, type Workbench, workbench } from "@interlatch/core/testing";
import type { PolicyTestCase } from "@interlatch/policy";
import { givenBy, TRIAL } from "../explain/given.ts";
import { type Difference, differencesOf, sameJson } from "./differences.ts";
import { playEarlier } from "./play-earlier.ts";
import type { CaseResult } from "./results.ts";
import { identityOf } from "./trial-identity.ts";

/** The clock of a case that gives no time. Fixed, so that a test answers the same on every day. */
export const TEST_TIME: number = Date.parse("2026-01-01T00:00:00Z");

/**
 * Plays cases on the real engine, each as if nothing had happened before but what it says itself. A review is judged
 * as the decision it is: nobody answers.
 *
 * @param told - called after each case with how many are done
 */
export async function playCases(
  policy: Policy,
  cases: readonly PolicyTestCase[],
  told: (done: number) => void,
): Promise<readonly CaseResult[]> {
  const bench = await workbench(policy);
  const results: CaseResult[] = [];
  for (const one of cases) {
    const began = performance.now();
    const played = await playCase(bench, one);
    const { name, at, time = TEST_TIME } = one;
    results.push({ ...played, name, at, time, ms: performance.now() - began });
    told(results.length);
  }
  return results;
}

type Played = Omit<CaseResult, "name" | "at" | "time" | "ms">;

async function playCase(bench: Workbench, one: PolicyTestCase): Promise<Played> {
  try {
    return await judgeCase(bench, one);
  } catch (error) {
    // An identity that no host could hand over.
    const got = error instanceof Error ? error.message : String(error);
    const differences = [{ what: "identity", expected: "one that a guard takes", got }];
    return { call: callOf(one), differences, decision: null, trace: null, judged: [] };
  }
}

async function judgeCase(bench: Workbench, one: PolicyTestCase): Promise<Played> {
  const end = one.time ?? TEST_TIME;
  const clock = { time: end };
  const answer = { now: "approve" as "approve" | "reject" };
  const guard = await bench.guard({
    clock: () => clock.time,
    onReview: (request) => everyReviewer(request, answer.now),
  });
  const session = await playEarlier(one.session, {
    bench,
    guard,
    set: ({ beforeMs, review }) => {
      clock.time = end - beforeMs;
      answer.now = review;
      return clock.time;
    },
  });
  clock.time = end;
  const call = callOf(one);
  const ticket = guard.for(call.identity);
  const input = { ticket, id: one.call.id ?? "test", tool: call.tool, arguments: call.arguments };
  const preview = guard.decide(input);
  // What a denial becomes (words, a value, `repeated`) is settled when the call is made.
  const made: unknown =
    preview.effect === "deny" ? await guard.run(input, () => null, TRIAL) : null;
  const denial = isDenial(made) ? made : null;
  const decision = denial?.decision ?? preview;
  await guard.close();
  const { trace } = bench.judge({
    ...call,
    time: end,
    untrusted: session.untrusted(call.identity),
  });
  const differences = [
    ...session.differences,
    ...differencesOf(decision, one.expect, bench.policy),
    ...fallbackDifference(decision, denial, one.expect.fallback),
  ];
  const judged = [...session.judged, ...seen(decision, trace, end)];
  return { call, differences, decision, trace, judged };
}

function seen(decision: Decision, trace: Trace | null, time: number): CaseResult["judged"] {
  return trace === null ? [] : [{ decision, trace, time }];
}

function callOf(one: PolicyTestCase): CaseResult["call"] {
  const { tool, arguments: args } = one.call;
  return { tool, arguments: args, identity: identityOf(one) };
}

function fallbackDifference(
  { effect }: Decision,
  denial: Denial | null,
  expected: PolicyTestCase["expect"]["fallback"],
): readonly Difference[] {
  if (expected === undefined) return [];
  if (denial === null) {
    const got = effect === "review" ? "a question to a person" : "the tool's own result";
    return [{ what: "fallback", expected, got }];
  }
  const got = givenBy(denial);
  return sameJson(expected, got) ? [] : [{ what: "fallback", expected, got }];
}
