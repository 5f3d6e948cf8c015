import type { Fallback, Policy } from "@interlatch/core";
import { textAt } from "../document/fields.ts";
import { entryOf, type YamlEntry, type YamlMap } from "../yaml/tree.ts";
import type { PolicyParts } from "./parts.ts";

/** A fallback of a policy, and where it was written. */
export interface WrittenFallback {
  readonly fallback: Fallback;
  /** The tools whose calls it stands for. */
  readonly tools: readonly string[];
  /** The key and its value. */
  readonly entry: YamlEntry;
  readonly map: YamlMap;
}

/** All fallbacks with what they stand for: a rule's for its tools, the policy's for the tools that have none. */
export function writtenFallbacks(policy: Policy, parts: PolicyParts): readonly WrittenFallback[] {
  const found: WrittenFallback[] = [];
  const add = (
    fallback: Fallback | undefined,
    entry: YamlEntry | undefined,
    tools: readonly string[],
  ): void => {
    if (fallback === undefined || entry?.value.kind !== "map") return;
    found.push({ fallback, tools, entry, map: entry.value });
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
  const all = Object.entries(policy.tools);
  const without = all.filter(([, { fallback }]) => fallback === undefined).map(([name]) => name);
  add(policy.fallback, parts.single.get("fallback"), without);
  return found;
}
