import { writeFileSync } from "node:fs";
import type { Reporter, TestModule } from "vitest/node";
import type { Counts } from "./counts.ts";

/** The environment variable that names the file to which {@link CountReporter} writes. */
export const COUNTS_FILE = "INTERLATCH_TEST_COUNTS";

/** The parts of vitest's test module that are counted. */
export type CountedModule = {
  readonly state: () => string;
  readonly children: {
    readonly allTests: () => Iterable<{ readonly result: () => { readonly state: string } }>;
  };
};

/**
 * Counts a finished run.
 *
 * A file that failed without a failing test (it could not be imported, a hook threw, its types are
 * wrong outside any test) is one failure, and so is each error that belongs to no test.
 */
export function countModules(modules: Iterable<CountedModule>, unhandledErrors: number): Counts {
  const counts = { passed: 0, failed: unhandledErrors, skipped: 0 };
  for (const module of modules) {
    let failedHere = 0;
    for (const test of module.children.allTests()) {
      const { state } = test.result();
      if (state === "passed") counts.passed += 1;
      else if (state === "skipped") counts.skipped += 1;
      else failedHere += 1;
    }
    // A test that never got a result did not pass: "pending" counts as failed above.
    counts.failed += failedHere === 0 && module.state() === "failed" ? 1 : failedHere;
  }
  return counts;
}

/** Writes the counts of a run where `pnpm test` looks for them. */
class CountReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const file = process.env[COUNTS_FILE];
    if (file === undefined) return;
    writeFileSync(file, JSON.stringify(countModules(modules, unhandledErrors.length)));
  }
}

// vitest loads a reporter by its file's default export.
// oxlint-disable-next-line import/no-default-export
export default CountReporter;
