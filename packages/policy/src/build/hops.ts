import {
  type ArgumentSchema,
  type Policy,
  prepareArguments,
  type SchemaCheck,
  type ValueTemplate,
} from "@interlatch/core";
import { nearest } from "../diagnostics/nearest.ts";
import type { Reporter } from "../diagnostics/reporter.ts";
import { shown } from "../diagnostics/words.ts";
import { entryOf } from "../yaml/tree.ts";
import { faultOf } from "./fallback-values.ts";
import type { PolicyParts } from "./parts.ts";
import { writtenFallbacks, type WrittenFallback } from "./written-fallbacks.ts";

/**
 * Checks every lesser tool that a fallback names: one that could never run is a promise that the policy does not keep.
 * What of its arguments is settled at build is checked against its schema; the rest when they are made.
 *
 * @param policy - as the run time loads it
 * @param parts - where all of it was written
 */
export async function checkHops(
  policy: Policy,
  parts: PolicyParts,
  reporter: Reporter,
): Promise<void> {
  const hops = writtenFallbacks(policy, parts).filter(({ fallback }) => fallback.kind === "tool");
  if (hops.length === 0) return;
  const checks = await prepareArguments(policy);
  for (const written of hops) checkHop(written, policy, checks, reporter);
}

function checkHop(
  { fallback, tools, entry, map }: WrittenFallback,
  policy: Policy,
  checks: ReadonlyMap<string, SchemaCheck>,
  reporter: Reporter,
): void {
  if (fallback.kind !== "tool") return;
  const { tool } = fallback;
  const at = entryOf(map, "tool")?.value.at ?? entry.keyAt;
  if (!Object.hasOwn(policy.tools, tool)) {
    const right = nearest(tool, Object.keys(policy.tools));
    const message = `The fallback calls \`${shown(tool)}\`, which no \`tools:\` entry declares.`;
    const hint = right === undefined ? undefined : `Did you mean \`${right}\`?`;
    reporter.error({ code: "unknown_tool", at, message, hint });
    return;
  }
  const why = obstacle(tool, tools, policy);
  if (why !== null) {
    const message = `The fallback to \`${shown(tool)}\` could never run: ${why}.`;
    reporter.error({ code: "bad_fallback", at, message });
  }
  const fault = argumentFault(fallback.arguments, policy.tools[tool]?.arguments, checks.get(tool));
  if (fault === null) return;
  const message = `The arguments do not fit the tool \`${shown(tool)}\`: ${fault}.`;
  reporter.error({ code: "bad_value", at: entryOf(map, "arguments")?.value.at ?? at, message });
}

/** Why a lesser tool never runs for these tools; `null`: it may. */
function obstacle(tool: string, tools: readonly string[], policy: Policy): string | null {
  const { default: usual, fallback } = policy.tools[tool] ?? {};
  // The policy's own fallback is for all tools, the lesser one among them: a denial of that one gives the message.
  if (tools.length === 1 && tools[0] === tool) return "it is the denied tool itself";
  const rules = policy.rules.filter((rule) => rule.tools.includes(tool));
  const barrier = rules.find(
    ({ action, when, until }) => action !== "allow" && when === undefined && until === undefined,
  );
  if (barrier?.action === "deny") return `the rule \`${barrier.name}\` always denies it`;
  // Nobody is asked about a lesser tool: it stands in for an answer that is due now.
  if (barrier !== undefined) return `the rule \`${barrier.name}\` always wants it reviewed`;
  if (usual !== "allow" && !rules.some(({ action }) => action === "allow")) {
    return "no rule allows it";
  }
  const chained = [fallback, ...rules.map((rule) => rule.fallback)].some(
    (one) => one?.kind === "tool",
  );
  return chained ? "it has a lesser tool of its own, and one fallback never follows another" : null;
}

/** What is wrong with arguments whatever the call is; `null`: nothing that could be known. */
function argumentFault(
  template: ValueTemplate,
  schema: ArgumentSchema | undefined,
  check: SchemaCheck | undefined,
): string | null {
  switch (template.kind) {
    case "literal": {
      const { value } = template;
      const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
      return isObject ? faultOf(value, check) : "they are no map of names";
    }
    case "text":
    case "list":
      return "they are no map of names";
    case "expression":
      return null;
    case "object":
      return nameFault(new Set(template.entries.map(([key]) => key)), schema);
  }
}

/** Names alone, of a schema that says nothing of names in any other way. */
function nameFault(keys: ReadonlySet<string>, schema: ArgumentSchema | undefined): string | null {
  if (schema === undefined || typeof schema === "boolean") return null;
  const { properties, required = [] } = schema;
  const missing = required.find((name) => !keys.has(name));
  if (missing !== undefined) return `\`${missing}\` is missing`;
  if (properties === undefined || Object.keys(schema).some((key) => !PLAIN.has(key))) return null;
  const unknown = [...keys].find((name) => !Object.hasOwn(properties, name));
  return unknown === undefined ? null : `it has no argument \`${shown(unknown)}\``;
}

const PLAIN: ReadonlySet<string> = new Set([
  "type",
  "title",
  "description",
  "properties",
  "required",
  "minProperties",
  "maxProperties",
]);
