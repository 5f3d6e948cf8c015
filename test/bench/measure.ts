/** One thing that is measured beside others. */
export interface Candidate {
  readonly name: string;
  /** Does one unit of work; `index` counts up, so that a stream of inputs can be walked. */
  readonly run: (index: number) => unknown;
}

/** How thorough a measurement is. */
export interface Effort {
  /** Interleaved rounds after one that is not counted. */
  readonly rounds: number;
  /** Milliseconds each candidate runs in a round. */
  readonly sliceMs: number;
}

/** Nanoseconds per unit of each candidate, one figure a round: round N of one stands beside round N of another. */
export type Timings = ReadonlyMap<string, readonly number[]>;

/**
 * Times candidates in turn, A B C A B C …, so that a machine that slows down slows all of them. Work that gives
 * promises is awaited one by one.
 */
export async function measure(
  candidates: readonly Candidate[],
  { rounds, sliceMs }: Effort,
): Promise<Timings> {
  const timings = new Map<string, number[]>(candidates.map(({ name }) => [name, []]));
  for (let round = -1; round < rounds; round++) {
    for (const candidate of candidates) {
      // The first round is for the compiler: it must have seen the work before that is judged.
      const nanoseconds = await slice(candidate, round < 0 ? Math.max(sliceMs, WARM_MS) : sliceMs);
      if (round >= 0) timings.get(candidate.name)?.push(nanoseconds);
    }
  }
  return timings;
}

const WARM_MS = 500;
const BATCH = 64;

async function slice({ run }: Candidate, sliceMs: number): Promise<number> {
  const start = performance.now();
  let units = 0;
  let elapsed: number;
  do {
    for (let index = 0; index < BATCH; index++) {
      const made = run(units++);
      if (made instanceof Promise) await made;
    }
    elapsed = performance.now() - start;
  } while (elapsed < sliceMs);
  return (elapsed * 1e6) / units;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted[Math.floor(sorted.length / 2)];
  if (middle === undefined) throw new Error("nothing was measured");
  return middle;
}

/** The median of the ratios taken round by round. */
export function ratio(timings: Timings, of: string, to: string): number {
  const [above, below] = [timings.get(of), timings.get(to)];
  if (above === undefined || below === undefined) throw new Error(`not measured: ${of}, ${to}`);
  return median(above.map((value, round) => value / (below[round] ?? Number.NaN)));
}

/** Median nanoseconds per unit. */
export function nanoseconds(timings: Timings, of: string): number {
  return median(timings.get(of) ?? []);
}
