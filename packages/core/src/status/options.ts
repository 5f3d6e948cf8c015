import type { BundleSource } from "../bundle/source.ts";

/** Where the status document comes from; see the option `status` of `createGuard`. */
export interface StatusOptions {
  /** Where it is read: polled, and watched where the source can be. */
  readonly source: BundleSource;
  /**
   * What a status that has ended still lets through. `reads`: tools that only read, for as long again as the status
   * lived; then nothing. `deny`: nothing at once. Default: `reads`.
   */
  readonly staleMode?: "reads" | "deny";
  /** Seconds between two looks, 1 to 3600. Default 60; each varies by a tenth, so that hosts do not ask all at once. */
  readonly pollSeconds?: number;
}
