/** What came of one random case. */
export interface CaseResult {
  /** What kind of case it turned out to be, for the counts at the end: a target that only makes noise shows it. */
  readonly label: string;
  /** What is wrong, and what it was made of; absent where nothing is. */
  readonly fault?: readonly string[];
}

/** Something to try with random cases. The same seed gives the same case. */
export interface FuzzTarget {
  /** One sentence for the list. */
  readonly summary: string;
  /** Cases of the whole, and of the form that tests run. */
  readonly cases: { readonly long: number; readonly short: number };
  readonly run: (seed: number) => Promise<CaseResult>;
}

/** What a run over many seeds came to. */
export interface FuzzReport {
  readonly passed: number;
  readonly failed: number;
  /** Cases by label. */
  readonly labels: ReadonlyMap<string, number>;
  /** The first faults, each with its seed. */
  readonly faults: readonly (readonly string[])[];
}

/** How many faults are kept: the first ones tell. */
const KEPT = 5;
/** No case may take longer, in milliseconds. */
const LIMIT_MS = 1_000;

/**
 * Runs the seeds from `first` on.
 *
 * @param progress - hears now and then how many are done
 */
export async function runTarget(
  target: FuzzTarget,
  first: number,
  count: number,
  progress: (done: number, seed: number) => void = () => undefined,
): Promise<FuzzReport> {
  const labels = new Map<string, number>();
  const faults: (readonly string[])[] = [];
  let failed = 0;
  for (let done = 0; done < count; done += 1) {
    const seed = first + done;
    progress(done, seed);
    const { label, fault } = await timed(target, seed);
    labels.set(label, (labels.get(label) ?? 0) + 1);
    if (fault === undefined) continue;
    failed += 1;
    if (faults.length < KEPT) faults.push([`seed ${seed}`, ...fault]);
  }
  return { passed: count - failed, failed, labels, faults };
}

/** An exception is a fault, and so is a case that takes too long. */
async function timed({ run }: FuzzTarget, seed: number): Promise<CaseResult> {
  const start = performance.now();
  try {
    const result = await run(seed);
    const took = performance.now() - start;
    return took <= LIMIT_MS || result.fault !== undefined
      ? result
      : { label: "too slow", fault: [`took ${Math.round(took)} ms, more than ${LIMIT_MS}`] };
  } catch (error) {
    const what = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { label: "threw", fault: what.split("\n").slice(0, 12) };
  }
}
