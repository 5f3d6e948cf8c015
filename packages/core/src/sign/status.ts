import { type Envelope, preAuthEncoding } from "../bundle/envelope.ts";
import { parseStrictJson } from "../bundle/strict-json.ts";
import { InterlatchError } from "../errors/errors.ts";
import { checkStatusDocument, type KillSwitch, type StatusDocument } from "../status/document.ts";
import { MAX_STATUS_LIFE_MS, STATUS_LIMITS } from "../status/verify.ts";
import { type PublicJwk, thumbprint } from "../trust/jwk.ts";
import { createVerifier } from "../trust/verifier.ts";

/** See {@link buildStatus}. */
export interface StatusInput extends Pick<
  StatusDocument,
  "version" | "audience" | "issued" | "expires" | "streams" | "refresh"
> {
  /** Default: nothing. */
  readonly revoked?: Partial<StatusDocument["revoked"]>;
  /** Default: nothing is switched off. */
  readonly kill?: KillSwitch;
}

/** A status before it is signed. */
export interface BuiltStatus {
  readonly document: StatusDocument;
  readonly payload: Uint8Array<ArrayBuffer>;
}

/**
 * Builds the payload of a status document and checks it as a run time will. The same input gives the same bytes.
 *
 * @throws ERR_STATUS, ERR_STATUS_AUDIENCE, ERR_STATUS_DATES when a run time would refuse it
 * @example
 * ```ts
 * import { buildStatus, signPayload, type SigningKey } from "@interlatch/core/sign";
 *
 * async function stopRefunds(key: SigningKey, digest: string) {
 *   const { payload } = buildStatus({
 *     version: 8,
 *     audience: ["prod"],
 *     issued: "2026-06-15T12:00:00Z",
 *     expires: "2026-06-15T13:00:00Z",
 *     streams: { "acme-support": { version: 7, digest } },
 *     kill: { tools: ["refund*"], reason: "refunds are paid twice" },
 *   });
 *   return signPayload({ kind: "status", payload, keys: [key] });
 * }
 * ```
 */
export function buildStatus(input: StatusInput): BuiltStatus {
  const { version, audience, issued, expires, streams, revoked = {}, kill = {}, refresh } = input;
  const document = checkStatusDocument({
    format: 1,
    version,
    audience,
    issued,
    expires,
    streams,
    revoked: { bundles: revoked.bundles ?? [], keys: revoked.keys ?? [] },
    kill,
    ...(refresh === undefined ? {} : { refresh }),
  });
  const life = Date.parse(document.expires) - Date.parse(document.issued);
  if (!(life > 0 && life <= MAX_STATUS_LIFE_MS)) {
    throw new InterlatchError(
      "ERR_STATUS_DATES",
      "A status ends after it is issued, and at most 7 days after.",
    );
  }
  const payload = new TextEncoder().encode(`${JSON.stringify(document, null, 2)}\n`);
  return { document, payload };
}

/**
 * What a status payload says, its form checked and nothing else: to make the next one of it, never to trust it.
 *
 * @throws ERR_STATUS, and the codes of malformed JSON
 */
export function readStatusDocument(payload: Uint8Array): StatusDocument {
  return checkStatusDocument(parseStrictJson(payload, STATUS_LIMITS));
}

/** Whether one of an envelope's signatures is of this key and fits. */
export async function isSignedBy(envelope: Envelope, jwk: PublicJwk): Promise<boolean> {
  const [keyid, verifier] = [await thumbprint(jwk), await createVerifier(jwk)];
  const message = preAuthEncoding(envelope.payloadType, envelope.payload);
  for (const signature of envelope.signatures) {
    if (signature.keyid === keyid && (await verifier(message, signature.sig))) return true;
  }
  return false;
}
