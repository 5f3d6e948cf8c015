/** Names have at most 253 characters (RFC 1035); it bounds what reading one costs. */
export const MAX_HOST = 255;

/**
 * Cost units of reading a host, or a URL whose host part is this text. Punycode takes time quadratic in what
 * is not ASCII.
 */
export function hostCost(text: string): number {
  return NOT_ASCII.test(text) ? 16 + ((text.length * text.length) >>> 5) : 4 + (text.length >>> 3);
}

const NOT_ASCII = /[^\x00-\x7f]/;

/** A name that the WHATWG parser would give back as it is, but for the check of its last label. */
const CANONICAL = /^[a-z0-9_-]+(?:\.[a-z0-9_-]+)*$/;
/** Such a label makes the parser read the whole name as an IPv4 address. */
const NUMERIC_LABEL = /(?:^|\.)(?:[0-9]+|0x[0-9a-f]*)$/;
/** Characters that would make a text more than a host: user, port, path, query, fragment. */
const MORE_THAN_HOST = /[\s\p{Cc}@:/?#\\[\]]/u;
/** What the parser takes for the dot between two labels. */
const DOT = /[.\u3002\uff0e\uff61]/;
/** Characters of a label (RFC 1035). */
const MAX_LABEL = 63;
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
  if (NOT_ASCII.test(text) && text.split(DOT).some(isTooLong)) return null;
  const url = `https://${text}/`;
  return URL.canParse(url) ? withoutDot(new URL(url).hostname) : null;
}

/**
 * Whether a label cannot be encoded in as many characters as one has: each character takes at least one. Encoding
 * takes time quadratic in them, so that a thousand such names in a bundle would take seconds to load.
 */
function isTooLong(label: string): boolean {
  return label.length > MAX_LABEL && NOT_ASCII.test(label) && Array.from(label).length > MAX_LABEL;
}

/** `acme.test.` is `acme.test`; an empty label anywhere else makes it no host. */
function withoutDot(hostname: string): string | null {
  const host = hostname.endsWith(".") ? hostname.slice(0, -1) : hostname;
  // Encoded it may be longer than what it was written as.
  if (host.length > MAX_HOST) return null;
  return host === "" || host.split(".").includes("") ? null : host;
}
