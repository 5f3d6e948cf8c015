import type { Fallback } from "@interlatch/core";
import type { Checker } from "../conditions/check.ts";
import type { Conditions } from "../conditions/conditions.ts";
import type { Reporter } from "../diagnostics/reporter.ts";
import { isText } from "../document/fields.ts";
import { NAME, nameRefusal } from "../document/names.ts";
import { entryOf, type YamlEntry, type YamlMap, type YamlNode } from "../yaml/tree.ts";
import { messageTemplate, valueTemplate } from "./templates.ts";

/** The keys that say what a fallback is; `arguments` goes with `tool`. */
const KINDS = ["message", "value", "tool", "route", "throw"] as const;

/**
 * What the agent gets instead of a denied call.
 *
 * @param entry - the `fallback` key and its value
 * @param checkers - one per environment that its expressions are evaluated in
 */
export function buildFallback(
  entry: YamlEntry | undefined,
  conditions: Conditions,
  checkers: readonly Checker[],
  reporter: Reporter,
): Fallback | undefined {
  if (entry?.value.kind !== "map") return undefined;
  const map = entry.value;
  const kind = kindOf(entry, map, reporter);
  const value = kind === undefined ? undefined : entryOf(map, kind)?.value;
  const template = (node: YamlNode): ReturnType<typeof valueTemplate> =>
    valueTemplate(node, conditions, checkers, reporter);
  if (value === undefined) return undefined;
  switch (kind) {
    case "message": {
      const message = isText(value) ? messageTemplate(value, reporter) : undefined;
      return message && { kind, message };
    }
    case "value": {
      const made = template(value);
      return made && { kind, value: made };
    }
    case "tool": {
      const given = entryOf(map, "arguments")?.value;
      const made = given && template(given);
      return made && isText(value) ? { kind, tool: value.value, arguments: made } : undefined;
    }
    case "route":
      return isText(value) ? buildRoute(value.value, value, reporter) : undefined;
    case "throw": {
      if (!isText(value)) return { kind };
      const message = messageTemplate(value, reporter);
      return message && { kind, message };
    }
    case undefined:
      return undefined;
  }
}

/** The one thing that a fallback is. */
function kindOf(
  { keyAt }: YamlEntry,
  map: YamlMap,
  reporter: Reporter,
): (typeof KINDS)[number] | undefined {
  const [kind, second] = KINDS.filter((key) => entryOf(map, key) !== undefined);
  if (kind === undefined) {
    const message = `The fallback has none of ${KINDS.map((key) => `\`${key}\``).join(", ")}.`;
    reporter.error({ code: "missing_key", at: keyAt, message });
  }
  if (second !== undefined) {
    const message = `A fallback is one thing; found \`${kind}\` and \`${second}\`.`;
    const at = entryOf(map, second)?.keyAt ?? keyAt;
    reporter.error({ code: "conflicting_keys", at, message });
  }
  const given = entryOf(map, "arguments");
  if (given !== undefined && entryOf(map, "tool") === undefined) {
    const message = "`arguments` are those of a lesser `tool`, and the fallback names none.";
    reporter.error({ code: "conflicting_keys", at: given.keyAt, message });
  }
  if (given === undefined && kind === "tool") {
    const message = "The fallback does not say with which `arguments` the tool is called.";
    const hint = "Write them, or `arguments: {}` for none.";
    reporter.error({ code: "missing_key", at: keyAt, message, hint });
  }
  return kind;
}

function buildRoute(route: string, { at }: YamlNode, reporter: Reporter): Fallback | undefined {
  if (NAME.test(route)) return { kind: "route", route };
  reporter.error({ code: "bad_name", at, message: nameRefusal(route, "a node") });
  return undefined;
}
