import { decodeBase64, encodeBase64 } from "../bundle/base64.ts";
import { InterlatchError } from "../errors/errors.ts";

const BEGIN = "-----BEGIN PRIVATE KEY-----";
const END = "-----END PRIVATE KEY-----";

/** A PKCS#8 private key as PEM text (RFC 7468). */
export function encodePem(der: Uint8Array): string {
  const lines = encodeBase64(der).match(/.{1,64}/g) ?? [];
  return [BEGIN, ...lines, END, ""].join("\n");
}

/**
 * The bytes of a PKCS#8 private key in PEM text. Lines may end either way and stand on one line with spaces between,
 * as environment variables have them.
 *
 * @throws ERR_KEY when the text is anything else; it says so for an encrypted key
 */
export function decodePem(pem: string): Uint8Array<ArrayBuffer> {
  const text = pem.trim();
  if (text.startsWith("-----BEGIN ENCRYPTED PRIVATE KEY-----")) {
    throw new InterlatchError("ERR_KEY", "The private key is encrypted and needs its passphrase.");
  }
  const der =
    text.startsWith(BEGIN) && text.endsWith(END)
      ? decodeBase64(text.slice(BEGIN.length, -END.length).replace(/\s+/g, ""))
      : undefined;
  if (der === undefined || der.length === 0) {
    throw new InterlatchError("ERR_KEY", "The private key is not PKCS#8 in PEM form.");
  }
  return der;
}
