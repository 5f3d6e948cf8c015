import { isInternationalLabel } from "./idna.ts";
import { decodePunycode, encodePunycode } from "./punycode.ts";

const LABEL = /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/;

/** The name of a host (RFC 1123, section 2.1): labels of letters, digits and hyphens, at most 253 characters. */
export function isHostname(text: string): boolean {
  return text.length <= 253 && text.split(".").every(isLabel);
}

function isLabel(label: string): boolean {
  if (!LABEL.test(label)) return false;
  return !/^xn--/i.test(label) || isEncodedLabel(label.slice(4).toLowerCase());
}

/** A label in Punycode must be what a label that may be registered is written as (RFC 5891, section 5.4). */
function isEncodedLabel(encoded: string): boolean {
  const decoded = decodePunycode(encoded);
  if (decoded === undefined) return false;
  const isNeeded = decoded.some((point) => point > 0x7f);
  return isNeeded && encodePunycode(decoded) === encoded && isInternationalLabel(decoded);
}
