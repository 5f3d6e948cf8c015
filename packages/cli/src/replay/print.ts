import { type Output, counted, shown, visible } from "../output.ts";
import type { Recording } from "../recordings/recording.ts";
import type { Change, Verdict } from "./change.ts";
import type { Group, Tally } from "./tally.ts";

/** How much of a recorded call a report shows. */
export interface Showing {
  /** Values of arguments are data of the people the calls were made for. */
  readonly arguments: boolean;
}

const TITLES: Readonly<Partial<Record<Change, string>>> = {
  newly_allowed: "newly allowed",
  newly_reviewed: "newly reviewed",
  newly_denied: "newly denied",
  rewritten: "runs on other arguments",
  asked_otherwise: "other answers are enough",
};
const COMPARED = [
  "newly_allowed",
  "newly_reviewed",
  "newly_denied",
  "rewritten",
  "asked_otherwise",
] as const;
/** Kinds of change that few policies know: said where there are some. */
const RARE: readonly Change[] = ["rewritten", "asked_otherwise"];
const LISTED = 20;

/** Prints what would become of recorded calls. */
export function printTally(tally: Tally, showing: Showing, output: Output): void {
  const { say, paint } = output;
  const { counts, effects, calls } = tally;
  say(`${paint.bold(counted(calls, "call"))}: ${effectsLine(effects)}`);
  const width = String(calls).length;
  const line = (count: number, words: string): void => {
    say(`  ${String(count).padStart(width)}  ${words}`);
  };
  if (counts.not_compared < calls) {
    for (const change of COMPARED) {
      const words = TITLES[change] ?? change;
      if (!RARE.includes(change) || counts[change] > 0) line(counts[change], words);
    }
    line(counts.unaffected, "unaffected");
  }
  if (counts.not_compared > 0) line(counts.not_compared, "not compared: no decision was recorded");
  if (tally.badIdentities.length > 0)
    line(tally.badIdentities.length, "not decided: no guard takes their identity");
  printGroups(
    tally.groups.filter(({ change }) => change !== "not_compared"),
    showing,
    output,
  );
  printRest(tally, output);
}

function effectsLine({ allow, review, deny }: Tally["effects"]): string {
  return `${allow} allowed, ${review} for review, ${deny} denied`;
}

/** Prints groups of calls that changed, each with its first calls. */
export function printGroups(groups: readonly Group[], showing: Showing, output: Output): void {
  const { say, paint } = output;
  for (const change of COMPARED) {
    const some = groups.filter((group) => group.change === change);
    if (some.length > 0) say(`\n${paint.bold(TITLES[change] ?? change)}`);
    for (const group of some) printGroup(group, showing, output);
  }
}

function printGroup(group: Group, showing: Showing, { say, note, paint }: Output): void {
  const { tool, before, after, at, count, examples, direction } = group;
  const tone = { looser: paint.red, stricter: paint.green, same: paint.dim }[direction];
  const mark = direction === "looser" ? "LOOSER" : direction;
  const place = at === null ? "" : paint.dim(`  ${visible(at.file)}:${at.line}`);
  say(`  ${tone(mark.padEnd(8))}  ${counted(count, "call")} of ${visible(tool)}`);
  say(`    ${verdictText(before)} → ${verdictText(after)}${place}`);
  for (const example of examples) note(`      ${paint.dim(exampleText(example, showing))}`);
}

/** `deny (rule_denied, large_payments)`. */
export function verdictText(verdict: Verdict | null): string {
  if (verdict === null) return "not known";
  const { effect, code, rule, asks } = verdict;
  const why = rule === null ? code : `${code}, ${visible(rule)}`;
  return `${effect} (${why}${asks === undefined ? "" : `; asks ${visible(asks)}`})`;
}

function exampleText({ at, identity, time, arguments: args }: Recording, showing: Showing): string {
  const who = `agent ${shown(identity.agent.id, 60)}`;
  const when = time === undefined ? [] : [new Date(time).toISOString()];
  const what = showing.arguments ? [shown(args, 400)] : [];
  return [visible(at), who, ...when, ...what].join("  ");
}

function printRest(tally: Tally, { say, note }: Output): void {
  const { untouchedRules, unknownTools, withoutTime } = tally;
  if (untouchedRules.length > 0) {
    say(`\nrules that no call touched: ${untouchedRules.length}`);
    for (const { name, at, erred } of untouchedRules.slice(0, LISTED)) {
      const why = erred ? "  its condition could not be judged" : "";
      say(`  ${visible(name)}  ${visible(at.file)}:${at.line}${why}`);
    }
    if (untouchedRules.length > LISTED) say(`  and ${untouchedRules.length - LISTED} more`);
  }
  if (unknownTools.length > 0) {
    say(`\ntools that the policy does not know: ${unknownTools.length}`);
    for (const { tool, count } of unknownTools.slice(0, LISTED)) {
      say(`  ${shown(tool, 140)}  ${counted(count, "call")}`);
    }
    if (unknownTools.length > LISTED) say(`  and ${unknownTools.length - LISTED} more`);
  }
  if (withoutTime > 0) {
    note(`\n${counted(withoutTime, "call")} without a time: no limit was counted for them.`);
  }
}

/** The same as a document. Values of arguments only where they are to be shown. */
export function documentOf(tally: Tally, showing: Showing): object {
  return { ...tally, groups: tally.groups.map((group) => groupDocument(group, showing)) };
}

/** A group of calls as a document. */
export function groupDocument({ examples, ...group }: Group, showing: Showing): object {
  const listed = examples.map(({ at, identity, time, arguments: args }) => ({
    at,
    agent: identity.agent.id,
    session: identity.session ?? null,
    time: time === undefined ? null : new Date(time).toISOString(),
    ...(showing.arguments ? { arguments: args } : {}),
  }));
  return { ...group, examples: listed };
}
