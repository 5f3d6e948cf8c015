import type { Fallback } from "@interlatch/core";
import type { Checker } from "../conditions/check.ts";
import type { Conditions } from "../conditions/conditions.ts";
import type { Reporter } from "../diagnostics/reporter.ts";
import { isText } from "../document/fields.ts";
import { entryOf, type YamlEntry } from "../yaml/tree.ts";
import { messageTemplate, valueTemplate } from "./templates.ts";

const LATER: readonly string[] = ["tool", "arguments", "route", "throw"];

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
  const message = entryOf(map, "message");
  const value = entryOf(map, "value");
  if (message !== undefined && value !== undefined) {
    const text = "A fallback is either a `message` or a `value`; found both.";
    reporter.error({ code: "conflicting_keys", at: value.keyAt, message: text });
  }
  if (
    message === undefined &&
    value === undefined &&
    !LATER.some((key) => entryOf(map, key) !== undefined)
  ) {
    reporter.error({
      code: "missing_key",
      at: entry.keyAt,
      message: "The fallback has neither a `message` nor a `value`.",
    });
  }
  if (message !== undefined && isText(message.value)) {
    const parts = messageTemplate(message.value, reporter);
    return parts === undefined ? undefined : { kind: "message", message: parts };
  }
  if (value === undefined) return undefined;
  const template = valueTemplate(value.value, conditions, checkers, reporter);
  return template === undefined ? undefined : { kind: "value", value: template };
}
