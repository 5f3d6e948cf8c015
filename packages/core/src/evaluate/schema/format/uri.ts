import { isIpv6 } from "./address.ts";

const PCHAR = "(?:[A-Za-z0-9._~!$&'()*+,;=:@-]|%[0-9A-Fa-f]{2})";
const USER = "(?:[A-Za-z0-9._~!$&'()*+,;=:-]|%[0-9A-Fa-f]{2})*";
const REG_NAME = "(?:[A-Za-z0-9._~!$&'()*+,;=-]|%[0-9A-Fa-f]{2})*";
const FUTURE = "v[0-9A-Fa-f]+\\.[A-Za-z0-9._~!$&'()*+,;=:-]+";

/** Scheme, what stands between it and the query, query, fragment (RFC 3986, appendix A). */
const URI = new RegExp(
  `^[A-Za-z][A-Za-z0-9+.-]*:([^?#]*)(?:\\?(?:${PCHAR}|[/?])*)?(?:#(?:${PCHAR}|[/?])*)?$`,
);
const AUTHORITY = new RegExp(`^(?:${USER}@)?(?:\\[([^\\]]*)\\]|${REG_NAME})(?::\\d*)?$`);
const PATH = new RegExp(`^(?:${PCHAR}|/)*$`);
const IP_FUTURE = new RegExp(`^${FUTURE}$`, "i");

/** An absolute URI (RFC 3986), in ASCII. Every expression here takes time linear in the text. */
export function isUri(text: string): boolean {
  const rest = URI.exec(text)?.[1];
  if (rest === undefined) return false;
  if (!rest.startsWith("//")) return PATH.test(rest);
  const slash = rest.indexOf("/", 2);
  const authority = slash === -1 ? rest.slice(2) : rest.slice(2, slash);
  const path = slash === -1 ? "" : rest.slice(slash);
  const parts = AUTHORITY.exec(authority);
  if (parts === null || !PATH.test(path)) return false;
  const literal = parts[1];
  return literal === undefined || isIpv6(literal) || IP_FUTURE.test(literal);
}
