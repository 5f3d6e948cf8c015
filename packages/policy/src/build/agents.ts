import type { AgentProfile } from "@interlatch/core";
import type { Conditions } from "../conditions/conditions.ts";
import type { Reporter } from "../diagnostics/reporter.ts";
import { textsAt } from "../document/fields.ts";
import { NAME, nameRefusal } from "../document/names.ts";
import type { Span } from "../yaml/source.ts";
import type { YamlEntry, YamlMap } from "../yaml/tree.ts";
import { buildDimensions, type ScopeEntry } from "./dimensions.ts";
import { isGlob } from "./globs.ts";
import type { Tools } from "./tools.ts";
import { buildWhen } from "./when.ts";

/** One agent profile that built. */
export interface BuiltProfile {
  readonly name: string;
  readonly at: Span;
  readonly profile: AgentProfile;
  /** What it lists, each with its place. */
  readonly entries: readonly ScopeEntry[];
}

/** One entry of `agents`: a ceiling for the agents that its `when` describes. */
export function buildProfile(
  entry: YamlEntry,
  tools: Tools,
  conditions: Conditions,
  reporter: Reporter,
): BuiltProfile | undefined {
  const { key: name, keyAt, value } = entry;
  if (!NAME.test(name)) {
    reporter.error({ code: "bad_name", at: keyAt, message: nameRefusal(name, "an agent profile") });
  }
  if (value.kind !== "map") return undefined;
  const when = buildWhen(value, conditions, reporter);
  if (when.kind !== "always" && when.expression !== undefined)
    tools.undescribed.condition(when.expression);
  const names = profileTools(value, tools, reporter);
  const { dimensions, entries } = buildDimensions(value, reporter);
  if (when.kind !== "condition") return undefined;
  const at = { file: keyAt.file.path, line: keyAt.file.positionOf(keyAt.start).line };
  const profile = { when: when.expression, tools: names, ...dimensions, at };
  return { name, at: keyAt, profile, entries };
}

function profileTools(map: YamlMap, tools: Tools, reporter: Reporter): readonly string[] {
  const names = new Set<string>();
  for (const { value: name, at } of textsAt(map, "tools")) {
    if (tools.refuseName(name, at)) continue;
    if (isGlob(name)) tools.expand(name, at).forEach((one) => names.add(one));
    else if (tools.get(name) !== undefined) names.add(name);
    else if (!tools.incomplete) {
      const right = reporter.nearest(
        name,
        [...tools.all].map((tool) => tool.name),
      );
      const message = `There is no tool \`${name}\`, neither under \`tools\` nor in a rule.`;
      reporter.error({
        code: "unknown_tool",
        at,
        message,
        hint: right === undefined ? undefined : `Did you mean \`${right}\`?`,
      });
    }
  }
  return [...names];
}
