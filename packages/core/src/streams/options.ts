import type { RollbackStore } from "../bundle/rollback.ts";
import type { CommonOptions, GuardOptions } from "../guard/options.ts";

/** One of several policies that a guard enforces together, such as the platform's and the product's. */
export interface StreamOptions extends Pick<
  GuardOptions,
  "bundle" | "trust" | "id" | "minVersion" | "maxLifetimeDays" | "status"
> {
  /** What decisions and records call it: a letter, then letters, digits, `_` and `-`. It stands before its rules' names. */
  readonly name: string;
  /**
   * What its bundles may speak about. It is not asked about any other tool, and a bundle that names one is refused,
   * `ERR_BUNDLE_STREAM`. Left out: every tool, so that it denies the tools it does not know.
   */
  readonly uses?: {
    /** Names of tools; `*` stands for any characters. */
    readonly tools: readonly string[];
  };
}

/**
 * Options of `createGuard` for a guard that enforces several policies at once. Each has its own source, trust root,
 * versions and status; what two teams sign is never mixed.
 *
 * A call runs where every stream that speaks about its tool lets it run: the most restrictive answer holds, with the
 * obligations of all. A tool that none speaks about is unknown. While one of them has no bundle, every call is denied.
 * In decisions and records a rule's name is `stream/rule`, and `bundle.streams` names the bundle of each.
 */
export interface StreamGuardOptions extends CommonOptions, Pick<GuardOptions, "audience"> {
  readonly streams: readonly StreamOptions[];
  /** Shared by all: each stream has keys of its own in it. */
  readonly rollback: RollbackStore;
}
