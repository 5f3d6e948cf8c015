import type { Policy, Rule, SourcePosition } from "@interlatch/core";
import { writeExpression } from "../explain/write-expression.ts";
import { branchesOf } from "./branches.ts";
import type { CaseResult, JudgedCall } from "./results.ts";

/** What tests reached: rules that matched, both outcomes of each condition, tools that were called. */
export interface Coverage {
  readonly rules: Covered;
  /** Counts twice for each condition: once for true, once for false. */
  readonly conditions: Covered;
  readonly tools: Covered;
  /** Conditions that could not be judged in some test: a field was missing, a type was wrong. */
  readonly errors: readonly Place[];
}

/** How much of one kind was reached. */
export interface Covered {
  readonly total: number;
  readonly covered: number;
  /** What no test reached. */
  readonly missing: readonly Place[];
}

/** A rule, a tool, or a condition of a rule, and where it stands. */
export interface Place {
  readonly name: string;
  readonly at: SourcePosition;
  /** The condition, where it is one. */
  readonly condition?: string;
  /** What was never seen of it. */
  readonly never?: boolean;
}

/** What the cases reached of a policy. A rule that only erred did not match. */
export function coverageOf(policy: Policy, results: readonly CaseResult[]): Coverage {
  const judged = results.flatMap((result) => result.judged);
  const matched = new Set<string>();
  for (const { decision } of judged) {
    for (const { name, outcome } of decision.rules) if (outcome === "matched") matched.add(name);
  }
  const called = new Set(results.map(({ call }) => call.tool));
  const tools = Object.entries(policy.tools).map(([name, { at }]) => ({ name, at }));
  return {
    rules: covered(policy.rules, matched),
    tools: covered(tools, called),
    ...conditionsOf(policy, judged),
  };
}

function covered(
  all: readonly { readonly name: string; readonly at: SourcePosition }[],
  reached: ReadonlySet<string>,
): Covered {
  const missing = all.filter(({ name }) => !reached.has(name));
  return {
    total: all.length,
    covered: all.length - missing.length,
    missing: missing.map(({ name, at }) => ({ name, at })),
  };
}

/** What was seen of one condition. */
interface Seen {
  true: boolean;
  false: boolean;
  error: boolean;
}

function conditionsOf(
  { rules }: Policy,
  judged: readonly JudgedCall[],
): Pick<Coverage, "conditions" | "errors"> {
  const callsOf = new Map<string, JudgedCall[]>();
  for (const call of judged) {
    for (const { name } of call.decision.rules) {
      const known = callsOf.get(name);
      if (known === undefined) callsOf.set(name, [call]);
      else known.push(call);
    }
  }
  const missing: Place[] = [];
  const errors: Place[] = [];
  let total = 0;
  for (const rule of rules) {
    for (const [condition, seen] of seenIn(rule, callsOf.get(rule.name) ?? [])) {
      const place = { name: rule.name, at: rule.at, condition };
      total += 2;
      for (const never of [true, false]) if (!seen[`${never}`]) missing.push({ ...place, never });
      if (seen.error) errors.push(place);
    }
  }
  return { conditions: { total, covered: total - missing.length, missing }, errors };
}

/** The conditions of a rule by their text; one that stands twice is one. */
function seenIn(
  { when, until = Infinity }: Rule,
  calls: readonly JudgedCall[],
): ReadonlyMap<string, Seen> {
  const byText = new Map<string, Seen>();
  if (when === undefined) return byText;
  const byPart = new Map(
    branchesOf(when).map((part) => {
      const text = writeExpression(part);
      const seen = byText.get(text) ?? { true: false, false: false, error: false };
      byText.set(text, seen);
      return [part, seen] as const;
    }),
  );
  for (const { trace, time } of calls) {
    if (time > until) continue; // the rule had ended, so its condition was not asked
    trace.observe(when, (part, value) => {
      const seen = byPart.get(part);
      if (seen === undefined) return;
      if (value.kind === "value" && typeof value.value === "boolean") seen[`${value.value}`] = true;
      else seen.error = true;
    });
  }
  return byText;
}

/** The share of rules that a test made match, 0 to 1, as it stands in a bundle. No rules: 0. */
export function shareOf({ rules }: Coverage): number {
  return rules.total === 0 ? 0 : rules.covered / rules.total;
}

/** Whole percent, rounded down, so that 100 says all of it. Of nothing, all is covered. */
export function percentOf({ total, covered: reached }: Covered): number {
  return total === 0 ? 100 : Math.floor((reached / total) * 100);
}
