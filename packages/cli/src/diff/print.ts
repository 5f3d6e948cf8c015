import { type Output, counted, shown, visible } from "../output.ts";
import { verdictText } from "../replay/print.ts";
import type { Comparison } from "./compare.ts";
import type { LooserCall, SearchResult } from "./search.ts";
import type { FieldChange, PartChange } from "./structure.ts";

/** Prints which parts of a policy changed. */
export function printChanges(changes: readonly PartChange[], { say, paint }: Output): void {
  say(
    paint.bold(
      changes.length === 0 ? "no part changed" : counted(changes.length, "part") + " changed",
    ),
  );
  for (const { kind, name, change, fields, at } of changes) {
    const place = at === null ? "" : paint.dim(`  ${visible(at.file)}:${at.line}`);
    say(`  ${kind} ${visible(name)}${change === "changed" ? "" : ` ${change}`}${place}`);
    for (const field of fields)
      say(`    ${fieldText(field, change)}${directionMark(field, paint.red)}`);
  }
}

function fieldText({ field, before, after }: FieldChange, change: PartChange["change"]): string {
  const name = visible(field);
  if (change === "added") return `${name}: ${textOf(after)}`;
  if (change === "removed") return `${name}: ${textOf(before)}`;
  return `${name}: ${textOf(before)} → ${textOf(after)}`;
}

function textOf(text: string | undefined): string {
  if (text === undefined) return "nothing";
  const one = visible(text);
  return one.length > 240 ? `${one.slice(0, 239)}…` : one;
}

function directionMark({ direction }: FieldChange, red: (text: string) => string): string {
  return direction === "looser"
    ? `  ${red("LOOSER")}`
    : direction === "stricter"
      ? "  stricter"
      : "";
}

/** Prints the smallest calls that a search found, and what that means. */
export function printSearch(
  { found, tried, unreached, unchanged }: SearchResult,
  output: Output,
): void {
  const { say, paint } = output;
  say(`\n${paint.bold("search for calls that get further")}`);
  for (const call of found) printLooser(call, output);
  const all = Object.entries(tried);
  const total = all.reduce((sum, [, count]) => sum + count, 0);
  const silent = all.filter(([tool]) => !found.some((call) => call.tool === tool));
  const among = `${counted(total, "call")} of ${counted(all.length, "tool")} tried`;
  if (all.length > 0) say(`  ${found.length} found among ${among}`);
  if (silent.length > 0) {
    const names = silent.map(([tool, count]) => `${visible(tool)} (${count})`).join(", ");
    say(`  no such call was found of ${names}`);
  }
  if (unreached.length > 0) {
    const names = unreached.map(visible).join(", ");
    say(`  the second policy denied every call that was tried of ${names}`);
  }
  if (unchanged.length > 0)
    say(`  nothing that decides them changed: ${unchanged.map(visible).join(", ")}`);
  if (all.length > 0) say("  This is a search, not a proof.");
}

function printLooser(call: LooserCall, { say, paint }: Output): void {
  const { tool, arguments: args, identity, time, before, after } = call;
  const { session: _, ...who } = identity;
  say(`  ${paint.red("LOOSER")}  ${visible(tool)}  ${verdictText(before)} → ${verdictText(after)}`);
  say(`    arguments ${shown(args, 600)}`);
  say(`    by ${shown(who, 600)} at ${new Date(time).toISOString()}`);
}

/** Prints what gets further than before, for whoever signs; nothing of what became stricter. */
export function printLoosening(
  { changes, search }: Comparison,
  previous: string,
  output: Output,
): void {
  const { note, warn, paint } = output;
  note(`  compared with ${previous}: ${counted(changes.length, "part")} changed`);
  const parts = changes.flatMap(({ kind, name, change, fields }) =>
    fields
      .filter(({ direction }) => direction === "looser")
      .map((field) => `${kind} ${visible(name)}  ${fieldText(field, change)}`),
  );
  for (const part of parts) warn(`  ${paint.red("LOOSER")}  ${part}`);
  for (const call of search.found) printLooser(call, { ...output, say: warn });
  if (parts.length + search.found.length === 0) {
    note("  no call was found that gets further; this is a search, not a proof");
  }
}
