/** What a conformance suite came to. */
export interface SuiteResult {
  readonly passed: number;
  readonly failed: number;
  /** What a reader should see: a heading, a count by group, and one line for each failure. */
  readonly lines: readonly string[];
}

/** How a suite is to run. */
export interface SuiteOptions {
  /** The form that CI runs: fewer random cases, the same fixed ones. */
  readonly short: boolean;
}

/** What a module under `test/suites/` exports as `run`. */
export type RunSuite = (options: SuiteOptions) => Promise<SuiteResult>;
