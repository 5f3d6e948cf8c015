import { sha256 } from "@noble/hashes/sha2.js";

/** SHA-256 (FIPS 180-4) as lower-case hexadecimal, of bytes or of a text's UTF-8. Synchronous: the call path cannot wait. */
export type Sha256Hex = (input: string | Uint8Array) => string;

const encoder = new TextEncoder();

let current: Sha256Hex = (input) =>
  toHex(sha256(typeof input === "string" ? encoder.encode(input) : input));

/**
 * Replaces the implementation of SHA-256. `@interlatch/core/node` does so with the platform's own, which is
 * several times faster on short inputs; results are the same.
 */
export function setSha256(implementation: Sha256Hex): void {
  current = implementation;
}

/** SHA-256 as lower-case hexadecimal; see {@link Sha256Hex}. */
export function sha256Hex(input: string | Uint8Array): string {
  return current(input);
}

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

/** Lower-case hexadecimal. */
export function toHex(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += HEX[byte];
  return text;
}
