import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { InterlatchError } from "../errors/errors.ts";
import { toHex } from "../snapshot/hash.ts";

/** The text that stands for a value nobody needs to recognise again. */
export const MARK = "[redacted]";

/** Makes the token of a content: the same for the same content, and by nobody without the key. */
export type Tokens = (content: string) => string;

/** Shorter keys could be found by trying. */
const KEY_BYTES = 32;
const DIGITS = 16;
const encoder = new TextEncoder();

/**
 * Makes tokens with the host's key: `[redacted:`, the first 16 hexadecimal digits of HMAC-SHA-256 (RFC 2104) over the
 * UTF-8 of the content, `]`.
 *
 * @param key - at least 32 bytes; copied
 * @throws InterlatchError `ERR_OPTIONS` for a key that is none
 */
export function createTokens(key: Uint8Array): Tokens {
  // A host without types may hand over a text, or an object that only looks like bytes.
  if (!(key instanceof Uint8Array) || key.length < KEY_BYTES) {
    const message = `\`redactionKey\` must be a Uint8Array of at least ${KEY_BYTES} random bytes.`;
    throw new InterlatchError("ERR_OPTIONS", message);
  }
  // Holds the state after the key, which is not hashed again for each token.
  const keyed = hmac.create(sha256, key.slice());
  return (content) => {
    const digest = keyed.clone().update(encoder.encode(content)).digest();
    return `[redacted:${toHex(digest).slice(0, DIGITS)}]`;
  };
}

/** The tokens of a host's options; `undefined` where it gave no key. */
export function tokensOf({
  redactionKey,
}: {
  readonly redactionKey?: Uint8Array;
}): Tokens | undefined {
  return redactionKey === undefined ? undefined : createTokens(redactionKey);
}
