import {
  buildTrustRoot,
  signTrustRoot,
  thumbprint,
  type BuiltTrustRoot,
  type TrustRole,
} from "@interlatch/core/sign";
import { InterlatchError } from "@interlatch/core";
import { wrongUse } from "./arguments.ts";
import { instantOf, isInstant } from "./config-fields.ts";
import type { RootKey } from "./keys.ts";

/**
 * How long keys count beyond their root, in milliseconds: a root that has ended can still be followed by the next one,
 * which its keys must sign.
 */
export const KEYS_OUTLIVE_MS: number = 365 * 86_400_000;

/** How long a trust root lives when nothing else is said, in milliseconds. */
export const ROOT_LIFE_MS: number = 365 * 86_400_000;

/** What the first trust root of a project says. */
export interface TrustPlan {
  readonly root: readonly RootKey[];
  readonly bundle: readonly RootKey[];
  /** May sign the status document; one signature is enough. Likewise the two after it. Left out: nobody. */
  readonly status?: readonly RootKey[];
  readonly audit?: readonly RootKey[];
  readonly approval?: readonly RootKey[];
  /** How many of the root keys must sign a trust root, and of the bundle keys a bundle. */
  readonly rootThreshold: number;
  readonly bundleThreshold: number;
  /** Epoch milliseconds: from when its keys count, and when the root ends. */
  readonly from: number;
  readonly expires: number;
  /** Default 1. */
  readonly version?: number;
}

/** A trust root and what hosts pin. */
export interface MadeTrustRoot extends BuiltTrustRoot {
  /** `trust.json`. */
  readonly envelope: string;
  /** `sha256:HEX`. */
  readonly pin: string;
  /** How many root keys signed it. */
  readonly signatures: number;
}

/**
 * Builds a trust root and signs it with every root key whose private part is at hand.
 *
 * @throws ERR_TRUST_ROOT when a run time would refuse it
 * @throws ERR_KEY when none of the root keys can sign
 */
export async function makeTrustRoot(plan: TrustPlan): Promise<MadeTrustRoot> {
  const { root, bundle, status = [], audit = [], approval = [] } = plan;
  const { from, expires, version = 1 } = plan;
  const [notBefore, notAfter] = [instantOf(from), instantOf(expires + KEYS_OUTLIVE_MS)];
  const byId = new Map<string, RootKey>();
  for (const key of [...bundle, ...status, ...audit, ...approval, ...root])
    byId.set(await thumbprint(key.publicJwk), key);
  const built = await buildTrustRoot({
    version,
    expires: instantOf(expires),
    keys: [...byId.values()].map(({ publicJwk }) => ({ publicJwk, notBefore, notAfter })),
    roles: {
      root: await role(root, plan.rootThreshold),
      bundle: await role(bundle, plan.bundleThreshold),
      ...(status.length === 0 ? {} : { status: await role(status, 1) }),
      ...(audit.length === 0 ? {} : { audit: await role(audit, 1) }),
      ...(approval.length === 0 ? {} : { approval: await role(approval, 1) }),
    },
  });
  const signers = signersOf(root);
  if (signers.length === 0) {
    const message = "None of the root keys can sign: give the private key of at least one.";
    throw new InterlatchError("ERR_KEY", message);
  }
  const envelope = await signTrustRoot(built, signers);
  return { ...built, envelope, pin: `sha256:${built.digest}`, signatures: signers.length };
}

async function role(keys: readonly RootKey[], threshold: number): Promise<TrustRole> {
  const keyids = await Promise.all(keys.map(({ publicJwk }) => thumbprint(publicJwk)));
  return { keyids: [...new Set(keyids)], threshold };
}

/** Each key once, though it was named twice. */
function signersOf(keys: readonly RootKey[]): readonly NonNullable<RootKey["signing"]>[] {
  const signers = new Map<string, NonNullable<RootKey["signing"]>>();
  for (const { signing } of keys) if (signing !== undefined) signers.set(signing.keyid, signing);
  return [...signers.values()];
}

/** A threshold of a command line. @throws ERR_OPTIONS */
export function thresholdOf(option: string, text: string | undefined, otherwise: number): number {
  const threshold = Number(text ?? otherwise);
  if (Number.isSafeInteger(threshold) && threshold >= 1) return threshold;
  throw wrongUse(`${option} is a whole number from 1 on; found ${text}.`);
}

/** The end of a trust root, from a command line, in epoch milliseconds. @throws ERR_OPTIONS */
export function expiryOf(text: string | undefined, now: number): number {
  if (text === undefined) return now + ROOT_LIFE_MS;
  const instant = /^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00:00Z` : text;
  if (!isInstant(instant)) {
    throw wrongUse(`--expires is a date like 2027-01-31 or 2027-01-31T00:00:00Z; found ${text}.`);
  }
  const expires = Date.parse(instant);
  if (expires <= now) throw wrongUse(`--expires lies in the past: ${instantOf(expires)}.`);
  return expires;
}
