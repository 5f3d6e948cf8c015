import type { ErrorCode } from "@interlatch/core";
import type { SigningKey } from "@interlatch/core/sign";
import { base64, type Forged, signatureOf } from "../bundle-attacks/forge.ts";
import type { BundleVector, VectorHost } from "./file.ts";
import type { VectorKeys } from "./keys.ts";

/** What goes into an envelope that Alice and Bob sign. */
export type Content = string | Uint8Array;

/** Puts vectors together. */
export interface Writer {
  readonly keys: VectorKeys;
  /** An honest envelope, to be tampered with. */
  signed(content?: Content, signers?: readonly SigningKey[]): Promise<Forged>;
}

/** A vector that must be refused. */
export function bad(
  id: string,
  about: string,
  bundle: Forged | string | Uint8Array,
  code: ErrorCode,
  host?: Partial<VectorHost>,
): BundleVector {
  return {
    id,
    about,
    ...(host === undefined ? {} : { host }),
    bundle:
      bundle instanceof Uint8Array
        ? { base64: base64(bundle) }
        : { text: typeof bundle === "string" ? bundle : JSON.stringify(bundle) },
    expect: { refused: code },
  };
}

/** An envelope with one of its signatures changed. */
export function changed(envelope: Forged, index: number, fields: object): Forged {
  const copy = structuredClone(envelope);
  Object.assign(signatureOf(copy, index), fields);
  return copy;
}
