import type { Expression } from "@interlatch/core";
import type { Conditions } from "../conditions/conditions.ts";
import { sourceOf, type ConditionSource } from "../conditions/source.ts";
import type { Reporter } from "../diagnostics/reporter.ts";
import { textsAt } from "../document/fields.ts";
import { entryOf, type YamlEntry, type YamlMap } from "../yaml/tree.ts";

/** What the conditions of a rule or profile come to. */
export type WhenResult =
  /** Nothing is demanded. */
  | { readonly kind: "always" }
  /** A part of it is broken, which is reported. What could be read can still be checked. */
  | { readonly kind: "broken"; readonly expression?: Expression }
  | { readonly kind: "condition"; readonly expression: Expression };

/** `when` (or `conditions`) and `unless` as one condition: `a && b && !(c)`. */
export function buildWhen(map: YamlMap, conditions: Conditions, reporter: Reporter): WhenResult {
  const [when, synonym] = [entryOf(map, "when"), entryOf(map, "conditions")];
  if (when !== undefined && synonym !== undefined) reportBoth(reporter, synonym, "when");
  const keys = [when, synonym, entryOf(map, "unless")].filter((entry) => entry !== undefined);
  if (keys.length === 0) return { kind: "always" };
  const read: Expression[] = [];
  let whole = true;
  let source: ConditionSource | undefined;
  for (const { key, value } of keys) {
    const scalars = textsAt(map, key);
    const count = value.kind === "list" ? value.items.length : 1;
    const compiled = scalars
      .map((scalar) => conditions.compile(scalar))
      .filter((one) => one !== undefined);
    if (compiled.length < count || count === 0) whole = false;
    const [first] = scalars;
    if (first === undefined) continue;
    const here = sourceOf(first, first.value);
    source ??= here;
    if (key !== "unless") read.push(...compiled);
    else {
      const all = conditions.all(compiled, here);
      const negation = all === undefined ? undefined : conditions.not(all, here);
      if (negation !== undefined) read.push(negation);
    }
  }
  const expression = source === undefined ? undefined : conditions.all(read, source);
  if (expression === undefined) return { kind: "broken" };
  return whole ? { kind: "condition", expression } : { kind: "broken", expression };
}

/** Two keys that mean the same. */
export function reportBoth(reporter: Reporter, second: YamlEntry, first: string): void {
  const message = `\`${second.key}\` means the same as \`${first}\`; only one of them may stand here.`;
  reporter.error({ code: "conflicting_keys", at: second.keyAt, message });
}
