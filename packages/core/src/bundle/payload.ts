import type { Policy } from "../policy/ir.ts";

/** What is signed: a compiled policy and what it is for. Every field is required but `change`; an unknown field is refused. */
export interface BundlePayload {
  readonly format: 1;
  /** The stream. A host may demand one. */
  readonly id: string;
  /** Grows by stream and audience; an older one is refused. At least 1. */
  readonly version: number;
  /** The environments it is made for. Not empty, no `*`. */
  readonly audience: readonly string[];
  /** `YYYY-MM-DDThh:mm:ssZ`. */
  readonly notBefore: string;
  /** `YYYY-MM-DDThh:mm:ssZ`, after `notBefore`. */
  readonly expires: string;
  /** Version of the semantics; the same as `policy.engine`. */
  readonly engine: number;
  readonly policy: Policy;
  readonly sources: readonly FileDigest[];
  readonly tests: {
    readonly files: readonly FileDigest[];
    readonly cases: number;
    /** Share of rules that a test made match, 0 to 1. */
    readonly coverage: number;
  };
  readonly compiler: { readonly version: string };
  readonly created: string;
  /** The change request this belongs to. */
  readonly change?: string;
}

export interface FileDigest {
  readonly path: string;
  /** Lower-case hexadecimal. */
  readonly sha256: string;
}
