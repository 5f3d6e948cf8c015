import { decodeBase64Url, encodeBase64Url } from "../bundle/base64.ts";
import { toHex } from "../snapshot/hash.ts";
import { type Check, type Place, closed, refuse, within } from "../policy/shape.ts";
import { oneOf, text } from "../policy/shape-values.ts";

/** The signature algorithms: Ed25519 (RFC 8032) and ECDSA over P-256 with SHA-256 (FIPS 186-5). Nothing else, nothing symmetric. */
export const ALGORITHMS = ["Ed25519", "ES256"] as const;
/** One of {@link ALGORITHMS}. */
export type Algorithm = (typeof ALGORITHMS)[number];

/** A public key (RFC 7517, RFC 8037) with the members its thumbprint is made of, and no others. */
export type PublicJwk =
  | { readonly kty: "OKP"; readonly crv: "Ed25519"; readonly x: string }
  | { readonly kty: "EC"; readonly crv: "P-256"; readonly x: string; readonly y: string };

const ed25519 = closed<Extract<PublicJwk, { readonly kty: "OKP" }>>({
  kty: oneOf(["OKP"]),
  crv: oneOf(["Ed25519"]),
  x: coordinate,
});
const es256 = closed<Extract<PublicJwk, { readonly kty: "EC" }>>({
  kty: oneOf(["EC"]),
  crv: oneOf(["P-256"]),
  x: coordinate,
  y: coordinate,
});
const checks: { readonly [Name in Algorithm]: Check<PublicJwk> } = {
  Ed25519: ed25519,
  ES256: es256,
};

function coordinate(value: unknown, at: Place): string {
  const encoded = text(64)(value, at);
  return decodeBase64Url(encoded)?.length === 32
    ? encoded
    : refuse(at, "expected 32 bytes in canonical base64url");
}

/** Checks a public key against the algorithm it is listed for: a key is used with that one algorithm and no other. */
export function publicJwk(value: unknown, alg: Algorithm, at: Place): PublicJwk {
  const jwk = checks[alg](value, at);
  if (jwk.kty === "OKP" && isSmallOrder(keyBytes(jwk))) {
    return refuse(within(at, "x"), "is a point of small order, for which anybody can sign");
  }
  return jwk;
}

/** The algorithm a key is for. */
export function algorithmOf(jwk: PublicJwk): Algorithm {
  return jwk.kty === "OKP" ? "Ed25519" : "ES256";
}

/** The key as bytes: the 32 of RFC 8032, or the uncompressed point of SEC 1. */
export function keyBytes(jwk: PublicJwk): Uint8Array<ArrayBuffer> {
  // Both coordinates went through `coordinate`.
  const x = decodeBase64Url(jwk.x) ?? new Uint8Array();
  if (jwk.kty === "OKP") return x;
  const y = decodeBase64Url(jwk.y) ?? new Uint8Array();
  const point = new Uint8Array(1 + x.length + y.length);
  point[0] = 4;
  point.set(x, 1);
  point.set(y, 1 + x.length);
  return point;
}

/**
 * The id of a key: its SHA-256 thumbprint (RFC 7638), base64url. Always recomputed and never believed,
 * so that one key cannot count twice under two ids.
 */
export async function thumbprint(jwk: PublicJwk): Promise<string> {
  // Exactly the required members, in lexicographic order, without white space.
  const members =
    jwk.kty === "OKP"
      ? { crv: jwk.crv, kty: jwk.kty, x: jwk.x }
      : { crv: jwk.crv, kty: jwk.kty, x: jwk.x, y: jwk.y };
  const bytes = new TextEncoder().encode(JSON.stringify(members));
  return encodeBase64Url(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)));
}

/**
 * The y coordinates, in hexadecimal and with the sign bit cleared, of the points of small order on
 * Curve25519's Edwards form, with the encodings that exceed the field. For such a "key" one signature fits
 * many messages: it would be a back door that looks like any other key. RFC 8032 lets a verifier accept it, and
 * Node 20 does; Node 24 does not.
 */
const SMALL_ORDER: readonly string[] = [
  "0000000000000000000000000000000000000000000000000000000000000000",
  "0100000000000000000000000000000000000000000000000000000000000000",
  "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
  "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
  "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
];

function isSmallOrder(key: Uint8Array): boolean {
  const withoutSign = key.slice();
  withoutSign[31] = (withoutSign[31] ?? 0) & 0x7f;
  return SMALL_ORDER.includes(toHex(withoutSign));
}
