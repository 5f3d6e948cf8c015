import type { Compiled } from "../compile.ts";
import type { Reporter } from "../diagnostics/reporter.ts";
import { entryOf, type YamlEntry } from "../yaml/tree.ts";

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
