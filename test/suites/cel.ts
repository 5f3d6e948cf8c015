import { readFileSync } from "node:fs";
import { type ConformanceTest, conformanceTests, failureOf, SECTIONS } from "../cel/conformance.ts";
import type { SuiteOptions, SuiteResult } from "../tasks/suite-result.ts";

/** Tests that are left out, by the key of the one reason why. */
export type Exclusions = Readonly<
  Record<string, { readonly why: string; readonly tests: readonly string[] }>
>;

/** What became of one test. */
interface Outcome extends ConformanceTest {
  /** The key of the reason it is left out for; `undefined` where it must pass. */
  readonly reason: string | undefined;
  /** What is wrong; `undefined` where nothing is. */
  readonly problem: string | undefined;
}

/**
 * `pnpm suite cel`: the core sections of the official CEL suite against our parser, IR and closures, in either form
 * all of them. A test passes, or stands in the list by the reason that keeps it from passing. One that stands there
 * and passes is a failure: the list says exactly what does not hold.
 */
export async function run(_options: SuiteOptions): Promise<SuiteResult> {
  return report(await judge(conformanceTests(), readExclusions()), readExclusions());
}

/** The written list. */
export function readExclusions(): Exclusions {
  const file = new URL("data/cel-exclusions.json", import.meta.url);
  return JSON.parse(readFileSync(file, "utf8")) as Exclusions; // written by us, and read by a test
}

/** Runs the tests and holds the outcomes against the list. */
export async function judge(
  tests: readonly ConformanceTest[],
  exclusions: Exclusions,
): Promise<readonly Outcome[]> {
  const reasons = reasonsOf(exclusions);
  const outcomes: Outcome[] = [];
  for (const test of tests) {
    const reason = reasons.get(test.name);
    const failure = await failureOf(test);
    const passesAnyhow = "is left out, and passes: take it off the list";
    const problem =
      reason === undefined ? failure : failure === undefined ? passesAnyhow : undefined;
    outcomes.push({ ...test, reason, problem });
  }
  return outcomes;
}

function reasonsOf(exclusions: Exclusions): ReadonlyMap<string, string> {
  const reasons = new Map<string, string>();
  for (const [reason, { tests }] of Object.entries(exclusions)) {
    for (const name of tests) reasons.set(name, reason);
  }
  return reasons;
}

/** What a reader should see of the outcomes. */
export function report(outcomes: readonly Outcome[], exclusions: Exclusions): SuiteResult {
  const faults = [
    ...outcomes.flatMap(({ name, test, problem }) =>
      problem === undefined ? [] : [`${name}  ${test.expr}\n          ${problem}`],
    ),
    ...listFaults(outcomes, exclusions),
  ];
  const inside = outcomes.filter(({ reason }) => reason === undefined);
  const json = outcomes.filter(({ reason }) => reason !== "protobuf");
  return {
    passed: inside.filter(({ problem }) => problem === undefined).length,
    failed: faults.length,
    lines: [
      `CEL ${SECTIONS.length} sections: ${outcomes.length} tests, ${json.length} of them about JSON, ${inside.length} inside this language`,
      ...SECTIONS.map((section) => sectionLine(section, outcomes)),
      "Left out:",
      ...Object.entries(exclusions).map(
        ([reason, { why, tests }]) =>
          `  ${String(tests.length).padStart(4)}  ${reason.padEnd(16)} ${why}`,
      ),
      ...faults.map((fault) => `  FAILED  ${fault}`),
    ],
  };
}

function sectionLine(section: string, outcomes: readonly Outcome[]): string {
  const own = outcomes.filter((outcome) => outcome.section === section);
  const inside = own.filter(({ reason }) => reason === undefined);
  const passed = inside.filter(({ problem }) => problem === undefined);
  return `  ${section.padEnd(16)} ${String(passed.length).padStart(4)} of ${String(inside.length).padStart(4)} pass, ${String(own.length - inside.length).padStart(4)} left out`;
}

/** A name twice, or a name that no test has, would say that something is left out which is not. */
function listFaults(outcomes: readonly Outcome[], exclusions: Exclusions): readonly string[] {
  const known = new Set(outcomes.map(({ name }) => name));
  const seen = new Set<string>();
  const faults: string[] = [];
  for (const name of Object.values(exclusions).flatMap(({ tests }) => tests)) {
    if (!known.has(name)) faults.push(`${name}\n          is left out, and no test has this name`);
    if (seen.has(name)) faults.push(`${name}\n          is left out twice`);
    seen.add(name);
  }
  return faults;
}
