import {
  buildTrustRoot,
  signTrustRoot,
  thumbprint,
  type BuiltTrustRoot,
  type TrustRole,
} from "@interlatch/core/sign";
import { InterlatchError } from "@interlatch/core";
import { instantOf } from "./config-fields.ts";
import type { RootKey } from "./keys.ts";

/**
 * How long keys count beyond their root, in milliseconds: a root that has ended can still be followed by the next one,
 * which its keys must sign.
 */
const KEYS_OUTLIVE_MS = 365 * 86_400_000;

/** What the first trust root of a project says. */
export interface TrustPlan {
  readonly root: readonly RootKey[];
  readonly bundle: readonly RootKey[];
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
  const { root, bundle, from, expires, version = 1 } = plan;
  const [notBefore, notAfter] = [instantOf(from), instantOf(expires + KEYS_OUTLIVE_MS)];
  const byId = new Map<string, RootKey>();
  for (const key of [...bundle, ...root]) byId.set(await thumbprint(key.publicJwk), key);
  const built = await buildTrustRoot({
    version,
    expires: instantOf(expires),
    keys: [...byId.values()].map(({ publicJwk }) => ({ publicJwk, notBefore, notAfter })),
    roles: {
      root: await role(root, plan.rootThreshold),
      bundle: await role(bundle, plan.bundleThreshold),
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
