import type { Expression, Fallback, ValueTemplate } from "@interlatch/core";
import type { Compiled } from "../compile.ts";
import { childrenOf } from "../conditions/notes.ts";
import type { Reporter } from "../diagnostics/reporter.ts";

/** What was written and is read by nothing. */
export function lintUse(compiled: Compiled, reporter: Reporter): void {
  for (const { key, keyAt } of compiled.parts.define) {
    if (compiled.conditions.used.has(key)) continue;
    reporter.warning({
      code: "unused_define",
      at: keyAt,
      message: `Nothing uses the condition \`${key}\`.`,
    });
  }
  const read = factsRead(compiled);
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

/** The names of the facts that are read, or `all` where the whole of them is handed on. */
function factsRead(compiled: Compiled): ReadonlySet<string> | "all" {
  const names = new Set<string>();
  const whole = expressionsOf(compiled).some((expression) => !collectFacts(expression, names));
  return whole ? "all" : names;
}

/** Collects names; `false` when the facts are used other than by a literal name. */
function collectFacts(expression: Expression, names: Set<string>): boolean {
  if (expression.kind === "variable") return expression.name !== "facts";
  const named = nameRead(expression);
  if (named !== undefined) {
    names.add(named);
    return true;
  }
  return childrenOf(expression).every((child) => collectFacts(child, names));
}

function nameRead(expression: Expression): string | undefined {
  const isFacts = (of: Expression): boolean => of.kind === "variable" && of.name === "facts";
  if ((expression.kind === "field" || expression.kind === "has") && isFacts(expression.of))
    return expression.name;
  if (expression.kind !== "index" || !isFacts(expression.of) || expression.at.kind !== "literal")
    return undefined;
  return String(expression.at.value);
}

function expressionsOf({ policy, conditions }: Compiled): readonly Expression[] {
  const fallbacks = [
    policy.fallback,
    ...policy.rules.map((rule) => rule.fallback),
    ...Object.values(policy.tools).map((tool) => tool.fallback),
  ];
  return [
    ...policy.rules.flatMap((rule) => rule.when ?? []),
    ...Object.values(policy.agents ?? {}).map((profile) => profile.when),
    ...conditions.defines().values(),
    ...fallbacks.flatMap((fallback) =>
      fallback === undefined ? [] : expressionsInFallback(fallback),
    ),
  ];
}

function expressionsInFallback(fallback: Fallback): readonly Expression[] {
  return fallback.kind === "value" ? expressionsInTemplate(fallback.value) : [];
}

function expressionsInTemplate(template: ValueTemplate): readonly Expression[] {
  switch (template.kind) {
    case "literal":
      return [];
    case "expression":
      return [template.expression];
    case "text":
      return template.parts.filter((part) => typeof part !== "string");
    case "list":
      return template.items.flatMap(expressionsInTemplate);
    case "object":
      return template.entries.flatMap(([, value]) => expressionsInTemplate(value));
  }
}
