import { type Fallback, type Policy, prepareOutputs } from "@interlatch/core";
import type { Reporter } from "../diagnostics/reporter.ts";
import { shown } from "../diagnostics/words.ts";
import { textAt } from "../document/fields.ts";
import { entryOf, type YamlEntry, type YamlMap, type YamlNode } from "../yaml/tree.ts";
import type { PolicyParts } from "./parts.ts";

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
  const report = (fallback: Fallback, tools: readonly string[], at: YamlNode): void => {
    if (fallback.kind !== "value" || fallback.value.kind !== "literal") return;
    for (const tool of tools) {
      const budget = { left: BUDGET };
      const fault = outputs.get(tool)?.(fallback.value.value, budget) ?? null;
      if (fault === null && budget.left >= 0) continue;
      const why = fault ?? "it takes too long to check";
      reporter.error({
        code: "bad_value",
        at: at.at,
        message: `The value does not fit the \`output\` of the tool \`${shown(tool)}\`: ${why}.`,
      });
    }
  };
  for (const { fallback, tools, node } of fallbacksOf(policy, parts, [...outputs.keys()])) {
    report(fallback, tools, node);
  }
}

interface WrittenFallback {
  readonly fallback: Fallback;
  /** The tools whose result it may stand for. */
  readonly tools: readonly string[];
  readonly node: YamlNode;
}

/** All fallbacks with what they stand for: a rule's for its tools, the policy's for those that have none. */
function fallbacksOf(
  policy: Policy,
  parts: PolicyParts,
  described: readonly string[],
): readonly WrittenFallback[] {
  const found: WrittenFallback[] = [];
  const add = (
    fallback: Fallback | undefined,
    entry: YamlEntry | undefined,
    tools: readonly string[],
  ): void => {
    const node = valueNode(entry);
    if (fallback !== undefined && node !== undefined) found.push({ fallback, tools, node });
  };
  for (const { key, value } of parts.tools) {
    if (value.kind !== "map" || !Object.hasOwn(policy.tools, key)) continue;
    add(policy.tools[key]?.fallback, entryOf(value, "fallback"), [key]);
  }
  const rules = new Map(policy.rules.map((rule) => [rule.name, rule]));
  for (const node of parts.rules) {
    if (node.kind !== "map") continue;
    const rule = rules.get(textAt(node, "name")?.value ?? "");
    if (rule !== undefined) add(rule.fallback, entryOf(node, "fallback"), rule.tools);
  }
  const without = described.filter((name) => policy.tools[name]?.fallback === undefined);
  add(policy.fallback, parts.single.get("fallback"), without);
  return found;
}

function valueNode(entry: YamlEntry | undefined): YamlNode | undefined {
  const map: YamlMap | undefined = entry?.value.kind === "map" ? entry.value : undefined;
  return map === undefined ? undefined : entryOf(map, "value")?.value;
}
