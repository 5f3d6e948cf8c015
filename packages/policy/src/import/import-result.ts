import type { Diagnostic } from "../diagnostics/diagnostic.ts";

/** Something of the imported file that the policy does not hold as it was, and what stands in its place. */
export interface ImportNote {
  /** `rules.yaml:17`. */
  readonly at: string;
  readonly message: string;
  /** What the policy does where the file said something else; `left_out`: nothing, so such calls are denied. */
  readonly instead: "allow" | "review" | "deny" | "left_out";
}

/** A policy made of another framework's rules, or everything that is wrong with the file. */
export type ImportResult =
  | { readonly ok: true; readonly text: string; readonly notes: readonly ImportNote[] }
  | { readonly ok: false; readonly errors: readonly Diagnostic[] };

/** What an import is told beside the file. */
export interface ImportOptions {
  /** The id of the policy. */
  readonly id: string;
  /** Tools that the agent has, also where the file does not name them. */
  readonly tools?: readonly string[];
}
