import { type Envelope, preAuthEncoding } from "../bundle/envelope.ts";
import { CLOCK_SKEW_MS } from "../bundle/instant.ts";
import type { RoleName, TrustRootDocument } from "../trust/document.ts";
import { openKeyring } from "../trust/keyring.ts";

/** How far the signatures of a document reach. Key ids are RFC 7638 thumbprints. */
export interface CountedSignatures {
  readonly threshold: number;
  /** Keys of the role whose signature is there, fits and counts. */
  readonly signed: readonly string[];
  /** Keys of the role that have not signed and whose signature would count. */
  readonly able: readonly string[];
  /** Keys of the role whose signature is there and does not fit: a run time refuses the document for one of them. */
  readonly wrong: readonly string[];
  /** How many signatures are missing. */
  readonly missing: number;
}

/**
 * Counts the signatures of an envelope for a role of a trust root: who has signed, and who still can. For people who
 * gather signatures; a run time asks for all of them at once.
 *
 * @param root - that says who may sign: for a trust root, the one before it, and itself
 * @param now - epoch milliseconds
 * @throws ERR_TRUST_ROOT when a key of the root cannot be used
 */
export async function countSignatures(
  envelope: Envelope,
  root: TrustRootDocument,
  role: RoleName,
  now: number,
): Promise<CountedSignatures> {
  const { keyids, threshold } = root.roles[role] ?? { keyids: [], threshold: 1 };
  const { verifiers } = await openKeyring(root);
  const message = preAuthEncoding(envelope.payloadType, envelope.payload);
  const [signed, able, wrong]: [string[], string[], string[]] = [[], [], []];
  for (const keyid of keyids) {
    if (!isUsable(root, keyid, now)) continue;
    const signature = envelope.signatures.find((each) => each.keyid === keyid);
    if (signature === undefined) able.push(keyid);
    else if (await verifiers.get(keyid)?.(message, signature.sig)) signed.push(keyid);
    else wrong.push(keyid);
  }
  return { threshold, signed, able, wrong, missing: Math.max(0, threshold - signed.length) };
}

function isUsable({ keys, revokedKeys }: TrustRootDocument, keyid: string, now: number): boolean {
  const key = Object.hasOwn(keys, keyid) ? keys[keyid] : undefined;
  if (key === undefined || revokedKeys.includes(keyid)) return false;
  return now >= Date.parse(key.notBefore) - CLOCK_SKEW_MS && now < Date.parse(key.notAfter);
}
