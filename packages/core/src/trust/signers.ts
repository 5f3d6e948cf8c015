import { type Envelope, type EnvelopeSignature, preAuthEncoding } from "../bundle/envelope.ts";
import { CLOCK_SKEW_MS, parseInstant } from "../bundle/instant.ts";
import { InterlatchError } from "../errors/errors.ts";
import type { RoleName, TrustRole, TrustRootDocument, TrustedKey } from "./document.ts";
import type { Keyring } from "./keyring.ts";

/** Why a signature counts for nothing although its key is listed for the role. */
type Idle = "revoked" | "out of time";

/**
 * Verifies an envelope for a role and returns the thumbprints of the keys that signed it, each once.
 *
 * Signatures by keys that the role does not list are passed over, as DSSE demands. A signature that names a
 * listed key and does not fit is refused although others might suffice: somebody changed something.
 *
 * @param now - epoch milliseconds; a key counts from its `notBefore` (less a skew of 60 s) until its `notAfter`
 * @throws ERR_BUNDLE_SIGNATURE no trusted signature, or one that does not fit
 * @throws ERR_BUNDLE_THRESHOLD too few of them
 * @throws ERR_BUNDLE_KEY_REVOKED, ERR_BUNDLE_KEY_EXPIRED too few, and this is why
 */
export async function verifySigners(
  envelope: Envelope,
  keyring: Keyring,
  role: RoleName,
  now: number,
): Promise<readonly string[]> {
  const listed = keyring.document.roles[role];
  if (listed === undefined) {
    throw new InterlatchError(
      "ERR_BUNDLE_SIGNATURE",
      `The trust root has no keys for the role ${role}.`,
    );
  }
  const message = preAuthEncoding(envelope.payloadType, envelope.payload);
  const signers = new Set<string>();
  const idle = new Set<Idle>();
  for (const signature of envelope.signatures) {
    const key = keyring.document.keys[signature.keyid];
    // Own names only: the keys of the document are an object without prototype.
    if (key === undefined || !listed.keyids.includes(signature.keyid)) continue;
    const why = idleness(keyring, signature.keyid, key, now);
    if (why === undefined) {
      await verifyOne(signature, keyring, message);
      signers.add(signature.keyid);
    } else {
      idle.add(why);
    }
  }
  if (signers.size < listed.threshold) throw tooFew(role, listed, signers.size, idle);
  return Object.freeze([...signers]);
}

/**
 * Until when a bundle's signatures reach the threshold under a root, in epoch milliseconds: a host that runs on trusts
 * nothing longer than one that starts anew.
 *
 * @param signers - from {@link verifySigners}, under this root
 */
export function trustedUntil(
  { keys, expires, roles }: TrustRootDocument,
  signers: readonly string[],
): number {
  const ends = signers.map((id) => Date.parse(keys[id]?.notAfter ?? "")).toSorted((a, b) => b - a);
  return Math.min(Date.parse(expires), ends[roles.bundle.threshold - 1] ?? 0);
}

async function verifyOne(
  { keyid, sig }: EnvelopeSignature,
  { verifiers }: Keyring,
  message: Uint8Array<ArrayBuffer>,
): Promise<void> {
  const verifier = verifiers.get(keyid);
  if (verifier === undefined || !(await verifier(message, sig))) {
    throw new InterlatchError(
      "ERR_BUNDLE_SIGNATURE",
      `The signature of key ${keyid} does not fit: the document or the signature was changed.`,
    );
  }
}

function idleness(
  { document }: Keyring,
  keyid: string,
  key: TrustedKey,
  now: number,
): Idle | undefined {
  if (document.revokedKeys.includes(keyid)) return "revoked";
  const from = parseInstant(key.notBefore);
  const until = parseInstant(key.notAfter);
  const inTime =
    from !== undefined && until !== undefined && now >= from - CLOCK_SKEW_MS && now < until;
  return inTime ? undefined : "out of time";
}

function tooFew(
  role: RoleName,
  { threshold }: TrustRole,
  count: number,
  idle: ReadonlySet<Idle>,
): InterlatchError {
  const needed = `The role ${role} needs ${threshold} signatures; ${count} count`;
  if (idle.has("revoked")) {
    return new InterlatchError(
      "ERR_BUNDLE_KEY_REVOKED",
      `${needed}: a key that signed is revoked.`,
    );
  }
  if (idle.has("out of time")) {
    return new InterlatchError(
      "ERR_BUNDLE_KEY_EXPIRED",
      `${needed}: a key that signed is past its end or before its beginning.`,
    );
  }
  return count === 0
    ? new InterlatchError("ERR_BUNDLE_SIGNATURE", `No key of the role ${role} signed the document.`)
    : new InterlatchError("ERR_BUNDLE_THRESHOLD", `${needed}.`);
}
