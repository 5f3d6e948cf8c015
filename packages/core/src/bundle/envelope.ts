import { InterlatchError } from "../errors/errors.ts";
import { type Place, closed, coded, place, quote, refuse } from "../policy/shape.ts";
import { listOf, text } from "../policy/shape-values.ts";
import { decodeBase64 } from "./base64.ts";
import { parseStrictJson } from "./strict-json.ts";

/** What a signed document is. A signature over one kind never verifies as another: the kind is part of what is signed. */
export const DOCUMENT_KINDS = [
  "policy-bundle",
  "trust-root",
  "status",
  "approval",
  "checkpoint",
] as const;
/** One of {@link DOCUMENT_KINDS}. */
export type DocumentKind = (typeof DOCUMENT_KINDS)[number];

/** Bounds on an envelope: 12 MiB, of which the payload may be 8 MiB. Beyond them: `ERR_BUNDLE_TOO_LARGE`. */
export const ENVELOPE_LIMITS = {
  bytes: 12_582_912,
  payloadBytes: 8_388_608,
  /** Each costs a verification: a flood of them must not keep a host busy. */
  signatures: 16,
} as const;

/** An envelope is 3 deep. A little more, so that a foreign field is called what it is and not too deep. */
const ENVELOPE_DEPTH = 8;

/** A DSSE envelope, taken apart. Nothing in it is verified yet. */
export interface Envelope {
  readonly payloadType: string;
  readonly payload: Uint8Array<ArrayBuffer>;
  readonly signatures: readonly EnvelopeSignature[];
}

/** One signature of an {@link Envelope}, not verified. */
export interface EnvelopeSignature {
  /** RFC 7638 thumbprint of the key that is said to have signed. A hint, never trusted. */
  readonly keyid: string;
  readonly sig: Uint8Array<ArrayBuffer>;
}

/** `application/vnd.interlatch.<kind>.v1+json` */
export function payloadTypeOf(kind: DocumentKind): string {
  return `application/vnd.interlatch.${kind}.v1+json`;
}

interface EnvelopeFields {
  readonly payloadType: string;
  readonly payload: string;
  readonly signatures: readonly { readonly keyid: string; readonly sig: string }[];
}

const MAX_FIELD = 1_024;
const signatureFields = closed<EnvelopeFields["signatures"][number]>({
  keyid: text(MAX_FIELD),
  sig: text(MAX_FIELD),
});
const signatureList = listOf(signatureFields, 0, ENVELOPE_LIMITS.signatures);
const envelopeFields = closed<EnvelopeFields>(
  { payloadType: text(MAX_FIELD), payload: text(ENVELOPE_LIMITS.bytes), signatures },
  // An envelope stripped of its signatures is an unsigned one and not a slip of the pen.
  { signatures: "ERR_BUNDLE_SIGNATURE" },
);

function signatures(value: unknown, at: Place): EnvelopeFields["signatures"] {
  if (Array.isArray(value) && value.length > ENVELOPE_LIMITS.signatures) {
    const what = `${value.length} signatures; at most ${ENVELOPE_LIMITS.signatures} are read`;
    return refuse(at, what, "ERR_BUNDLE_TOO_LARGE");
  }
  return signatureList(value, coded(at, "ERR_BUNDLE_FORMAT"));
}

/**
 * Takes a DSSE envelope (Dead Simple Signing Envelope v1.0) apart, in a strict profile: exactly the fields
 * `payloadType`, `payload`, `signatures`, each signature exactly `keyid` and `sig`, canonical standard base64.
 * No algorithm, key or address has a place in it, so none can be confused or injected.
 *
 * @param bytes - the envelope; nobody may change them meanwhile
 * @param kind - the one kind of document that is expected here
 * @throws ERR_BUNDLE_TYPE when it is of another kind, and the codes of {@link parseStrictJson}
 */
export function readEnvelope(bytes: Uint8Array, kind: DocumentKind): Envelope {
  const envelope = readAnyEnvelope(bytes);
  if (envelope.payloadType !== payloadTypeOf(kind)) {
    throw new InterlatchError(
      "ERR_BUNDLE_TYPE",
      `Expected a document of type ${payloadTypeOf(kind)}, found ${quote(envelope.payloadType)}.`,
    );
  }
  return envelope;
}

/** {@link readEnvelope} for a document of any kind: to add a signature or to look at it, never to trust it. */
export function readAnyEnvelope(bytes: Uint8Array): Envelope {
  const value = parseStrictJson(bytes, { bytes: ENVELOPE_LIMITS.bytes, depth: ENVELOPE_DEPTH });
  const fields = envelopeFields(
    value,
    place("envelope", "ERR_BUNDLE_FORMAT", "ERR_BUNDLE_UNKNOWN_FIELD"),
  );
  const payload = base64(fields.payload, "envelope.payload");
  if (payload.length > ENVELOPE_LIMITS.payloadBytes) {
    throw new InterlatchError(
      "ERR_BUNDLE_TOO_LARGE",
      `The payload has ${payload.length} bytes; at most ${ENVELOPE_LIMITS.payloadBytes} are read.`,
    );
  }
  return {
    payloadType: fields.payloadType,
    payload,
    signatures: fields.signatures.map(({ keyid, sig }, index) => ({
      keyid,
      sig: base64(sig, `envelope.signatures[${index}].sig`),
    })),
  };
}

function base64(encoded: string, what: string): Uint8Array<ArrayBuffer> {
  const bytes = decodeBase64(encoded);
  if (bytes === undefined) {
    throw new InterlatchError("ERR_BUNDLE_ENCODING", `${what} is not canonical standard base64.`);
  }
  return bytes;
}

const encoder = new TextEncoder();

/**
 * DSSE's pre-authentication encoding: what is really signed. Type and payload stand in it with their lengths, so
 * that no other split into type and payload, and no bare payload, gives the same bytes.
 */
export function preAuthEncoding(payloadType: string, payload: Uint8Array): Uint8Array<ArrayBuffer> {
  const type = encoder.encode(payloadType);
  const before = encoder.encode(`DSSEv1 ${type.length} ${payloadType} ${payload.length} `);
  const message = new Uint8Array(before.length + payload.length);
  message.set(before);
  message.set(payload, before.length);
  return message;
}
