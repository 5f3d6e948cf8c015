import type { Rule } from "@interlatch/core";
import type { BuiltRule } from "../build/rules.ts";
import type { Compiled } from "../compile.ts";
import type { Reporter } from "../diagnostics/reporter.ts";
import { allOf } from "../diagnostics/words.ts";
import { itemRepair } from "../fix/removal.ts";
import { implies } from "./judge/implication.ts";
import { keyOf } from "./judge/key.ts";
import { type Normal, normalOf } from "./judge/normal.ts";
import { hasObligations } from "./use.ts";

/** Rules that are looked up, tool by tool, to be compared; of a policy with more the rest is left unsaid. */
const LOOKED_UP = 1_000_000;
/** Pairs of rules that are compared. */
const PAIRS = 100_000;

/** A rule with what comparing it takes. */
interface Entry {
  readonly built: BuiltRule;
  readonly rule: Rule;
  readonly tools: ReadonlySet<string>;
  /** Equal for equal conditions; empty: there is none. */
  readonly key: string;
  /** Absent: it always matches. */
  readonly normal?: Normal;
}

/** Rules that come to nothing beside another one: it always wins, or always says the same. */
export function lintPairs({ rules }: Compiled, reporter: Reporter): void {
  const entries = rules.map(entryOf);
  const byTool = indexOf(entries);
  let [lookedUp, pairs] = [0, 0];
  for (const entry of entries) {
    const others = new Set<Entry>();
    for (const tool of entry.tools) {
      const there = byTool.get(tool) ?? [];
      lookedUp += there.length;
      if (lookedUp > LOOKED_UP) return;
      for (const other of there) if (other !== entry) others.add(other);
    }
    pairs += others.size;
    if (pairs > PAIRS) return;
    const relation = strongest([...others].flatMap((other) => relationOf(entry, other) ?? []));
    if (relation !== undefined) report(entry, relation, reporter);
  }
}

function entryOf(built: BuiltRule): Entry {
  const { rule } = built;
  const { when, tools } = rule;
  const entry = { built, rule, tools: new Set(tools), key: when === undefined ? "" : keyOf(when) };
  return when === undefined ? entry : { ...entry, normal: normalOf(when) };
}

function indexOf(entries: readonly Entry[]): ReadonlyMap<string, readonly Entry[]> {
  const index = new Map<string, Entry[]>();
  for (const entry of entries) {
    for (const tool of entry.tools) {
      const there = index.get(tool);
      if (there === undefined) index.set(tool, [entry]);
      else there.push(entry);
    }
  }
  return index;
}

/** How a rule comes to nothing beside another one, strongest first. */
const KINDS = ["duplicate", "contradictory", "dead", "shadowed", "redundant"] as const;

interface Relation {
  readonly kind: (typeof KINDS)[number];
  readonly other: Entry;
  /** Tools of both. */
  readonly tools: readonly string[];
}

function relationOf(entry: Entry, other: Entry): Relation | undefined {
  const kind = kindOf(entry, other);
  if (kind === undefined) return undefined;
  const tools = [...entry.tools].filter((tool) => other.tools.has(tool));
  const isWhole = tools.length === entry.tools.size;
  // What a rule says of further tools is not said twice.
  if (!isWhole && (kind === "duplicate" || kind === "redundant")) return undefined;
  return { kind, other, tools };
}

const STRICTNESS = { allow: 0, review: 1, deny: 2 } as const;

function kindOf(entry: Entry, other: Entry): Relation["kind"] | undefined {
  const { rule } = entry;
  const stricter = STRICTNESS[other.rule.action] - STRICTNESS[rule.action];
  if (stricter < 0 || !outlives(other.rule, rule) || !follows(entry, other)) return undefined;
  if (stricter === 0) return sameEffect(entry, other);
  if (other.rule.action === "deny")
    return entry.key === other.key && entry.key !== "" ? "contradictory" : "dead";
  return hasObligations(entry.built) ? undefined : "shadowed";
}

/** Whether a rule holds at least as long as another. */
function outlives(rule: Rule, other: Rule): boolean {
  return rule.until === undefined || (other.until !== undefined && other.until <= rule.until);
}

