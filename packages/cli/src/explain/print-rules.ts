import { type Output, shown, visible } from "../output.ts";
import type { RuleAnswer } from "./answer.ts";
import type { ConditionValue } from "./conditions.ts";

/** How many items of a list are shown. */
const MOST_ITEMS = 5;

/** Prints one rule with its outcome, its line, and its condition taken apart. */
export function printRule(
  { name, action, outcome, at, when, endedAt }: RuleAnswer,
  decides: boolean,
  indent: number,
  output: Output,
): void {
  const { say, paint } = output;
  const margin = " ".repeat(indent);
  const tone = { matched: paint.green, not_matched: paint.dim, error: paint.red }[outcome];
  const place = paint.dim(`${visible(at.file)}:${at.line}`);
  const mark = decides ? paint.bold("  decides") : "";
  say(`${margin}${visible(name)}  ${action}  ${tone(outcome.replace("_", " "))}  ${place}${mark}`);
  if (endedAt !== null) say(`${margin}  no longer applies since ${endedAt}`);
  if (when !== null) printCondition(when, indent + 2, output);
}

/** Prints a condition with its value, what it reads, and the conditions it is made of. */
export function printCondition(condition: ConditionValue, indent: number, output: Output): void {
  const { say, paint } = output;
  const { text, value, parts, reads, reason, items } = condition;
  const tone = value === true ? paint.green : value === false ? paint.dim : paint.red;
  const margin = " ".repeat(indent);
  const detail = `${margin}       `;
  say(`${margin}${tone(String(value).padEnd(5))}  ${visible(text)}`);
  for (const read of reads) {
    say(`${detail}${paint.dim(`${visible(read.text)} is ${shown(read.value)}`)}`);
  }
  if (reason !== undefined && parts.length === 0) say(`${detail}${paint.red(visible(reason))}`);
  for (const { item, value: one } of items.slice(-MOST_ITEMS)) {
    say(`${detail}${paint.dim(`${one} for ${shown(item)}`)}`);
  }
  for (const part of parts) printCondition(part, indent + 2, output);
}
