import type { Policy } from "@interlatch/core";
import type { Recording } from "../recordings/recording.ts";
import { replay } from "../replay/replay.ts";
import type { Tally } from "../replay/tally.ts";
import { searchLooser, type SearchResult } from "./search.ts";
import { type PartChange, structuralChanges } from "./structure.ts";

/** What lies between two policies. */
export interface Comparison {
  readonly changes: readonly PartChange[];
  /** What becomes of the calls that were handed over; `null`: there were none. */
  readonly calls: Tally | null;
  readonly search: SearchResult;
  /** Whether a part, a call or the search shows that more gets through. */
  readonly isLooser: boolean;
  readonly isSame: boolean;
}

/** How two policies are compared. */
export interface CompareOptions {
  readonly calls: readonly Recording[];
  readonly examples: number;
  readonly limits: boolean;
  /** How many calls of each tool the search tries at most. */
  readonly budget: number;
  /** The clock of what has no time, epoch milliseconds. */
  readonly now: number;
  readonly told: (what: "calls" | "search", done: number) => void;
}

/** Compares two policies: by their parts, by calls, and by a search for calls that get further. */
export async function comparePolicies(
  before: Policy,
  after: Policy,
  { calls: recordings, examples, limits, budget, now, told }: CompareOptions,
): Promise<Comparison> {
  const changes = structuralChanges(before, after);
  const calls =
    recordings.length === 0
      ? null
      : await replay(recordings, {
          policy: after,
          against: before,
          limits,
          time: now,
          examples,
          told: (done) => told("calls", done),
        });
  const search = await searchLooser(before, after, {
    budget,
    now,
    told: (done) => told("search", done),
  });
  const isLooser =
    search.found.length > 0 ||
    changes.some(({ fields }) => fields.some(({ direction }) => direction === "looser")) ||
    calls?.groups.some(({ direction }) => direction === "looser") === true;
  const moved = calls?.groups.some(({ change }) => change !== "not_compared") === true;
  return { changes, calls, search, isLooser, isSame: changes.length === 0 && !moved };
}
