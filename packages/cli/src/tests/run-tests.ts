import type { Policy } from "@interlatch/core";
import { wrongUse } from "../arguments.ts";
import { shown, type Output } from "../output.ts";
import { progress } from "../progress.ts";
import { type Coverage, coverageOf } from "./coverage.ts";
import { playCases } from "./play.ts";
import { compileFor, readTests, type TestFile, type TestSelection } from "./read-tests.ts";
import { type CaseResult, passed } from "./results.ts";

/** What the tests of one policy came to. */
export interface TestRun {
  readonly policy: Policy;
  readonly files: readonly TestFile[];
  readonly results: readonly CaseResult[];
  /** `null` where only some of the cases were played. */
  readonly coverage: Coverage | null;
}

/** A run of all cases of a policy. */
export type WholeRun = TestRun & { readonly coverage: Coverage };

/** How tests are run. */
export interface TestOptions {
  /** Whether a tool that only a rule names is an error. */
  readonly strict: boolean;
  /** Only cases whose name holds this, in any case of letters. */
  readonly filter?: string;
  /** Told the files of tests once they are read, before their policies are. */
  readonly onRead?: (files: readonly TestFile[]) => Promise<void>;
}

/**
 * Reads files of tests, compiles the policies they are for, and plays every case.
 *
 * @returns a run for each policy, since coverage is of a policy
 * @throws ERR_FILE, ERR_CONFIG
 * @throws ERR_OPTIONS when the filter leaves no case
 * @throws ERR_POLICY when a file of tests or a policy has errors
 */
export async function runTests(
  selection: TestSelection,
  { strict, filter, onRead }: TestOptions,
  output: Output,
): Promise<readonly TestRun[]> {
  const files = await readTests(selection);
  await onRead?.(files);
  const byPolicy = new Map<string, TestFile[]>();
  for (const file of files.map((one) => filtered(one, filter))) {
    const key = JSON.stringify(file.policyPaths);
    byPolicy.set(key, [...(byPolicy.get(key) ?? []), file]);
  }
  if (filter !== undefined && [...byPolicy.values()].flat().every(isEmpty)) {
    throw wrongUse(`There is no case whose name holds ${shown(filter)}.`);
  }
  const runs: TestRun[] = [];
  for (const group of byPolicy.values()) {
    const [first] = group;
    if (first === undefined) continue;
    const policy = await compileFor(first, selection.folder, strict, output);
    const run = await runGroup(policy, group, output);
    runs.push(filter === undefined ? run : { ...run, coverage: null });
  }
  return runs;
}

function filtered(file: TestFile, filter: string | undefined): TestFile {
  if (filter === undefined) return file;
  const wanted = filter.toLowerCase();
  const cases = file.tests.cases.filter(({ name }) => name.toLowerCase().includes(wanted));
  return { ...file, tests: { ...file.tests, cases } };
}

function isEmpty({ tests }: TestFile): boolean {
  return tests.cases.length === 0;
}

/** Plays the files of tests of one policy that was compiled before. */
export async function runGroup(
  policy: Policy,
  files: readonly TestFile[],
  output: Output,
): Promise<WholeRun> {
  const cases = files.flatMap(({ tests }) => tests.cases);
  const results = await playCases(policy, cases, progress(output, "tests", cases.length));
  return { policy, files, results, coverage: coverageOf(policy, results) };
}

/** How many cases passed, and how many did not. */
export function countsOf(runs: readonly TestRun[]): { passed: number; failed: number } {
  const all = runs.flatMap(({ results }) => results);
  const good = all.filter(passed).length;
  return { passed: good, failed: all.length - good };
}
