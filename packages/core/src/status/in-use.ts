import type { LoadedBundle } from "../guard/bundles.ts";
import type { RunIdentity } from "../guard/tickets.ts";
import { staleness, type Freshness } from "./freshness.ts";
import { compileKill, type Kills } from "./kill.ts";
import { standingOf, type Standing } from "./standing.ts";
import type { VerifiedStatus } from "./verify.ts";

/** Why a status stops a call. */
export interface Stop {
  readonly code: "killed" | "bundle_revoked" | "status_stale";
  /** For people. */
  readonly detail: string;
}

/** What a status is used by. */
export interface UseOptions {
  readonly mode: Freshness["mode"];
  /** How many keys must have signed a bundle. */
  readonly threshold: number;
  /** Until when a bundle goes on that the status before has named, by digest; epoch milliseconds. */
  readonly outdated: ReadonlyMap<string, number>;
}

/** A status in use, with what is asked of it at each call made ready. */
export class StatusInUse {
  readonly status: VerifiedStatus;
  readonly #options: UseOptions;
  readonly #kills: Kills;
  /** Found out once for each bundle. */
  readonly #standings = new WeakMap<LoadedBundle, Standing>();
  #latest = -Infinity;

  constructor(status: VerifiedStatus, options: UseOptions) {
    this.status = status;
    this.#options = options;
    this.#kills = compileKill(status.document.kill);
  }

  /** What it says of a bundle. */
  standing(bundle: LoadedBundle): Standing {
    const known = this.#standings.get(bundle);
    if (known !== undefined) return known;
    const facts = { ...bundle.identity, signers: bundle.status.signers };
    const standing = standingOf(this.status.document, facts, this.#options.threshold);
    this.#standings.set(bundle, standing);
    return standing;
  }

  /**
   * Why it stops a call; `null`: it does not.
   *
   * @param now - epoch milliseconds
   */
  stop(tool: string, run: RunIdentity, bundle: LoadedBundle, now: number): Stop | null {
    const killed = this.#kills(tool, run);
    if (killed !== null) return { code: "killed", detail: killed };
    const standing = this.standing(bundle);
    const until = this.#until(standing, bundle);
    if (until === null) return { code: "bundle_revoked", detail: standing.why ?? "" };
    this.#latest = Math.max(this.#latest, now);
    const { mode } = this.#options;
    const isRead = bundle.evaluator.tool(tool)?.operation === "read";
    const freshness = { mode, until, isRead, now, latest: this.#latest };
    const detail = staleness(this.status, freshness);
    return detail === null ? null : { code: "status_stale", detail };
  }

  /** Until when a bundle may decide, in epoch milliseconds; `null`: it may not. */
  #until({ kind }: Standing, { identity }: LoadedBundle): number | null {
    switch (kind) {
      case "current":
        return Infinity;
      case "outdated":
        return this.#options.outdated.get(identity.digest) ?? null;
      case "ahead":
      case "revoked":
        return null;
    }
  }
}
