import type { Effect } from "@interlatch/core";
import { shown } from "../diagnostics/words.ts";
import { inDoubleQuotes, withoutHidden } from "../yaml/hidden.ts";

/** A rule to be written. */
export interface DraftRule {
  readonly name: string;
  readonly tools: readonly string[];
  readonly action: Effect;
  readonly when?: string;
  readonly reason?: string;
  readonly rateLimit?: { readonly text: string; readonly by: readonly string[] };
  /** Why it is not what the file said. */
  readonly comment?: string;
  /** What it was made of, so that an error in it can be led back. */
  readonly origin: number | null;
}

/** A policy to be written. */
export interface DraftPolicy {
  readonly id: string;
  readonly description: string;
  /** Lines above the policy. */
  readonly heading: readonly string[];
  /** The agents it is for, by id; left out: any. */
  readonly agents?: readonly string[];
  readonly tools: readonly string[];
  /** Tools that are allowed where no rule matches. */
  readonly open: ReadonlySet<string>;
  readonly rules: readonly DraftRule[];
}

/** The text of a policy, and which rule each line belongs to. */
export interface PolicyText {
  readonly text: string;
  /** By line, from 1. */
  readonly ruleAt: ReadonlyMap<number, DraftRule>;
}

/**
 * Writes a policy. Every text that came from outside is a JSON text, which YAML reads as the same: no name, message
 * or pattern of an imported file can become a key, a comment's end or a condition of its own.
 */
export function writePolicy(draft: DraftPolicy): PolicyText {
  const lines: string[] = [];
  const ruleAt = new Map<number, DraftRule>();
  lines.push(...draft.heading.map(comment), "");
  lines.push(
    "interlatch: 1",
    `id: ${quoted(draft.id)}`,
    `description: ${quoted(draft.description)}`,
  );
  if (draft.agents !== undefined) {
    lines.push("", "agents:", "  imported:");
    lines.push(`    when: ${quoted(`agent.id in ${JSON.stringify(draft.agents)}`)}`);
    lines.push(`    tools: ${listed(draft.tools)}`);
  }
  lines.push("", draft.tools.length === 0 ? "tools: {}" : "tools:");
  for (const tool of draft.tools) {
    const open = draft.open.has(tool) ? ", default: allow" : "";
    lines.push(`  ${quoted(tool)}: { operation: write, resources: none${open} }`);
  }
  lines.push("", draft.rules.length === 0 ? "rules: []" : "rules:");
  for (const rule of draft.rules) {
    if (rule.comment !== undefined) lines.push(`  ${comment(rule.comment)}`);
    for (const line of ruleLines(rule)) {
      lines.push(line);
      ruleAt.set(lines.length, rule);
    }
  }
  return { text: `${lines.join("\n")}\n`, ruleAt };
}

function ruleLines({ name, tools, action, when, reason, rateLimit }: DraftRule): readonly string[] {
  return [
    `  - name: ${quoted(name)}`,
    `    tools: ${listed(tools)}`,
    ...(when === undefined ? [] : [`    when: ${quoted(when)}`]),
    `    action: ${action}`,
    ...(reason === undefined ? [] : [`    reason: ${quoted(reason)}`]),
    ...(rateLimit === undefined
      ? []
      : [`    rate_limit: ${quoted(rateLimit.text)}`, `    by: ${listed(rateLimit.by)}`]),
  ];
}

function listed(texts: readonly string[]): string {
  return `[${texts.map(quoted).join(", ")}]`;
}

const quoted = inDoubleQuotes;

/** One line, whatever is in it. */
function comment(text: string): string {
  const line = withoutHidden(text.replace(/\s+/g, " "), "?");
  return `# ${line.length > 200 ? `${line.slice(0, 197)}...` : line}`;
}

/** A name of a rule made of any text: unique, and what a rule may be called. */
export function ruleName(text: string, taken: Set<string>): string {
  const plain =
    shown(text)
      .replace(/[^A-Za-z0-9_.:/-]+/g, "_")
      .slice(0, 100) || "rule";
  let name = plain;
  for (let number = 2; taken.has(name); number += 1) name = `${plain}_${number}`;
  taken.add(name);
  return name;
}
