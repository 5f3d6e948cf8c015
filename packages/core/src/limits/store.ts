/** One limit that a call must take a unit of before it runs. */
export interface LimitClaim {
  /** Tenant, rule and what the limit is kept by; equal keys share a counter. */
  readonly key: string;
  readonly max: number;
  /** Milliseconds. */
  readonly windowMs: number;
}

/** Whether all claims fit. `claim` is the index of the first that does not. */
export type LimitResult =
  | { readonly ok: true }
  | {
      readonly ok: false;
      readonly claim: number;
      /** Milliseconds until the claim could fit. */
      readonly retryAfterMs: number;
    };

/**
 * Counts executions. `reserve` takes one unit of every claim or of none, in one step;
 * `peek` tells what `reserve` would say and takes nothing; a store elsewhere, which cannot answer at once, leaves it
 * out, and a preview then says nothing of limits. `now` is epoch milliseconds by the guard's
 * clock; a store with a clock of its own may ignore it. A store that cannot answer throws or rejects.
 */
export interface LimitStore {
  reserve(claims: readonly LimitClaim[], now: number): LimitResult | Promise<LimitResult>;
  peek?(claims: readonly LimitClaim[], now: number): LimitResult;
  /**
   * Gives back what a `reserve` with the same claims and the same `now` took, where the call did not run after all.
   * A store without it keeps them until their window is over.
   */
  release?(claims: readonly LimitClaim[], now: number): void | Promise<void>;
}
