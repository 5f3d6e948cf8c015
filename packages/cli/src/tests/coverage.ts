import type { Policy } from "@interlatch/core";
import type { CaseResult } from "./play.ts";

/** Which rules a test made match, and which tools a test called. */
export interface Coverage {
  readonly rules: Covered;
  readonly tools: Covered;
}

interface Covered {
  readonly total: number;
  readonly covered: number;
  /** What no test reached, with its place: `small_refunds (policy.yaml:23)`. */
  readonly missing: readonly string[];
}

/** What the cases reached of a policy. A rule that only erred did not match. */
export function coverageOf(policy: Policy, results: readonly CaseResult[]): Coverage {
  const matched = new Set<string>();
  const called = new Set<string>();
  for (const { decision, tool } of results) {
    called.add(tool);
    for (const { name, outcome } of decision?.rules ?? []) {
      if (outcome === "matched") matched.add(name);
    }
  }
  const tools = Object.entries(policy.tools).map(([name, tool]) => ({ name, at: tool.at }));
  return { rules: covered(policy.rules, matched), tools: covered(tools, called) };
}

function covered(
  all: readonly {
    readonly name: string;
    readonly at: { readonly file: string; readonly line: number };
  }[],
  reached: ReadonlySet<string>,
): Covered {
  const missing = all.filter(({ name }) => !reached.has(name));
  return {
    total: all.length,
    covered: all.length - missing.length,
    missing: missing.map(({ name, at }) => `${name} (${at.file}:${at.line})`),
  };
}

/** The share of rules that a test made match, 0 to 1, as it stands in a bundle. No rules: 0. */
export function shareOf({ rules }: Coverage): number {
  return rules.total === 0 ? 0 : rules.covered / rules.total;
}
