import { createHash } from "node:crypto";
import { importPrivateKey, type PublicJwk, type SigningKey } from "@interlatch/core/sign";
import { encodePem } from "../../packages/core/src/sign/pem.ts";

/**
 * The keys of the published vectors. They are no secrets: each is the SHA-256 of the text `interlatch vector key NAME`.
 * All but Dora's are Ed25519 keys, whose signatures come out the same on every machine (RFC 8032).
 */
export interface VectorKeys {
  /** Sign policies; two of them are needed. */
  readonly alice: SigningKey;
  readonly bob: SigningKey;
  /** Signs policies with ES256. */
  readonly dora: SigningKey;
  /** Listed for policies, and revoked. */
  readonly rita: SigningKey;
  /** Listed for policies, and past its end. */
  readonly eve: SigningKey;
  /** Sign trust roots; both are needed. */
  readonly rootA: SigningKey;
  readonly rootB: SigningKey;
  /** Sign the trust root after that. */
  readonly nextA: SigningKey;
  readonly nextB: SigningKey;
  /** Signs the status document and nothing else. */
  readonly clock: SigningKey;
  /** Has keys, and nobody trusts them. */
  readonly mallory: SigningKey;
}

/** PKCS#8 of an Ed25519 key (RFC 8410 section 7), but for the 32 bytes of the key itself. */
const ED25519_PREFIX = "302e020100300506032b657004220420";
/** PKCS#8 of a P-256 key (RFC 5915), without its public point, but for the 32 bytes of the key itself. */
const P256_PREFIX = "3041020100301306072a8648ce3d020106082a8648ce3d030107042730250201010420";

/**
 * ES256 signatures by Dora, by the SHA-256 of what is signed: the platform draws a random number for each, and a
 * vector must stay the same. A bundle that is changed needs a new one, which running the script then prints.
 */
const SIGNED_BY_DORA: Readonly<Record<string, string>> = {
  "6bf216f10fe3d93f1f3ca74e603e52ba50b1ce1c8182e7cc92aa9b81172dde99":
    "NDTwKkmecwRhXGAdpul+H8xKzlpvPRcVteqe6LJ8jQiguK9CvGovD7jNa5VZlXHLjLTjlq/XZER23YBIkMS1jg==",
};

/** Makes the keys. */
export async function vectorKeys(): Promise<VectorKeys> {
  return {
    alice: await ed25519("alice"),
    bob: await ed25519("bob"),
    dora: recorded(await importPrivateKey(pem(P256_PREFIX, "dora"))),
    rita: await ed25519("rita"),
    eve: await ed25519("eve"),
    rootA: await ed25519("rootA"),
    rootB: await ed25519("rootB"),
    nextA: await ed25519("nextA"),
    nextB: await ed25519("nextB"),
    clock: await ed25519("clock"),
    mallory: await ed25519("mallory"),
  };
}

function ed25519(name: string): Promise<SigningKey> {
  return importPrivateKey(pem(ED25519_PREFIX, name));
}

function pem(prefix: string, name: string): string {
  const secret = createHash("sha256").update(`interlatch vector key ${name}`).digest("hex");
  return encodePem(Buffer.from(`${prefix}${secret}`, "hex"));
}

function recorded(key: SigningKey): SigningKey {
  return {
    ...key,
    sign: async (message) => {
      const digest = createHash("sha256").update(message).digest("hex");
      const known = Object.hasOwn(SIGNED_BY_DORA, digest) ? SIGNED_BY_DORA[digest] : undefined;
      if (known !== undefined) return new Uint8Array(Buffer.from(known, "base64"));
      const fresh = Buffer.from(await key.sign(message)).toString("base64");
      throw new Error(`SIGNED_BY_DORA lacks "${digest}": "${fresh}"`);
    },
  };
}

/** A key as a trust root lists it. */
export function listed(
  { publicJwk }: SigningKey,
  notAfter = "2027-06-01T00:00:00Z",
): { readonly publicJwk: PublicJwk; readonly notBefore: string; readonly notAfter: string } {
  return { publicJwk, notBefore: "2026-01-01T00:00:00Z", notAfter };
}
