import type { Decision, Policy } from "@interlatch/core";
import { rulesOf } from "../explain/answer.ts";
import { printRule } from "../explain/print-rules.ts";
import { type Output, shown, visible } from "../output.ts";
import { type Coverage, type Covered, percentOf, type Place } from "./coverage.ts";
import type { Difference } from "./differences.ts";
import { type CaseResult, passed } from "./results.ts";
import { countsOf, type TestRun } from "./run-tests.ts";

/** How many of what no test reached are listed; `--json` lists all. */
const MOST_LISTED = 20;

/** Prints every case that failed, what the tests reached, and last the counts. */
export function printRuns(runs: readonly TestRun[], output: Output): void {
  for (const { results, coverage, policy } of runs) {
    for (const result of results) if (!passed(result)) printFailure(result, policy, output);
    // Of a part of the tests it would say nothing of the policy.
    if (coverage !== null) printCoverage(policy.id, coverage, output);
  }
  output.say(closingLine(countsOf(runs), output));
}

/** `12 passed, 0 failed`. */
function closingLine(
  { passed: good, failed }: { readonly passed: number; readonly failed: number },
  { paint }: Output,
): string {
  return `${good} passed, ${failed === 0 ? "0 failed" : paint.red(`${failed} failed`)}`;
}

/** Prints one case that failed: where it stands, what it expected, what was decided and by which line, and why. */
export function printFailure(result: CaseResult, policy: Policy, output: Output): void {
  const { say, paint } = output;
  const { name, at, differences, decision } = result;
  say(`${paint.red("failed")} ${visible(name)}  ${paint.dim(`${at.file}:${at.line}`)}`);
  for (const difference of differences) say(`  ${differenceText(difference)}`);
  if (decision !== null) printWhy(result, decision, policy, output);
  say("");
}

/** `rule: expected "small_refund", got "small_refunds"; no such rule; did you mean small_refunds?` */
export function differenceText({ what, expected, got, note }: Difference): string {
  const why = note === undefined ? "" : `; ${visible(note)}`;
  return `${what}: expected ${shown(expected)}, got ${shown(got)}${why}`;
}

/** The short form of what `explain` says of the call. */
function printWhy(
  { call, trace, time }: CaseResult,
  decision: Decision,
  policy: Policy,
  output: Output,
): void {
  const { say } = output;
  say(`  call: ${visible(call.tool)} ${shown(call.arguments)} by ${shown(call.identity.agent)}`);
  say(`  decided: ${decisionLine(decision)}`);
  if (decision.rules.length === 0) say(`    ${visible(decision.reason)}`);
  if (trace === null) return;
  for (const rule of rulesOf(policy, time, decision, trace)) {
    printRule(rule, rule.name === decision.rule, 4, output);
  }
}

/** `deny · rule_denied · no_refunds · policy.yaml:23`. */
export function decisionLine({ effect, code, rule, at }: Decision): string {
  const place = at === null ? [] : [`${visible(at.file)}:${at.line}`];
  return [effect, code, ...(rule === null ? [] : [visible(rule)]), ...place].join(" · ");
}

const COLUMNS = [
  ["rules", "matched"],
  ["conditions", "outcomes seen"],
  ["tools", "called"],
] as const;

function printCoverage(id: string, coverage: Coverage, { note, paint }: Output): void {
  note(`${visible(id)}: what its tests reach`);
  for (const [name, how] of COLUMNS) {
    const { total, covered } = coverage[name];
    const share = `${percentOf(coverage[name])} %`.padStart(5);
    note(`  ${name.padEnd(10)}  ${share}  ${covered} of ${total} ${how}`);
  }
  const missing = [
    ...linesOf(coverage.rules, "rule", () => "never matched"),
    ...linesOf(coverage.conditions, "rule", conditionText),
    ...linesOf(coverage.tools, "tool", () => "never called"),
  ];
  for (const line of missing.slice(0, MOST_LISTED)) note(paint.dim(`    ${line}`));
  if (missing.length > MOST_LISTED) {
    note(paint.dim(`    and ${missing.length - MOST_LISTED} more; --json lists all`));
  }
  for (const { at, condition } of coverage.errors.slice(0, MOST_LISTED)) {
    note(
      paint.yellow(`    ${placeText(at)}  in a test it was an error: ${visible(condition ?? "")}`),
    );
  }
}

function linesOf(
  { missing }: Covered,
  kind: string,
  text: (place: Place) => string,
): readonly string[] {
  return missing.map((place) => {
    return `${placeText(place.at)}  ${kind} ${visible(place.name)}: ${text(place)}`;
  });
}

function placeText({ file, line }: Place["at"]): string {
  return `${visible(file)}:${line}`;
}

function conditionText({ condition = "", never }: Place): string {
  return `never ${String(never)}: ${visible(condition)}`;
}

/** The same as a document. */
export function reportOf(runs: readonly TestRun[]): object {
  return {
    ...countsOf(runs),
    runs: runs.map(({ policy, files, results, coverage }) => ({
      policy: policy.id,
      files: files.map(({ name }) => name),
      coverage: coverage === null ? null : { ...coverage, percent: percentsOf(coverage) },
      cases: results.map((result) => ({
        name: result.name,
        at: result.at,
        passed: passed(result),
        ms: Math.round(result.ms * 1_000) / 1_000,
        ...(passed(result) ? {} : failureOf(result, policy)),
        decision: result.decision === null ? null : decidedOf(result.decision),
      })),
    })),
  };
}

function percentsOf(coverage: Coverage): object {
  return Object.fromEntries(COLUMNS.map(([name]) => [name, percentOf(coverage[name])]));
}

function decidedOf({ effect, code, rule, at }: Decision): object {
  return { effect, code, rule, at };
}

function failureOf({ differences, decision, trace, time }: CaseResult, policy: Policy): object {
  if (decision === null || trace === null) return { differences };
  return { differences, rules: rulesOf(policy, time, decision, trace) };
}
