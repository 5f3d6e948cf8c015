/** What a run came to. */
export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** Nothing run yet. */
export const NO_COUNTS: Counts = { passed: 0, failed: 0, skipped: 0 };

/** The sum of several runs. */
export function addCounts(...all: readonly Counts[]): Counts {
  return all.reduce(
    (sum, { passed, failed, skipped }) => ({
      passed: sum.passed + passed,
      failed: sum.failed + failed,
      skipped: sum.skipped + skipped,
    }),
    NO_COUNTS,
  );
}

/**
 * The last line of every script: `N passed, N failed`, and `, N skipped` when any were.
 * It is plain text, so that `.ci/run` and other tools can read it.
 */
export function closingLine({ passed, failed, skipped }: Counts): string {
  const line = `${passed} passed, ${failed} failed`;
  return skipped > 0 ? `${line}, ${skipped} skipped` : line;
}

const CLOSING_LINE = /^(\d+) passed, (\d+) failed(?:, (\d+) skipped)?$/;

/** The counts of the last closing line in a text; `undefined` when it has none. */
export function readClosingLine(text: string): Counts | undefined {
  for (const line of text.split("\n").toReversed()) {
    const match = CLOSING_LINE.exec(line.trim());
    if (match === null) continue;
    return { passed: Number(match[1]), failed: Number(match[2]), skipped: Number(match[3] ?? 0) };
  }
  return undefined;
}

/**
 * The exit code of a run: 0 only when something passed and nothing failed.
 * A run that executed nothing has shown nothing, so it fails too.
 */
export function exitCode({ passed, failed }: Counts): 0 | 1 {
  return failed === 0 && passed > 0 ? 0 : 1;
}
