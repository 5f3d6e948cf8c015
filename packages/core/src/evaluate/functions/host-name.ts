/** Longer hosts are no hosts; it bounds what reading one costs. A name has at most 253 characters. */
export const MAX_HOST = 1_024;

/** A name that the WHATWG parser would give back as it is, but for the check of its last label. */
const CANONICAL = /^[a-z0-9_-]+(?:\.[a-z0-9_-]+)*$/;
/** Such a label makes the parser read the whole name as an IPv4 address. */
const NUMERIC_LABEL = /(?:^|\.)(?:[0-9]+|0x[0-9a-f]*)$/;
/** Characters that would make a text more than a host: user, port, path, query, fragment. */
const MORE_THAN_HOST = /[\s\p{Cc}@:/?#\\[\]]/u;
const BRACKETED = /^\[[0-9A-Fa-f:.]{2,45}\]$/;

/**
 * A host as the WHATWG URL parser writes it: lower case, punycode, addresses in their one form, IPv6 in
 * brackets, without the trailing dot.
 *
 * @returns `null` when the text is no host, or more than one
 */
export function canonicalHost(text: string): string | null {
  if (text.length > MAX_HOST) return null;
  // `xn--` labels may be malformed, which only the parser tells.
  if (CANONICAL.test(text) && !NUMERIC_LABEL.test(text) && !text.includes("xn--")) return text;
  if (MORE_THAN_HOST.test(text) && !BRACKETED.test(text)) return null;
  const url = `https://${text}/`;
  return URL.canParse(url) ? withoutDot(new URL(url).hostname) : null;
}

/** `acme.test.` is `acme.test`; an empty label anywhere else makes it no host. */
function withoutDot(hostname: string): string | null {
  const host = hostname.endsWith(".") ? hostname.slice(0, -1) : hostname;
  return host === "" || host.split(".").includes("") ? null : host;
}
