import type { SourceHealth } from "../bundle/source.ts";
import type { BundleIdentity } from "../decision/decision.ts";

/** Whether a tool is enforced, and why not. */
export interface CoverageEntry {
  readonly tool: string;
  /**
   * `enforced`: the tool object is guarded. `hidden`: it can only be withheld from the model.
   * `out_of_reach`: it runs elsewhere. `not_wrapped`: the policy knows it and no adapter has wrapped it.
   */
  readonly state: "enforced" | "hidden" | "out_of_reach" | "not_wrapped";
  readonly why: string;
  /** Whether the loaded policy knows the tool. */
  readonly known?: boolean;
}

/** Health of a guard. */
export interface GuardStatus {
  /** `ready`: a valid bundle is loaded. `no_bundle`: every call is denied until one arrives. */
  readonly state: "ready" | "no_bundle" | "closed";
  readonly bundle:
    | (BundleIdentity & {
        readonly audience: readonly string[];
        /** ISO 8601, UTC. */
        readonly notBefore: string;
        readonly expires: string;
        readonly signers: readonly string[];
        /** Where it came from. */
        readonly source: string;
        /** When it was verified, ISO 8601, UTC. */
        readonly loadedAt: string;
        /** `shadow`: nothing of its policy is enforced. */
        readonly mode: "enforce" | "shadow";
      })
    | null;
  /** The bundle that is watched beside the one in force; `null` where there is none. */
  readonly shadow: GuardStatus["bundle"];
  /** How it is with the source of the bundle; `null` where it says nothing of that. */
  readonly source: SourceHealth | null;
  /** Why the last attempt to load failed. */
  readonly lastError: { readonly code: string; readonly message: string } | null;
  /** The same for the bundle in shadow. */
  readonly lastShadowError: GuardStatus["lastError"];
  readonly openCalls: number;
  /** The status document in use; `null`: none was seen yet. Left out: the guard has none. */
  readonly statusDocument?: StatusHealth | null;
  /** Why the last attempt to get a status failed. */
  readonly lastStatusError?: GuardStatus["lastError"];
}

/** Health of the status document of a guard. */
export interface StatusHealth {
  readonly version: number;
  /** Lower-case hexadecimal SHA-256 of the payload. */
  readonly digest: string;
  /** ISO 8601, UTC. */
  readonly issued: string;
  readonly expires: string;
  /** Thumbprints of the keys that signed. */
  readonly signers: readonly string[];
  /** Where it came from. */
  readonly source: string;
  /** Whether it has ended. */
  readonly isStale: boolean;
  /** What is switched off, in words: `everything`, `tool send_*`, `agent shop`, … */
  readonly kills: readonly string[];
}
