import { toHex } from "../snapshot/hash.ts";

/**
 * The identity of a signed document everywhere: SHA-256 of its payload bytes. Never of its envelope: one
 * payload can stand in many envelopes that all verify.
 *
 * @returns lower-case hexadecimal
 */
export async function payloadDigest(payload: Uint8Array<ArrayBuffer>): Promise<string> {
  return toHex(new Uint8Array(await crypto.subtle.digest("SHA-256", payload)));
}
