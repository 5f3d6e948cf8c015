const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const URL_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const NO_DIGIT = 64;

/** The value of each digit by character code; everything else is {@link NO_DIGIT}. */
function digitsOf(alphabet: string): Uint8Array {
  const table = new Uint8Array(256).fill(NO_DIGIT);
  for (let value = 0; value < alphabet.length; value += 1)
    table[alphabet.charCodeAt(value)] = value;
  return table;
}

const DIGITS = digitsOf(ALPHABET);
const URL_DIGITS = digitsOf(URL_ALPHABET);

/**
 * Decodes canonical standard base64 (RFC 4648 section 4): with padding, without white space, and the bits
 * that the last digit has to spare are zero. So `encodeBase64` of the result is the same text, and there are no
 * two texts for one signature.
 *
 * @returns the bytes, or `undefined` when the text is anything else
 */
export function decodeBase64(text: string): Uint8Array<ArrayBuffer> | undefined {
  if (text.length % 4 !== 0) return undefined;
  const padding = text.endsWith("==") ? 2 : text.endsWith("=") ? 1 : 0;
  return decodeDigits(text, text.length - padding, DIGITS);
}

/** Decodes canonical base64url without padding (RFC 4648 section 5), as JSON Web Keys use it. */
export function decodeBase64Url(text: string): Uint8Array<ArrayBuffer> | undefined {
  return text.length % 4 === 1 ? undefined : decodeDigits(text, text.length, URL_DIGITS);
}

function decodeDigits(
  text: string,
  end: number,
  digits: Uint8Array,
): Uint8Array<ArrayBuffer> | undefined {
  const characters = new TextEncoder().encode(text);
  // A character beyond ASCII takes several bytes, and so would move what follows it.
  if (characters.length !== text.length) return undefined;
  const bytes = new Uint8Array((end * 3) >>> 2);
  const whole = end - (end % 4);
  let at = 0;
  // Every fault sets a bit above the six of a digit; one look at the end is enough.
  let seen = 0;
  for (let index = 0; index < whole; index += 4) {
    const a = digit(characters, index, digits);
    const b = digit(characters, index + 1, digits);
    const c = digit(characters, index + 2, digits);
    const d = digit(characters, index + 3, digits);
    seen |= a | b | c | d;
    bytes[at] = (a << 2) | (b >> 4);
    bytes[at + 1] = (b << 4) | (c >> 2);
    bytes[at + 2] = (c << 6) | d;
    at += 3;
  }
  const left = end - whole;
  if (left > 0) {
    const a = digit(characters, whole, digits);
    const b = digit(characters, whole + 1, digits);
    const c = left === 3 ? digit(characters, whole + 2, digits) : 0;
    const spare = left === 3 ? c & 0b11 : b & 0b1111;
    if (spare !== 0) return undefined;
    seen |= a | b | c;
    bytes[at] = (a << 2) | (b >> 4);
    if (left === 3) bytes[at + 1] = (b << 4) | (c >> 2);
  }
  return seen >= NO_DIGIT ? undefined : bytes;
}

function digit(characters: Uint8Array, index: number, digits: Uint8Array): number {
  return digits[characters[index] ?? 0] ?? NO_DIGIT;
}

/** Canonical standard base64 with padding. */
export function encodeBase64(bytes: Uint8Array): string {
  const text = encodeDigits(bytes, ALPHABET);
  return text.padEnd(text.length + ((4 - (text.length % 4)) % 4), "=");
}

/** base64url without padding. */
export function encodeBase64Url(bytes: Uint8Array): string {
  return encodeDigits(bytes, URL_ALPHABET);
}

function encodeDigits(bytes: Uint8Array, alphabet: string): string {
  let text = "";
  for (let index = 0; index < bytes.length; index += 3) {
    const left = Math.min(bytes.length - index, 3);
    const group =
      ((bytes[index] ?? 0) << 16) | ((bytes[index + 1] ?? 0) << 8) | (bytes[index + 2] ?? 0);
    for (let place = 0; place <= left; place += 1) {
      text += alphabet.charAt((group >> (18 - 6 * place)) & 0b111111);
    }
  }
  return text;
}
