import type { Operation } from "@interlatch/core";
import type { BuiltRule } from "../build/rules.ts";
import type { BuiltTool } from "../build/tools.ts";
import type { Compiled } from "../compile.ts";
import type { Reporter } from "../diagnostics/reporter.ts";
import { entryOf, type YamlEntry } from "../yaml/tree.ts";
import { rulesByTool } from "./rules-by-tool.ts";
import { expressionsInResources } from "../expressions/parts.ts";
import { hasObligations } from "./use.ts";

/** Tools that no call can reach, and what of them was left to be assumed. */
export function lintTools(compiled: Compiled, reporter: Reporter): void {
  warnOfAgents(compiled, reporter);
  const ruled = new Set(compiled.rules.flatMap(({ rule }) => rule.tools));
  const scoped =
    compiled.policy.agents === null
      ? undefined
      : new Set(compiled.profiles.flatMap(({ profile }) => profile.tools));
  for (const { name, at, implicit, policy } of compiled.tools) {
    if (!implicit && !ruled.has(name) && policy.default === "deny") {
      const message = `No rule is for the tool \`${name}\`, so every call of it is denied.`;
      reporter.warning({
        code: "tool_without_rule",
        at,
        message,
        hint: "Add a rule, or `default: allow`.",
      });
    }
    if (scoped !== undefined && !scoped.has(name)) {
      const message = `The tool \`${name}\` is in no agent profile, so every call of it is out of scope.`;
      reporter.warning({ code: "tool_outside_profiles", at, message });
    }
  }
  for (const entry of compiled.parts.tools) warnOfOperation(entry, reporter);
  warnOfFreeTools(compiled, reporter);
}

/** Operations of which a wrong one is felt outside, or cannot be taken back. */
const GRAVE: readonly Operation[] = ["delete", "execute", "spend", "egress"];

/** Tools of which no call is ever denied or reviewed by a rule. */
function warnOfFreeTools(compiled: Compiled, reporter: Reporter): void {
  const rulesOf = rulesByTool(compiled);
  for (const tool of compiled.tools)
    warnOfFreeTool(tool, rulesOf.get(tool.name) ?? [], compiled, reporter);
}

function warnOfFreeTool(
  { name, at, policy }: BuiltTool,
  rules: readonly BuiltRule[],
  compiled: Compiled,
  reporter: Reporter,
): void {
  const { operation } = policy;
  if (policy.default === "allow" && operation !== "read" && rules.length === 0) {
    const message = `The tool \`${name}\` (${operation}) has \`default: allow\` and no rule, so every call of it is allowed.`;
    const hint = "Write a rule that says when, or one that denies what must not happen.";
    return reporter.warning({ code: "default_allow_unruled", at, message, hint });
  }
  if (!GRAVE.includes(operation) || isScoped(policy, compiled)) return;
  const isHeld = rules.some((built) => built.rule.action !== "allow" || hasObligations(built));
  const free = rules.find(({ rule }) => rule.when === undefined && rule.until === undefined)?.rule;
  if (isHeld || (free === undefined && policy.default !== "allow")) return;
  const who = free === undefined ? "its `default`" : `the rule \`${free.name}\``;
  reporter.warning({
    code: "unguarded_tool",
    at,
    message: `No rule can deny or review a call of \`${name}\` (${operation}): ${who} allows them all.`,
    hint: "Add a condition, or a rule that denies or reviews.",
  });
}

/** Whether what a call touches depends on its arguments, so that the profiles of its agents hold it back. */
function isScoped({ resources }: BuiltTool["policy"], { policy }: Compiled): boolean {
  return policy.agents !== null && expressionsInResources(resources).length > 0;
}

function warnOfAgents({ policy, profiles, parts }: Compiled, reporter: Reporter): void {
  if (policy.agents === null) {
    const message = "There is no `agents` section, so any agent may ask for any tool.";
    reporter.warning({
      code: "no_agents",
      at: parts.at,
      message,
      hint: "Say under `agents` which agents may ask for which tools.",
    });
  }
  for (const { name, at, profile } of profiles) {
    if (profile.tools.length > 0) continue;
    const message = `The agent profile \`${name}\` has no tools, so whoever it matches may ask for nothing.`;
    reporter.warning({ code: "unused_profile", at, message });
  }
}

function warnOfOperation({ key, keyAt, value }: YamlEntry, reporter: Reporter): void {
  if (value.kind !== "map" || entryOf(value, "operation") !== undefined) return;
  const message = `The tool \`${key}\` has no \`operation\`; it is taken to write.`;
  reporter.warning({ code: "operation_left_out", at: keyAt, message });
}
