import { type PublicJwk, keyBytes } from "./jwk.ts";

/** Whether a signature over these bytes fits one key. */
export type Verifier = (
  message: Uint8Array<ArrayBuffer>,
  signature: Uint8Array<ArrayBuffer>,
) => Promise<boolean>;

/** Ed25519 signatures and ES256 ones in IEEE P1363 form; the DER form has many encodings of one signature. */
const SIGNATURE_BYTES = 64;

/**
 * Makes a verifier of a public key, by the platform's WebCrypto. Rejects when the point is not on its curve.
 *
 * The algorithm is the key's own. Nothing a signature carries chooses it (RFC 8725 section 3.1).
 */
export async function createVerifier(jwk: PublicJwk): Promise<Verifier> {
  const [imported, used] =
    jwk.kty === "OKP"
      ? (["Ed25519", "Ed25519"] as const)
      : ([
          { name: "ECDSA", namedCurve: "P-256" },
          { name: "ECDSA", hash: "SHA-256" },
        ] as const);
  const key = await crypto.subtle.importKey("raw", keyBytes(jwk), imported, false, ["verify"]);
  return async (message, signature) => {
    // An all-zero signature verified for every message in more than one library (CVE-2022-21449, CVE-2022-24884).
    if (signature.length !== SIGNATURE_BYTES || signature.every((byte) => byte === 0)) return false;
    return crypto.subtle.verify(used, key, signature, message);
  };
}
