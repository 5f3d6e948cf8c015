/** Digits of one part: octal after `0`, hexadecimal after `0x` (which alone is zero), else decimal. */
const PART = /^(?:0[xX]([0-9a-fA-F]{0,16})|0([0-7]{0,22})|([1-9][0-9]{0,15}))$/;

/**
 * Reads an IPv4 address in any notation that `inet_aton` and the WHATWG URL parser take: one to four parts,
 * each decimal, octal or hexadecimal, the last filling what is left (`127.1`, `0x7f000001`, `0177.0.0.1`).
 * A filter that knew only the dotted form would let `http://2130706433/` through to the local host.
 *
 * Source: WHATWG URL Standard, "IPv4 parser".
 *
 * @returns the address as an unsigned 32-bit number; `null` for anything else
 */
export function readIpv4(text: string): number | null {
  if (text.length > 80) return null;
  // Every part of an address begins with a digit, and most names with none.
  const first = text.charCodeAt(0);
  if (!(first >= 48 && first <= 57)) return null;
  const parts = (text.endsWith(".") ? text.slice(0, -1) : text).split(".");
  if (parts.length > 4) return null;
  let address = 0;
  for (const [index, part] of parts.entries()) {
    const number = readPart(part);
    const last = index === parts.length - 1;
    const room = last ? 256 ** (4 - index) : 256;
    if (number === null || number >= room) return null;
    address += last ? number : number * 256 ** (3 - index);
  }
  return address;
}

function readPart(part: string): number | null {
  const match = PART.exec(part);
  if (match === null) return null;
  const [, hexadecimal, octal, decimal] = match;
  if (hexadecimal !== undefined) return hexadecimal === "" ? 0 : parseInt(hexadecimal, 16);
  return octal === undefined ? Number(decimal) : octal === "" ? 0 : parseInt(octal, 8);
}
