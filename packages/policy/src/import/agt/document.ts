import type { JsonObject } from "@interlatch/core";
import type { Reporter } from "../../diagnostics/reporter.ts";
import { shown } from "../../diagnostics/words.ts";
import { toJsonObject, type YamlMap, valueOf } from "../../yaml/tree.ts";
import { placeOf } from "../read-source.ts";
import { NotCarried } from "./condition-text.ts";
import { type Carried, readExpression } from "./expression.ts";
import { readFlat, readStructured } from "./structured.ts";

/** A rule of an AGT file. */
export interface AgtRule {
  readonly at: string;
  readonly name: string;
  /** `record`: it only records, which is done of every call here. */
  readonly action: "allow" | "review" | "deny" | "record";
  /** What it is for; a text says why that cannot be said here. */
  readonly condition: Carried | string;
  readonly reason: string | undefined;
  /** `100/hour`, counted over all agents. */
  readonly limit: string | undefined;
  readonly priority: number;
  /** Keys that are not known: they may narrow the rule. */
  readonly unknown: readonly string[];
}

/** An AGT file. */
export interface AgtDocument {
  readonly name: string;
  readonly isOpen: boolean;
  /** The agents it is for; `null`: any. */
  readonly agents: readonly string[] | null;
  /** The most calls of a session. */
  readonly maxCalls: number | undefined;
  readonly rules: readonly AgtRule[];
  /** What was passed over, by its place. */
  readonly passed: readonly { readonly at: string; readonly message: string }[];
}

/** Keys that say nothing of which calls are stopped. */
const DESCRIPTIVE = [
  "name",
  "description",
  "message",
  "priority",
  "enabled",
  "approvers",
  "metadata",
  "tags",
  "category",
  "severity",
  "id",
  "references",
];
const RULE_KEYS = [
  ...DESCRIPTIVE,
  "condition",
  "conditions",
  "action",
  "ruleAction",
  "effect",
  "limit",
];
const DOCUMENT_KEYS = ["rules", "defaults", "default_action", "agent", "agents"];
const DESCRIBING = [
  "apiVersion",
  "version",
  "name",
  "description",
  "scope",
  "metadata",
  "disclaimer",
];
const ACTIONS: Readonly<Record<string, AgtRule["action"]>> = {
  allow: "allow",
  deny: "deny",
  block: "deny",
  require_approval: "review",
  escalate: "review",
  review: "review",
  // AGT's languages disagree on whether a call that is only warned about runs.
  warn: "review",
  log: "review",
  audit: "record",
};

/** Reads an AGT file; `undefined` where it is none, which is reported. */
export function readDocument(root: YamlMap, reporter: Reporter): AgtDocument | undefined {
  if (valueOf(root, "agent_control_specification_version") !== undefined) {
    const message =
      "An ACS manifest names Rego bundles and holds no rules, so there is nothing to import.";
    reporter.error({ code: "wrong_shape", at: root.at, message });
    return undefined;
  }
  const rules = valueOf(root, "rules");
  if (rules?.kind !== "list") {
    const at = rules?.at ?? root.at;
    reporter.error({ code: "missing_key", at, message: "The file has no list of `rules`." });
    return undefined;
  }
  const whole = toJsonObject(root);
  if (whole === undefined || reporter.failed) return undefined;
  const passed: { at: string; message: string }[] = [];
  for (const { key, keyAt } of root.entries) {
    if (DOCUMENT_KEYS.includes(key) || DESCRIBING.includes(key)) continue;
    passed.push({ at: placeOf(keyAt), message: `\`${shown(key)}\` is not carried over.` });
  }
  const read = rules.items.flatMap((item, index): readonly AgtRule[] => {
    const json = toJsonObject(item);
    if (json !== undefined) return readRule(json, placeOf(item.at), index, passed);
    reporter.error({ code: "wrong_shape", at: item.at, message: "A rule is a map." });
    return [];
  });
  const defaults = whole["defaults"];
  return {
    name: typeof whole["name"] === "string" ? whole["name"] : "AGT policy",
    isOpen: defaultOf(whole) === "allow",
    agents: agentsOf(whole),
    maxCalls: isObject(defaults) ? numberOf(defaults["max_tool_calls"]) : undefined,
    rules: read,
    passed,
  };
}

function defaultOf(whole: JsonObject): unknown {
  const { defaults, default_action: own } = whole;
  return own ?? (isObject(defaults) ? defaults["action"] : undefined);
}

function agentsOf({ agent, agents }: JsonObject): readonly string[] | null {
  const named = [agent, ...(Array.isArray(agents) ? agents : [])].filter(
    (one) => typeof one === "string",
  );
  return named.length === 0 || named.includes("*") ? null : named;
}

function readRule(
  rule: JsonObject,
  at: string,
  index: number,
  passed: { at: string; message: string }[],
): readonly AgtRule[] {
  const name = typeof rule["name"] === "string" ? rule["name"] : `rule_${index + 1}`;
  if (rule["enabled"] === false) {
    passed.push({ at, message: `\`${shown(name)}\` is not enabled.` });
    return [];
  }
  const { description, message, limit, priority } = rule;
  const reason = typeof message === "string" && message !== "" ? message : description;
  return [
    {
      at,
      name,
      action: actionOf(rule),
      condition: carried(rule),
      reason: typeof reason === "string" && reason.trim() !== "" ? reason : undefined,
      limit: typeof limit === "string" ? limit : limit === undefined ? undefined : "?",
      priority: numberOf(priority) ?? 0,
      unknown: Object.keys(rule).filter((key) => !RULE_KEYS.includes(key)),
    },
  ];
}

/** Flat rules say with `effect` what they do, and with `action` what it is done to. */
function isFlat({ effect, action, ruleAction }: JsonObject): boolean {
  return (
    typeof effect === "string" &&
    ruleAction === undefined &&
    typeof action === "string" &&
    !Object.hasOwn(ACTIONS, action)
  );
}

/** What is no known action denies, as it does in AGT. */
function actionOf(rule: JsonObject): AgtRule["action"] {
  const { ruleAction, action, effect } = rule;
  const word = isFlat(rule) ? effect : (ruleAction ?? action ?? effect);
  return typeof word === "string" && Object.hasOwn(ACTIONS, word)
    ? (ACTIONS[word] ?? "deny")
    : "deny";
}

function carried(rule: JsonObject): Carried | string {
  try {
    return isFlat(rule)
      ? flatCondition(rule)
      : conditionOf(rule["condition"] ?? rule["conditions"]);
  } catch (error) {
    if (error instanceof NotCarried) return error.message;
    throw error;
  }
}

function conditionOf(condition: unknown): Carried {
  if (condition === undefined || condition === null) return { tools: null, when: undefined };
  if (typeof condition === "string") return readExpression(condition);
  if (!isObject(condition)) throw new NotCarried("its condition is neither a text nor a map");
  if (Object.hasOwn(condition, "field") || Object.hasOwn(condition, "operator")) {
    return readStructured(condition);
  }
  return { tools: null, when: readFlat(condition) };
}

function flatCondition({ action, condition, conditions }: JsonObject): Carried {
  const more = condition ?? conditions;
  if (more !== undefined && !isObject(more)) throw new NotCarried("its conditions are no map");
  const when = more === undefined ? undefined : readFlat(more);
  const pattern = String(action);
  if (pattern === "*") return { tools: null, when };
  if (!pattern.endsWith(".*")) return { tools: [pattern], when };
  return { tools: null, prefix: pattern.slice(0, -2), when };
}

function numberOf(value: unknown): number | undefined {
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
