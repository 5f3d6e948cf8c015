import { planRedactions } from "../redact/plan.ts";
import type { Rule } from "../policy/ir.ts";
import type { CompiledTool } from "./compiled-tool.ts";
import { isTighter, smallestBatch, type Verdict } from "./verdict.ts";

/** How many joined verdicts a tool keeps, in each of two directions. */
const MAX_CACHED = 256;

/** The tighter of both passes, with the obligations of both. */
export function join(tool: CompiledTool, first: Verdict, second: Verdict): Verdict {
  const joined = (tool.joined ??= new Map<Verdict, Map<Verdict, Verdict>>());
  const known = joined.get(first)?.get(second);
  if (known !== undefined) return known;
  const verdict = Object.freeze(both(first, second));
  const row = joined.get(first) ?? new Map<Verdict, Verdict>();
  if (joined.size < MAX_CACHED && row.size < MAX_CACHED) {
    joined.set(first, row.set(second, verdict));
  }
  return verdict;
}

/** The tighter of two verdicts on one call, with the obligations of both. */
export function both(first: Verdict, second: Verdict): Verdict {
  const tighter = isTighter(second.effect, first.effect) ? second : first;
  // One object stands for one obligation of one rule, so identity tells repeats.
  const obligations = Object.freeze([...new Set([...first.obligations, ...second.obligations])]);
  const maxBatchSize = smallestBatch(obligations);
  const reviews = tighter.effect === "review" ? union(first.reviews, second.reviews) : NO_RULES;
  const redactions = [...first.redactions, ...second.redactions];
  const redaction = planRedactions(redactions);
  return { ...tighter, obligations, maxBatchSize, reviews, redactions, redaction };
}

/** Whoever is asked by either pass is asked. */
function union(first: readonly Rule[], second: readonly Rule[]): readonly Rule[] {
  return Object.freeze([...new Set([...first, ...second])]);
}

const NO_RULES: readonly Rule[] = Object.freeze([]);
