import type { Policy } from "@interlatch/core";
import type { Output } from "../output.ts";
import { progress } from "../progress.ts";
import { type Coverage, coverageOf } from "./coverage.ts";
import { type CaseResult, playCases } from "./play.ts";
import { compileFor, readTests, type TestFile, type TestSelection } from "./read-tests.ts";

/** What the tests of one policy came to. */
export interface TestRun {
  readonly policy: Policy;
  readonly files: readonly TestFile[];
  readonly results: readonly CaseResult[];
  readonly coverage: Coverage;
}

/**
 * Reads files of tests, compiles the policies they are for, and plays every case.
 *
 * @returns a run for each policy, since coverage is of a policy
 * @throws ERR_FILE, ERR_CONFIG
 * @throws ERR_POLICY when a file of tests or a policy has errors
 */
export async function runTests(
  selection: TestSelection,
  strict: boolean,
  output: Output,
): Promise<readonly TestRun[]> {
  const files = await readTests(selection);
  const byPolicy = new Map<string, TestFile[]>();
  for (const file of files) {
    const key = JSON.stringify(file.policyPaths);
    byPolicy.set(key, [...(byPolicy.get(key) ?? []), file]);
  }
  const runs: TestRun[] = [];
  for (const group of byPolicy.values()) {
    const [first] = group;
    if (first === undefined) continue;
    const policy = await compileFor(first, selection.folder, strict, output);
    runs.push(await runGroup(policy, group, output));
  }
  return runs;
}

/** Plays the files of tests of one policy that was compiled before. */
export async function runGroup(
  policy: Policy,
  files: readonly TestFile[],
  output: Output,
): Promise<TestRun> {
  const cases = files.flatMap(({ tests }) => tests.cases);
  const results = await playCases(policy, cases, progress(output, "tests", cases.length));
  return { policy, files, results, coverage: coverageOf(policy, results) };
}

/** How many cases passed, and how many did not. */
export function countsOf(runs: readonly TestRun[]): { passed: number; failed: number } {
  const all = runs.flatMap(({ results }) => results);
  const failed = all.filter(({ differences }) => differences.length > 0).length;
  return { passed: all.length - failed, failed };
}