/** Whether the other rule matches whenever the first does. */
function follows({ normal, key }: Entry, other: Entry): boolean {
  if (other.normal === undefined) return true;
  return normal !== undefined && (key === other.key || implies(normal, other.normal));
}

function sameEffect(entry: Entry, other: Entry): Relation["kind"] | undefined {
  const { rule } = entry;
  const isLater = rule.name > other.rule.name;
  if (isEqualSet(entry.tools, other.tools) && entry.key === other.key) {
    // Two limits of one kind are two rules; two equal limits are one.
    const isEqual = obligationsOf(rule) === obligationsOf(other.rule);
    return isLater && isEqual && rule.until === other.rule.until ? "duplicate" : undefined;
  }
  if (hasObligations(entry.built)) return undefined;
  // Two rules that match in the same calls for the same tools are said once.
  if (!isLater && follows(other, entry) && isEqualSet(entry.tools, other.tools)) return undefined;
  // Of two matching rules the one with the smaller name decides, and its words are used.
  const hasWords = [rule, other.rule].some(
    (one) => one.reason !== undefined || one.fallback !== undefined,
  );
  return isLater || !hasWords ? "redundant" : undefined;
}

function isEqualSet(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  return a.size === b.size && [...a].every((one) => b.has(one));
}

/** What a rule demands of the calls it matches, and until when. */
function obligationsOf(rule: Rule): string {
  const { name: _, reason: _reason, fallback: _fallback, at: _at, when: _when, ...rest } = rule;
  return sortedText({ ...rest, tools: undefined });
}

function strongest(relations: readonly Relation[]): Relation | undefined {
  const rank = ({ kind, tools }: Relation): number => KINDS.indexOf(kind) * 1e6 - tools.length;
  return relations.reduce<Relation | undefined>(
    (best, one) => (best === undefined || rank(one) < rank(best) ? one : best),
    undefined,
  );
}

function report(entry: Entry, { kind, other, tools }: Relation, reporter: Reporter): void {
  const { rule, built } = entry;
  const { at } = built;
  const name = `The rule \`${rule.name}\` (${rule.action})`;
  const by = `\`${other.rule.name}\``;
  const which = tools.length === entry.tools.size ? "" : ` for ${allOf(tools)}`;
  const isWhenever = other.rule.when !== undefined;
  switch (kind) {
    case "duplicate": {
      const message = `The rule \`${rule.name}\` repeats the rule ${by}: the same tools, the same condition, the same action.`;
      const repair = isSame(rule, other.rule)
        ? itemRepair(built.node, `Removes the rule \`${rule.name}\`, which repeats the rule ${by}.`)
        : undefined;
      return reporter.warning({ code: "duplicate_rule", at, message, repair });
    }
    case "contradictory": {
      const message = `${name} has the same condition as the rule ${by} (deny)${which}, and a denial wins.`;
      return reporter.warning({ code: "contradictory_rules", at, message });
    }
    case "dead": {
      const how = isWhenever
        ? `whenever it holds, the rule ${by} denies`
        : `the rule ${by} always denies`;
      return reporter.warning({
        code: "dead_rule",
        at,
        message: `${name} never decides${which}: ${how}.`,
      });
    }
    case "shadowed":
    case "redundant": {
      const holds = isWhenever
        ? `whenever it holds, the rule ${by} (${other.rule.action}) holds too`
        : `the rule ${by} (${other.rule.action}) always holds`;
      const what = kind === "shadowed" ? "never decides" : "changes nothing";
      return reporter.warning({
        code: "shadowed_rule",
        at,
        message: `${name} ${what}${which}: ${holds}.`,
      });
    }
  }
}

/** Whether two rules differ in nothing but their name and place. */
function isSame(a: Rule, b: Rule): boolean {
  const { name: _, at: _at, ...one } = a;
  const { name: _name, at: _place, ...other } = b;
  return sortedText(one) === sortedText(other);
}

function sortedText(rule: object): string {
  return JSON.stringify(Object.entries(rule).sort(([a], [b]) => (a < b ? -1 : 1)));
}
