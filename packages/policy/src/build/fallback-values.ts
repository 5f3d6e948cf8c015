import { type Json, type Policy, prepareOutputs, type SchemaCheck } from "@interlatch/core";
import type { Reporter } from "../diagnostics/reporter.ts";
import { shown } from "../diagnostics/words.ts";
import { entryOf } from "../yaml/tree.ts";
import type { PolicyParts } from "./parts.ts";
import { writtenFallbacks } from "./written-fallbacks.ts";

/** What checking one value may cost; the run time gives a whole decision as much. */
const BUDGET = 100_000;

/**
 * Checks every literal value of a fallback against the `output` of each tool that it may stand in for. Values with
 * expressions are checked when they are made.
 *
 * @param policy - as the run time loads it
 * @param parts - where all of it was written
 */
export async function checkFallbackValues(
  policy: Policy,
  parts: PolicyParts,
  reporter: Reporter,
): Promise<void> {
  const outputs = await prepareOutputs(policy);
  if (outputs.size === 0) return;
  for (const { fallback, tools, map } of writtenFallbacks(policy, parts)) {
    const at = entryOf(map, "value")?.value.at;
    if (fallback.kind !== "value" || fallback.value.kind !== "literal" || at === undefined)
      continue;
    for (const tool of tools) {
      const fault = faultOf(fallback.value.value, outputs.get(tool));
      if (fault === null) continue;
      const message = `The value does not fit the \`output\` of the tool \`${shown(tool)}\`: ${fault}.`;
      reporter.error({ code: "bad_value", at, message });
    }
  }
}

/** What a check says against a value; `null`: nothing. */
export function faultOf(value: Json, check: SchemaCheck | undefined): string | null {
  const budget = { left: BUDGET };
  const fault = check?.(value, budget) ?? null;
  return fault === null && budget.left < 0 ? "it takes too long to check" : fault;
}
