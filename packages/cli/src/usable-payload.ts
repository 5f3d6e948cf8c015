import { type BundlePayload, memoryRollback, openTrustRoot, verifyBundle } from "@interlatch/core";
import { generateKey, importPrivateKey, signPayload } from "@interlatch/core/sign";
import { type Document, fieldsOf } from "./bundle-files.ts";
import { makeTrustRoot } from "./trust-roots.ts";

/** The longest life that hosts accept when nothing else is said, in milliseconds. */
export const HOST_LIFE_MS: number = 30 * 86_400_000;

const DAY_MS = 86_400_000;

/** A payload that hosts would take, were it signed by keys they trust. */
export interface UsablePayload {
  readonly payload: BundlePayload;
  /** Milliseconds. */
  readonly life: number;
}

/**
 * Refuses a payload that no host would take, before anybody signs it: it is signed in memory with a key that
 * is thrown away, and verified as a host does it on the first second of its life.
 *
 * @returns what it holds, and how long it lives in milliseconds
 * @throws the code that a host would refuse it with
 */
export async function refuseUnusable(document: Document, shown: string): Promise<UsablePayload> {
  const { audience, notBefore, expires } = fieldsOf(document, shown);
  const [first] = Array.isArray(audience) ? audience : [];
  const from = timeOf(notBefore);
  const life = timeOf(expires) - from;
  const key = await importPrivateKey((await generateKey()).privateKey);
  const keys = [{ publicJwk: key.publicJwk, signing: key }];
  const root = await makeTrustRoot({
    root: keys,
    bundle: keys,
    rootThreshold: 1,
    bundleThreshold: 1,
    from: from - DAY_MS,
    expires: from + DAY_MS,
  });
  const trust = await openTrustRoot({ document: root.envelope, digest: root.pin, now: from });
  const envelope = await signPayload({
    kind: "policy-bundle",
    payload: document.payload,
    keys: [key],
  });
  const { payload } = await verifyBundle(new TextEncoder().encode(envelope), {
    trust,
    // Fields that are not what they should be are refused by the payload's own check, in its words.
    audience: typeof first === "string" && first !== "" ? first : "none",
    now: from,
    rollback: memoryRollback(),
    // A host may ask for it; whoever signs is told, see `sign`.
    allowShadow: true,
    maxLifetimeDays: Math.max(1, Math.ceil(life / DAY_MS)),
  });
  return { payload, life };
}

/** Epoch milliseconds; a day after 1970 for what is no date, which the payload's check then names. */
function timeOf(value: unknown): number {
  const time = typeof value === "string" ? Date.parse(value) : Number.NaN;
  return Number.isFinite(time) ? time : DAY_MS;
}
