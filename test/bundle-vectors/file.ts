import { join } from "node:path";
import type { ErrorCode } from "@interlatch/core";
import { ROOT } from "../tasks/child.ts";

/** Where the published vectors of signed documents stand. */
export const BUNDLE_VECTORS: string = join(ROOT, "packages/conformance/vectors/bundle");

/** A trust root as a host is given it. */
export interface VectorRoot {
  /** The envelope of the pinned root. */
  readonly document: string;
  /** What the host pins: `sha256:HEX` of its payload. */
  readonly digest: string;
  /** Envelopes of the roots after it, in order. */
  readonly updates?: readonly string[];
}

/** The version that a host remembers of a stream, or of its trust root, before the vector. */
export interface Remembered {
  readonly version: number;
  readonly digest: string;
}

/** What a vector demands: the identity of what was accepted, or the code of the refusal. */
export type Expected<Accepted> = { readonly accepted: Accepted } | { readonly refused: ErrorCode };

/** One trust root, good or bad. */
export interface RootVector extends VectorRoot {
  readonly id: string;
  readonly about: string;
  readonly now: string;
  readonly remembers?: Remembered;
  readonly expect: Expected<{ readonly version: number; readonly digest: string }>;
}

/** The host that a bundle reaches. */
export interface VectorHost {
  /** The name of one of the file's roots. */
  readonly root: string;
  readonly audience: string;
  /** The stream that is demanded. */
  readonly id: string;
  readonly now: string;
  readonly minVersion?: number;
  readonly maxLifetimeDays?: number;
  readonly allowShadow?: boolean;
  readonly remembers?: Remembered;
}

/** One bundle, good or bad, and where it arrives. */
export interface BundleVector {
  readonly id: string;
  readonly about: string;
  /** What differs from the file's host. */
  readonly host?: Partial<VectorHost>;
  /** The envelope's bytes: as text, or in base64 where they are no text. */
  readonly bundle: { readonly text: string } | { readonly base64: string };
  readonly expect: Expected<{
    readonly id: string;
    readonly version: number;
    readonly digest: string;
    readonly signers: readonly string[];
  }>;
}

/** `roots.json` */
export interface RootFile {
  readonly topic: "roots";
  readonly about: string;
  readonly vectors: readonly RootVector[];
}

/** `bundles.json` */
export interface BundleFile {
  readonly topic: "bundles";
  readonly about: string;
  readonly roots: Readonly<Record<string, VectorRoot>>;
  readonly host: VectorHost;
  readonly vectors: readonly BundleVector[];
}

/** A file as it is written. */
export function fileText(file: RootFile | BundleFile): string {
  return `${JSON.stringify(file, null, 2)}\n`;
}
