import type { Expression } from "@interlatch/core";
import type { BuiltRule } from "../build/rules.ts";
import type { Compiled } from "../compile.ts";
import type { Reporter } from "../diagnostics/reporter.ts";
import { shown } from "../diagnostics/words.ts";
import { entryRepair } from "../fix/removal.ts";
import { entryOf, type YamlEntry } from "../yaml/tree.ts";
import { fieldsRead } from "./reads.ts";
import { expressionsInFallback, expressionsInResources } from "../expressions/parts.ts";

/** What was written and is read by nothing. */
export function lintUse(compiled: Compiled, reporter: Reporter): void {
  warnOfDefines(compiled, reporter);
  warnOfFacts(compiled, reporter);
  warnOfPins(compiled, reporter);
  for (const built of compiled.rules) warnOfFallback(built, reporter);
}

function warnOfDefines({ parts, conditions }: Compiled, reporter: Reporter): void {
  const unused = parts.define.filter(({ key }) => !conditions.used.has(key));
  for (const entry of unused) {
    const { file } = entry.keyAt;
    const isHere = ({ keyAt }: YamlEntry): boolean => keyAt.file === file;
    // Without a condition left the section would be empty, which is an error.
    const isLast = unused.filter(isHere).length === parts.define.filter(isHere).length;
    const title = `Removes the condition \`${entry.key}\`, which nothing uses.`;
    reporter.warning({
      code: "unused_define",
      at: entry.keyAt,
      message: `Nothing uses the condition \`${entry.key}\`.`,
      // Conditions are written out where they are used, so that one that is not leaves no trace in a bundle.
      repair: isLast ? undefined : entryRepair(entry, title),
    });
  }
}

function warnOfFacts(compiled: Compiled, reporter: Reporter): void {
  const read = fieldsRead(expressionsOf(compiled), "facts");
  if (read === "all") return;
  for (const { key, keyAt } of compiled.parts.facts) {
    if (!read.has(key))
      reporter.warning({
        code: "unused_fact",
        at: keyAt,
        message: `Nothing reads the fact \`${key}\`.`,
      });
  }
}

function warnOfPins({ parts, tools }: Compiled, reporter: Reporter): void {
  const known = tools.map(({ name }) => name);
  for (const { key, keyAt } of parts.pins) {
    if (known.includes(key)) continue;
    const right = reporter.nearest(key, known);
    reporter.warning({
      code: "unused_pin",
      at: keyAt,
      message: `The pin of \`${shown(key)}\` is for no tool of this policy: its calls are denied as they are.`,
      hint: right === undefined ? undefined : `Did you mean \`${right}\`?`,
    });
  }
}

/** Parts of a rule without which an allow rule denies nothing: a limit and a rewrite can fail, and then its fallback counts. */
const HARMLESS: readonly string[] = [
  "name",
  "tools",
  "when",
  "action",
  "reason",
  "until",
  "fallback",
  "at",
];

/** Whether a rule demands something of the calls it matches. */
export function hasObligations({ rule }: BuiltRule): boolean {
  return Object.keys(rule).some((key) => !HARMLESS.includes(key));
}

function warnOfFallback(built: BuiltRule, reporter: Reporter): void {
  const { rule, node, at } = built;
  if (rule.fallback === undefined || rule.action !== "allow" || hasObligations(built)) return;
  reporter.warning({
    code: "unused_fallback",
    at: entryOf(node, "fallback")?.keyAt ?? at,
    message: `The rule \`${rule.name}\` allows and demands nothing, so it never denies a call and its \`fallback\` is never used.`,
    hint: "Put it on the rule that denies, on the tool, or at the top.",
  });
}

/** Every condition of a policy, named ones that nothing uses included; each knows its place. */
export function conditionsOf({ rules, profiles, conditions }: Compiled): readonly Expression[] {
  return [
    ...rules.flatMap(({ rule }) => rule.when ?? []),
    ...profiles.map(({ profile }) => profile.when),
    ...conditions.defines().values(),
  ];
}

function expressionsOf(compiled: Compiled): readonly Expression[] {
  const tools = compiled.tools.map(({ policy }) => policy);
  const rules = compiled.rules.map(({ rule }) => rule);
  const fallbacks = [compiled.policy.fallback, ...[...rules, ...tools].map((one) => one.fallback)];
  return [
    ...conditionsOf(compiled),
    ...fallbacks.flatMap(expressionsInFallback),
    ...tools.flatMap(({ resources }) => expressionsInResources(resources)),
  ];
}
