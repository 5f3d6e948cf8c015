import { payloadDigest } from "../bundle/digest.ts";
import { readEnvelope } from "../bundle/envelope.ts";
import { CLOCK_SKEW_MS } from "../bundle/instant.ts";
import { moveForward } from "../bundle/never-backwards.ts";
import type { RollbackStore } from "../bundle/rollback.ts";
import { parseStrictJson } from "../bundle/strict-json.ts";
import { InterlatchError } from "../errors/errors.ts";
import { keyringOf, type TrustRoot } from "../trust/root.ts";
import { verifySigners } from "../trust/signers.ts";
import { checkStatusDocument, type StatusDocument } from "./document.ts";

/** See {@link verifyStatus}. */
export interface StatusVerifyOptions {
  readonly trust: TrustRoot;
  /** The environment this host is. The status must be made for it. */
  readonly audience: string;
  /** Epoch milliseconds. */
  readonly now: number;
  readonly rollback: RollbackStore;
  /** Thumbprints that the status in use has revoked: they sign no later one. */
  readonly revokedKeys?: readonly string[];
}

/** A status document that was verified here. */
export interface VerifiedStatus {
  readonly document: StatusDocument;
  /** Lower-case hexadecimal SHA-256 of the payload. */
  readonly digest: string;
  /** Thumbprints of the keys that signed. */
  readonly signers: readonly string[];
  /** Epoch milliseconds. */
  readonly issued: number;
  readonly expires: number;
}

/** The longest life of a status document, in milliseconds: 7 days. */
export const MAX_STATUS_LIFE_MS = 604_800_000;

/** Room for every list of a status document, and a few levels more than it is deep. */
export const STATUS_LIMITS = { bytes: 2_097_152, depth: 8 } as const;

/**
 * Verifies a signed status document. As with bundles there is no way round a check, what is parsed is what was
 * verified, and the rollback state (`status#<audience>`) advances only when all else passed.
 *
 * @param bytes - the envelope; copied, so that nobody can change it meanwhile
 * @throws ERR_BUNDLE_* as `verifyBundle` throws them: the bytes are not a strict envelope of a status, or not signed by
 * enough keys of the role `status`
 * @throws ERR_STATUS it is malformed
 * @throws ERR_STATUS_AUDIENCE, ERR_STATUS_DATES, ERR_STATUS_EXPIRED it is not for this host now
 * @throws ERR_STATUS_ROLLBACK a later one was in use, or this version with other content
 * @throws ERR_ROLLBACK_STATE, ERR_TRUST_ROOT_EXPIRED, ERR_OPTIONS
 */
export async function verifyStatus(
  bytes: Uint8Array,
  options: StatusVerifyOptions,
): Promise<VerifiedStatus> {
  const { trust, audience, now, rollback, revokedKeys = [] } = options;
  if (bytes.length > STATUS_LIMITS.bytes) {
    throw new InterlatchError(
      "ERR_BUNDLE_TOO_LARGE",
      `The status has ${bytes.length} bytes; at most ${STATUS_LIMITS.bytes} are read.`,
    );
  }
  const keyring = keyringOf(trust, now);
  const envelope = readEnvelope(new Uint8Array(bytes), "status");
  const [signers, digest] = await Promise.all([
    verifySigners(envelope, keyring, "status", now),
    payloadDigest(envelope.payload),
  ]);
  const document = checkStatusDocument(parseStrictJson(envelope.payload, STATUS_LIMITS));
  refuseRevoked(signers, [...revokedKeys, ...document.revoked.keys], trust);
  if (!document.audience.includes(audience)) {
    throw new InterlatchError(
      "ERR_STATUS_AUDIENCE",
      `The status is made for ${document.audience.join(", ")}; this host is ${audience}.`,
    );
  }
  const dates = datesOf(document, now);
  const entry = { version: document.version, digest };
  await moveForward(rollback, `status#${audience}`, entry, "ERR_STATUS_ROLLBACK");
  return Object.freeze({ document, digest, signers, ...dates });
}

/** A status key that leaked must not sign its own revocation away. */
function refuseRevoked(
  signers: readonly string[],
  revoked: readonly string[],
  { document }: TrustRoot,
): void {
  const left = signers.filter((keyid) => !revoked.includes(keyid)).length;
  // Without the role nothing was verified at all; then no number is enough.
  if (!(left >= (document.roles.status?.threshold ?? Infinity))) {
    throw new InterlatchError(
      "ERR_BUNDLE_KEY_REVOKED",
      "The status is signed by a key that the status revokes. Sign it with another key of the role status.",
    );
  }
}

function datesOf(
  document: StatusDocument,
  now: number,
): Pick<VerifiedStatus, "issued" | "expires"> {
  // Both went through `instant`.
  const [issued, expires] = [Date.parse(document.issued), Date.parse(document.expires)];
  if (!(issued < expires && expires - issued <= MAX_STATUS_LIFE_MS)) {
    throw new InterlatchError(
      "ERR_STATUS_DATES",
      "The status ends before it was issued, or more than 7 days after.",
    );
  }
  if (!(now >= issued - CLOCK_SKEW_MS)) {
    throw new InterlatchError(
      "ERR_STATUS_DATES",
      `The status was issued ${document.issued}, which is still to come here: check the clocks.`,
    );
  }
  if (!(now < expires)) {
    throw new InterlatchError(
      "ERR_STATUS_EXPIRED",
      `The status ended ${document.expires}. Sign and publish the next one: interlatch status sign.`,
    );
  }
  return { issued, expires };
}
