import { isIpv4, isIpv6 } from "./address.ts";
import { isHostname } from "./hostname.ts";

/** RFC 5321 `Mailbox`: a local part without quotes, or in quotes. */
const DOT_TEXT = /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/;
const QUOTED = /^"(?:[ !#-[\]-~]|\\[ -~])*"$/;

/** One bare e-mail address (RFC 5321), without a name or angle brackets. */
export function isEmail(text: string): boolean {
  if (text.length > 254) return false;
  // Behind the last at sign: one in quotes belongs to the local part.
  const at = text.lastIndexOf("@");
  const local = text.slice(0, Math.max(at, 0));
  const domain = text.slice(at + 1);
  if (local.length === 0 || local.length > 64) return false;
  return (DOT_TEXT.test(local) || QUOTED.test(local)) && isMailDomain(domain);
}

function isMailDomain(domain: string): boolean {
  if (!domain.startsWith("[")) return isHostname(domain);
  if (!domain.endsWith("]")) return false;
  const literal = domain.slice(1, -1);
  return /^IPv6:/i.test(literal) ? isIpv6(literal.slice(5)) : isIpv4(literal);
}
