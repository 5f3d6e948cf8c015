import { printable } from "./printable.ts";
import type { CoverageEntry } from "./status.ts";

/** What each state is called in a table. */
const WORDS: { readonly [State in CoverageEntry["state"]]: string } = {
  enforced: "enforced",
  hidden: "hidden only",
  out_of_reach: "out of reach",
  not_wrapped: "not wrapped",
};

/**
 * Coverage as aligned lines, one a tool, without colour: what is enforced last, since the others are the news.
 *
 * @param entries - from `guard.coverage()` or an adapter's `coverage`
 *
 * @example
 * ```ts
 * import { coverageTable, type Guard } from "@interlatch/core";
 * declare const guard: Guard;
 * console.log(coverageTable(guard.coverage()).join("\n"));
 * ```
 */
export function coverageTable(entries: readonly CoverageEntry[]): readonly string[] {
  const rows = entries
    .map((entry) => ({ tool: printable(entry.tool), state: WORDS[entry.state], why: whyOf(entry) }))
    .toSorted((a, b) => rank(a) - rank(b) || (a.tool < b.tool ? -1 : 1));
  const width = Math.max(0, ...rows.map(({ tool }) => tool.length));
  return rows.map(({ tool, state, why }) => `${tool.padEnd(width)}  ${state.padEnd(12)}  ${why}`);
}

function rank({ state }: { readonly state: string }): number {
  return state === WORDS.enforced ? 1 : 0;
}

function whyOf({ state, why, known }: CoverageEntry): string {
  return state === "enforced" && known === false
    ? `${why}; the policy does not know it, so every call is denied`
    : why;
}
