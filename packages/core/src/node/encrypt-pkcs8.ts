import { createCipheriv, pbkdf2, randomBytes } from "node:crypto";
import { promisify } from "node:util";

/**
 * What OWASP recommends for PBKDF2 with HMAC-SHA-256 (Password Storage Cheat Sheet, 2023). The platform's own export
 * uses 2,048, which a graphics card tries a million times a second.
 */
const ITERATIONS = 600_000;
const SALT_BYTES = 16;
const KEY_BYTES = 32;
const IV_BYTES = 16;

const derive = promisify(pbkdf2);

/**
 * Encrypts a PKCS#8 private key with a passphrase: PBES2 (RFC 8018) with PBKDF2-HMAC-SHA-256 and AES-256-CBC, which
 * `openssl pkcs8` and `node:crypto` read.
 *
 * @param pkcs8 - DER
 * @returns PEM text (RFC 7468)
 */
export async function encryptPkcs8(pkcs8: Uint8Array, passphrase: string): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  const iv = randomBytes(IV_BYTES);
  const key = await derive(passphrase, salt, ITERATIONS, KEY_BYTES, "sha256");
  const cipher = createCipheriv("aes-256-cbc", key, iv);
  const encrypted = Buffer.concat([cipher.update(pkcs8), cipher.final()]);
  const der = sequence(
    sequence(PBES2, sequence(keyDerivation(salt), sequence(AES_256_CBC, octets(iv)))),
    octets(encrypted),
  );
  const lines = der.toString("base64").match(/.{1,64}/g) ?? [];
  const label = "ENCRYPTED PRIVATE KEY-----";
  return [`-----BEGIN ${label}`, ...lines, `-----END ${label}`, ""].join("\n");
}

function keyDerivation(salt: Uint8Array): Buffer {
  const count = element(0x02, Buffer.from([ITERATIONS >> 16, ITERATIONS >> 8, ITERATIONS]));
  return sequence(PBKDF2, sequence(octets(salt), count, sequence(HMAC_SHA256, element(0x05))));
}

/** 1.2.840.113549.1.5.13 */
const PBES2 = identifier("2a864886f70d01050d");
/** 1.2.840.113549.1.5.12 */
const PBKDF2 = identifier("2a864886f70d01050c");
/** 1.2.840.113549.2.9 */
const HMAC_SHA256 = identifier("2a864886f70d0209");
/** 2.16.840.1.101.3.4.1.42 */
const AES_256_CBC = identifier("60864801650304012a");

function identifier(hex: string): Buffer {
  return element(0x06, Buffer.from(hex, "hex"));
}

function sequence(...parts: readonly Uint8Array[]): Buffer {
  return element(0x30, ...parts);
}

function octets(bytes: Uint8Array): Buffer {
  return element(0x04, bytes);
}

/** One element of DER (X.690): tag, length in the shortest form, content. */
function element(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const header =
    length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length];
  return Buffer.concat([Buffer.from([tag, ...header]), content]);
}
