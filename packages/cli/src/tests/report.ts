import type { Decision } from "@interlatch/core";
import { type Output, shown, visible } from "../output.ts";
import type { Coverage } from "./coverage.ts";
import type { CaseResult } from "./play.ts";
import { countsOf, type TestRun } from "./run-tests.ts";

/** Prints every case that failed, what the tests reached, and last the counts. */
export function printRuns(runs: readonly TestRun[], output: Output): void {
  for (const { results, coverage, policy } of runs) {
    for (const result of results) if (result.differences.length > 0) printFailure(result, output);
    output.note(visible(policy.id));
    printCoverage(coverage, output);
  }
  output.say(closingLine(countsOf(runs), output));
}

/** `12 passed, 0 failed`. */
function closingLine(
  { passed, failed }: { readonly passed: number; readonly failed: number },
  { paint }: Output,
): string {
  return `${passed} passed, ${failed === 0 ? "0 failed" : paint.red(`${failed} failed`)}`;
}

/** Prints one case that failed: where it stands, what it expected, what was decided and by which line. */
export function printFailure(
  { name, at, differences, decision }: CaseResult,
  { say, paint }: Output,
): void {
  say(`${paint.red("failed")} ${visible(name)}  ${paint.dim(`${at.file}:${at.line}`)}`);
  for (const { what, expected, got } of differences) {
    say(`  ${what}: expected ${shown(expected)}, got ${shown(got)}`);
  }
  if (decision !== null) say(`  decided: ${decisionLine(decision)}`);
  say("");
}

/** `deny · rule_denied · no_refunds · policy.yaml:23`. */
export function decisionLine({ effect, code, rule, at }: Decision): string {
  const place = at === null ? [] : [`${visible(at.file)}:${at.line}`];
  return [effect, code, ...(rule === null ? [] : [visible(rule)]), ...place].join(" · ");
}

function printCoverage({ rules, tools }: Coverage, { note }: Output): void {
  note(`  rules  ${rules.covered} of ${rules.total} matched in a test${missing(rules.missing)}`);
  note(`  tools  ${tools.covered} of ${tools.total} called in a test${missing(tools.missing)}`);
}

function missing(names: readonly string[]): string {
  const listed = names.slice(0, 10).map(visible).join(", ");
  const more = names.length > 10 ? `, and ${names.length - 10} more` : "";
  return names.length === 0 ? "" : `; not: ${listed}${more}`;
}

/** The same as a document. */
export function reportOf(runs: readonly TestRun[]): object {
  return {
    ...countsOf(runs),
    runs: runs.map(({ policy, files, results, coverage }) => ({
      policy: policy.id,
      files: files.map(({ name }) => name),
      coverage,
      cases: results.map(({ name, at, differences, decision }) => ({
        name,
        at,
        passed: differences.length === 0,
        ...(differences.length === 0 ? {} : { differences }),
        decision:
          decision === null
            ? null
            : {
                effect: decision.effect,
                code: decision.code,
                rule: decision.rule,
                at: decision.at,
              },
      })),
    })),
  };
}
