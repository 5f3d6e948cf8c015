/** What the vectors of one file, or of all of them, came to. Counts are of cases; a policy that must not build is one. */
export interface VectorCounts {
  readonly passed: number;
  readonly failed: number;
  /** Skipped is not passed. */
  readonly skipped: number;
}

/** A case that did not come out as written. */
export interface VectorFailure {
  readonly vector: string;
  /** The case; `null` where the policy itself is at fault. */
  readonly case: string | null;
  /** What differs, a line each. */
  readonly differences: readonly string[];
}

/** A vector whose policy needs a key that this engine does not run yet. */
export interface SkippedVector {
  readonly vector: string;
  readonly keys: readonly string[];
  readonly cases: number;
}

/** What came of one file. */
export interface FileReport extends VectorCounts {
  readonly topic: string;
  readonly failures: readonly VectorFailure[];
  readonly skippedVectors: readonly SkippedVector[];
}

/** What came of a run. */
export interface VectorReport extends VectorCounts {
  readonly files: readonly FileReport[];
  /** For readers: the counts of each file, each failure, and what was skipped by key. */
  readonly lines: readonly string[];
}

/** The counts of several files together. */
export function total(reports: readonly FileReport[]): VectorCounts {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  for (const { passed, failed, skipped } of reports) {
    counts.passed += passed;
    counts.failed += failed;
    counts.skipped += skipped;
  }
  return counts;
}

/** What a reader should see of a run. */
export function linesOf(reports: readonly FileReport[]): readonly string[] {
  const width = Math.max(0, ...reports.map(({ topic }) => topic.length));
  const lines = reports.map(({ topic, passed, failed, skipped }) => {
    const counts = `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;
    return `${topic.padEnd(width)}  ${counts}`;
  });
  const failures = reports.flatMap((report) => report.failures);
  for (const failure of failures) {
    lines.push(`failed: ${failure.vector}${failure.case === null ? "" : ` / ${failure.case}`}`);
    lines.push(...failure.differences.map((difference) => `  ${difference}`));
  }
  lines.push(...skippedLines(reports.flatMap((report) => report.skippedVectors)));
  return lines;
}

/** By the keys that are missing, so that a reader sees what a later engine must run. */
function skippedLines(skipped: readonly SkippedVector[]): readonly string[] {
  const byKeys = new Map<string, SkippedVector[]>();
  for (const one of skipped) {
    const keys = one.keys.join(", ");
    byKeys.set(keys, [...(byKeys.get(keys) ?? []), one]);
  }
  return [...byKeys]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([keys, vectors]) => {
      const cases = vectors.reduce((sum, one) => sum + one.cases, 0);
      const names = vectors.map(({ vector }) => vector).join(", ");
      return `skipped, not supported yet: ${keys}: ${cases} cases of ${names}`;
    });
}
