import { encodeBase64 } from "../bundle/base64.ts";
import {
  type DocumentKind,
  ENVELOPE_LIMITS,
  type Envelope,
  type EnvelopeSignature,
  payloadTypeOf,
  preAuthEncoding,
  readAnyEnvelope,
} from "../bundle/envelope.ts";
import { InterlatchError } from "../errors/errors.ts";
import { createVerifier } from "../trust/verifier.ts";
import type { SigningKey } from "./key.ts";

/** See {@link signPayload}. */
export interface SignOptions {
  readonly kind: DocumentKind;
  /** Signed as it is, byte for byte, and never parsed or written anew. */
  readonly payload: Uint8Array;
  /** Each signs once. At least one. */
  readonly keys: readonly SigningKey[];
}

/**
 * Signs a payload and returns the DSSE envelope as text. Signatures stand in the order of their key ids, so that
 * the order in which people signed changes nothing.
 *
 * @throws ERR_KEY when there is no key, one signs twice, or one gives a signature that does not verify
 * @throws ERR_BUNDLE_TOO_LARGE when the payload is beyond what a run time reads
 * @example
 * ```ts
 * import { generateKey, importPrivateKey, signPayload } from "@interlatch/core/sign";
 *
 * const { privateKey } = await generateKey();
 * const envelope = await signPayload({
 *   kind: "policy-bundle",
 *   payload: new TextEncoder().encode("{}"),
 *   keys: [await importPrivateKey(privateKey)],
 * });
 * console.log(envelope);
 * ```
 */
export async function signPayload({ kind, payload, keys }: SignOptions): Promise<string> {
  if (keys.length === 0) throw new InterlatchError("ERR_KEY", "There is no key to sign with.");
  if (payload.length > ENVELOPE_LIMITS.payloadBytes) {
    throw new InterlatchError(
      "ERR_BUNDLE_TOO_LARGE",
      `The payload has ${payload.length} bytes; at most ${ENVELOPE_LIMITS.payloadBytes} are read.`,
    );
  }
  let envelope: Envelope = {
    payloadType: payloadTypeOf(kind),
    payload: new Uint8Array(payload),
    signatures: [],
  };
  for (const key of keys) envelope = await withSignature(envelope, key);
  return encodeEnvelope(envelope);
}

/**
 * Adds a signature to an envelope of any kind, for thresholds that several people reach one after the other.
 * It says nothing of the signatures that are there.
 *
 * @param envelope - as text or bytes
 * @returns the new envelope as text
 * @throws ERR_KEY when the key has signed already, or gives a signature that does not verify
 */
export async function addSignature(
  envelope: string | Uint8Array,
  key: SigningKey,
): Promise<string> {
  const bytes =
    typeof envelope === "string" ? new TextEncoder().encode(envelope) : envelope.slice();
  return encodeEnvelope(await withSignature(readAnyEnvelope(bytes), key));
}

async function withSignature(envelope: Envelope, key: SigningKey): Promise<Envelope> {
  if (envelope.signatures.some(({ keyid }) => keyid === key.keyid)) {
    throw new InterlatchError("ERR_KEY", `The key ${key.keyid} has signed already.`);
  }
  if (envelope.signatures.length >= ENVELOPE_LIMITS.signatures) {
    throw new InterlatchError(
      "ERR_BUNDLE_TOO_LARGE",
      `An envelope holds at most ${ENVELOPE_LIMITS.signatures} signatures.`,
    );
  }
  const signatures = [...envelope.signatures, await signatureOf(envelope, key)];
  return { ...envelope, signatures: signatures.sort(byKeyid) };
}

/** An external signer is trusted with the key and not with the format: what it gives is verified before it is written. */
async function signatureOf(envelope: Envelope, key: SigningKey): Promise<EnvelopeSignature> {
  const message = preAuthEncoding(envelope.payloadType, envelope.payload);
  const sig = new Uint8Array(await key.sign(message));
  const verifier = await createVerifier(key.publicJwk);
  if (!(await verifier(message, sig))) {
    throw new InterlatchError(
      "ERR_KEY",
      `The key ${key.keyid} gave a signature that does not verify.`,
    );
  }
  return { keyid: key.keyid, sig };
}

function byKeyid(a: EnvelopeSignature, b: EnvelopeSignature): number {
  if (a.keyid === b.keyid) return 0;
  return a.keyid < b.keyid ? -1 : 1;
}

/** An envelope as text. */
export function encodeEnvelope({ payloadType, payload, signatures }: Envelope): string {
  const fields = {
    payloadType,
    payload: encodeBase64(payload),
    signatures: signatures.map(({ keyid, sig }) => ({ keyid, sig: encodeBase64(sig) })),
  };
  return `${JSON.stringify(fields)}\n`;
}
