import { decodeBase64, encodeBase64 } from "../bundle/base64.ts";
import { payloadDigest } from "../bundle/digest.ts";
import { type DocumentKind, payloadTypeOf, readAnyEnvelope } from "../bundle/envelope.ts";
import { parseStrictJson } from "../bundle/strict-json.ts";
import { InterlatchError } from "../errors/errors.ts";
import { asObject, closed, place } from "../policy/shape.ts";
import { text } from "../policy/shape-values.ts";
import { algorithmOf, ALGORITHMS, type PublicJwk, publicJwk, thumbprint } from "../trust/jwk.ts";
import type { SigningKey } from "./key.ts";
import { addSignature, encodeEnvelope } from "./sign.ts";

/** One signature without what it signs, for people who sign on machines of their own. */
export interface DetachedSignature {
  readonly payloadType: string;
  /** `sha256:HEX` of the payload. */
  readonly payload: string;
  /** RFC 7638 thumbprint. */
  readonly keyid: string;
  readonly publicJwk: PublicJwk;
  /** Standard base64. */
  readonly sig: string;
}

/** More is no signature file. */
const LIMITS = { bytes: 4_096, depth: 4 } as const;

/**
 * An envelope that nobody has signed yet. No run time takes it; signatures are added one by one.
 *
 * @returns the envelope as text
 */
export function unsignedEnvelope(kind: DocumentKind, payload: Uint8Array): string {
  const bytes = new Uint8Array(payload);
  return encodeEnvelope({ payloadType: payloadTypeOf(kind), payload: bytes, signatures: [] });
}

/**
 * Signs what an envelope holds and returns the signature alone.
 *
 * @param envelope - as text, signed by others or by nobody
 * @throws ERR_KEY when the key gives a signature that does not verify
 * @example
 * ```ts
 * import { attachSignature, detachSignature, unsignedEnvelope, type SigningKey } from "@interlatch/core/sign";
 *
 * async function twoPeople(payload: Uint8Array, alice: SigningKey, bob: SigningKey) {
 *   const unsigned = unsignedEnvelope("policy-bundle", payload);
 *   const [a, b] = [await detachSignature(unsigned, alice), await detachSignature(unsigned, bob)];
 *   return attachSignature(await attachSignature(unsigned, a), b);
 * }
 * ```
 */
export async function detachSignature(
  envelope: string,
  key: SigningKey,
): Promise<DetachedSignature> {
  const { payloadType, payload } = readAnyEnvelope(new TextEncoder().encode(envelope));
  const alone = encodeEnvelope({ payloadType, payload, signatures: [] });
  const signed = readAnyEnvelope(new TextEncoder().encode(await addSignature(alone, key)));
  return {
    payloadType,
    payload: `sha256:${await payloadDigest(payload)}`,
    keyid: key.keyid,
    publicJwk: key.publicJwk,
    sig: signed.signatures.map(({ sig }) => encodeBase64(sig)).join(""),
  };
}

/**
 * Puts a detached signature into the envelope that it signs. Whoever reads the envelope decides whether its key counts.
 *
 * @param envelope - as text
 * @returns the envelope as text
 * @throws ERR_KEY when it is the signature of something else, does not verify, or its key has signed already
 */
export async function attachSignature(
  envelope: string,
  { payloadType, payload: digest, keyid, publicJwk: jwk, sig }: DetachedSignature,
): Promise<string> {
  const found = readAnyEnvelope(new TextEncoder().encode(envelope));
  const expected = `sha256:${await payloadDigest(found.payload)}`;
  if (payloadType !== found.payloadType || digest !== expected) {
    throw new InterlatchError(
      "ERR_KEY",
      `The signature of ${keyid} is of ${digest}, ${payloadType}; this is ${expected}, ${found.payloadType}.`,
    );
  }
  const bytes = decodeBase64(sig);
  if (bytes === undefined || (await thumbprint(jwk)) !== keyid) {
    throw new InterlatchError("ERR_KEY", `The signature of ${keyid} is not in its form.`);
  }
  const alg = algorithmOf(jwk);
  // What it "signs" was signed elsewhere; it is verified like what any external signer gives.
  return addSignature(envelope, { keyid, alg, publicJwk: jwk, sign: () => Promise.resolve(bytes) });
}

/**
 * Reads a detached signature. Nothing in it is verified.
 *
 * @throws ERR_KEY when it is none
 */
export function readDetachedSignature(bytes: Uint8Array): DetachedSignature {
  const here = place("signature", "ERR_KEY");
  const field = text(256);
  const check = closed<DetachedSignature>({
    payloadType: field,
    payload: field,
    keyid: field,
    publicJwk: (value, at) => {
      const { kty } = asObject(value, at);
      return publicJwk(value, kty === "EC" ? ALGORITHMS[1] : ALGORITHMS[0], at);
    },
    sig: field,
  });
  return check(parse(bytes), here);
}

function parse(bytes: Uint8Array): unknown {
  try {
    return parseStrictJson(new Uint8Array(bytes), LIMITS);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : "";
    throw new InterlatchError("ERR_KEY", `The signature cannot be read: ${why}`, { cause });
  }
}
