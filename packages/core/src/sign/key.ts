import { InterlatchError } from "../errors/errors.ts";
import { place } from "../policy/shape.ts";
import { type Algorithm, type PublicJwk, publicJwk, thumbprint } from "../trust/jwk.ts";
import { decodePem, encodePem } from "./pem.ts";

/** A fresh key pair. `privateKey` is a secret. */
export interface GeneratedKey {
  /** RFC 7638 thumbprint. */
  readonly keyid: string;
  readonly alg: Algorithm;
  /** PKCS#8 as PEM text, not encrypted. */
  readonly privateKey: string;
  readonly publicJwk: PublicJwk;
}

/**
 * Something that signs. {@link importPrivateKey} makes one of a private key; an external signer (a KMS, a
 * hardware token) is one too when it gives 64 bytes: an Ed25519 signature, or ES256 in IEEE P1363 form.
 */
export interface SigningKey {
  /** RFC 7638 thumbprint. */
  readonly keyid: string;
  readonly alg: Algorithm;
  readonly publicJwk: PublicJwk;
  sign(message: Uint8Array<ArrayBuffer>): Promise<Uint8Array>;
}

const PARAMETERS = {
  Ed25519: { key: { name: "Ed25519" }, sign: { name: "Ed25519" } },
  ES256: { key: { name: "ECDSA", namedCurve: "P-256" }, sign: { name: "ECDSA", hash: "SHA-256" } },
} as const;

/**
 * Makes a key pair by the platform's random source.
 *
 * @example
 * ```ts
 * import { generateKey } from "@interlatch/core/sign";
 * const { keyid, publicJwk } = await generateKey({ alg: "Ed25519" });
 * console.log(keyid, publicJwk);
 * ```
 */
export async function generateKey(
  options: { readonly alg?: Algorithm } = {},
): Promise<GeneratedKey> {
  const { alg = "Ed25519" } = options;
  const pair = await crypto.subtle.generateKey(PARAMETERS[alg].key, true, ["sign", "verify"]);
  // The declared type allows one key; both algorithms give a pair.
  if (!("privateKey" in pair))
    throw new InterlatchError("ERR_KEY", "The platform made no key pair.");
  const pkcs8 = new Uint8Array(await crypto.subtle.exportKey("pkcs8", pair.privateKey));
  const jwk = publicPart(await crypto.subtle.exportKey("jwk", pair.publicKey), alg);
  return { keyid: await thumbprint(jwk), alg, privateKey: encodePem(pkcs8), publicJwk: jwk };
}

/**
 * Makes a signing key of a PKCS#8 private key in PEM text. The algorithm is the key's own.
 *
 * @throws ERR_KEY when it is not an Ed25519 or P-256 private key
 */
export async function importPrivateKey(pem: string): Promise<SigningKey> {
  const pkcs8 = decodePem(pem);
  for (const alg of ["Ed25519", "ES256"] as const) {
    const key = await tryImport(pkcs8, alg);
    if (key !== undefined) return key;
  }
  throw new InterlatchError("ERR_KEY", "The private key is neither Ed25519 nor P-256.");
}

async function tryImport(
  pkcs8: Uint8Array<ArrayBuffer>,
  alg: Algorithm,
): Promise<SigningKey | undefined> {
  const { key: imported, sign: used } = PARAMETERS[alg];
  let jwk: PublicJwk;
  try {
    const extractable = await crypto.subtle.importKey("pkcs8", pkcs8, imported, true, ["sign"]);
    jwk = publicPart(await crypto.subtle.exportKey("jwk", extractable), alg);
  } catch {
    // A key of the other algorithm; the caller says what it is when it fits neither.
    return undefined;
  }
  const key = await crypto.subtle.importKey("pkcs8", pkcs8, imported, false, ["sign"]);
  return Object.freeze({
    keyid: await thumbprint(jwk),
    alg,
    publicJwk: jwk,
    sign: async (message: Uint8Array<ArrayBuffer>) =>
      new Uint8Array(await crypto.subtle.sign(used, key, message)),
  });
}

/** The members of a public key, and nothing of what else the platform put beside them: above all not `d`. */
function publicPart(jwk: object, alg: Algorithm): PublicJwk {
  const members = alg === "Ed25519" ? ["kty", "crv", "x"] : ["kty", "crv", "x", "y"];
  const kept = Object.fromEntries(
    Object.entries(jwk).filter(([member]) => members.includes(member)),
  );
  return publicJwk(kept, alg, place("public key", "ERR_KEY"));
}
