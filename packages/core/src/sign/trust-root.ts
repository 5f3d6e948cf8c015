import { payloadDigest } from "../bundle/digest.ts";
import {
  checkTrustRootDocument,
  type TrustRootDocument,
  type TrustRoles,
} from "../trust/document.ts";
import { algorithmOf, type PublicJwk, thumbprint } from "../trust/jwk.ts";
import { openKeyring } from "../trust/keyring.ts";
import type { SigningKey } from "./key.ts";
import { signPayload } from "./sign.ts";

/** One key of a trust root that is to be built. */
export interface TrustRootKey {
  readonly publicJwk: PublicJwk;
  /** `YYYY-MM-DDThh:mm:ssZ`. */
  readonly notBefore: string;
  /** `YYYY-MM-DDThh:mm:ssZ`. */
  readonly notAfter: string;
}

/** See {@link buildTrustRoot}. */
export interface TrustRootInput {
  /** 1 for the first; then always one more. */
  readonly version: number;
  /** `YYYY-MM-DDThh:mm:ssZ`. */
  readonly expires: string;
  readonly keys: readonly TrustRootKey[];
  /** By RFC 7638 thumbprint. */
  readonly roles: TrustRoles;
  readonly revokedKeys?: readonly string[];
}

/** A trust root before it is signed. */
export interface BuiltTrustRoot {
  readonly document: TrustRootDocument;
  readonly payload: Uint8Array<ArrayBuffer>;
  /** Lower-case hexadecimal SHA-256 of `payload`: what hosts pin. Signing does not change it. */
  readonly digest: string;
}

/**
 * Builds the payload of a trust root and checks it as a run time will. The same input gives the same bytes.
 *
 * @throws ERR_TRUST_ROOT when a run time would refuse it
 */
export async function buildTrustRoot(input: TrustRootInput): Promise<BuiltTrustRoot> {
  const keys: [string, TrustRootDocument["keys"][string]][] = [];
  for (const { publicJwk: jwk, notBefore, notAfter } of input.keys) {
    keys.push([await thumbprint(jwk), { alg: algorithmOf(jwk), jwk, notBefore, notAfter }]);
  }
  const document = checkTrustRootDocument({
    format: 1,
    version: input.version,
    expires: input.expires,
    keys: Object.fromEntries(keys),
    roles: input.roles,
    revokedKeys: input.revokedKeys ?? [],
  });
  await openKeyring(document);
  const payload = new TextEncoder().encode(`${JSON.stringify(document, null, 2)}\n`);
  return { document, payload, digest: await payloadDigest(payload) };
}

/**
 * Signs a trust root. The first is signed by its own root keys at their threshold; every later one also by those of
 * the version before it. Signatures that are missing can be added one by one with `addSignature`.
 *
 * @returns the envelope as text: `trust.json`
 * @throws ERR_KEY
 * @example
 * ```ts
 * import { buildTrustRoot, generateKey, importPrivateKey, signTrustRoot } from "@interlatch/core/sign";
 *
 * const { keyid, privateKey, publicJwk } = await generateKey();
 * const only = { keyids: [keyid], threshold: 1 };
 * const root = await buildTrustRoot({
 *   version: 1,
 *   expires: "2027-12-31T00:00:00Z",
 *   keys: [{ publicJwk, notBefore: "2026-01-01T00:00:00Z", notAfter: "2027-12-31T00:00:00Z" }],
 *   roles: { root: only, bundle: only },
 * });
 * const trustJson = await signTrustRoot(root, [await importPrivateKey(privateKey)]);
 * console.log(`pin sha256:${root.digest}`, trustJson);
 * ```
 */
export function signTrustRoot(
  { payload }: Pick<BuiltTrustRoot, "payload">,
  keys: readonly SigningKey[],
): Promise<string> {
  return signPayload({ kind: "trust-root", payload, keys });
}
