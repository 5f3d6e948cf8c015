import { spend } from "../evaluate/cost.ts";
import { canonicalHost, hostCost } from "../evaluate/functions/host-name.ts";
import type { CostBudget } from "../evaluate/scope.ts";

/** A URL, taken apart as scopes compare it. */
export interface ScopeUrl {
  /** With its colon, as in `https:`. */
  readonly scheme: string;
  /** As `host` of the conditions gives it. */
  readonly host: string;
  /** Empty where it is the scheme's own. */
  readonly port: string;
  readonly path: string;
  /** Without its `?`; empty where there is none. */
  readonly query: string;
  readonly hasFragment: boolean;
}

/** Longer than any server takes; it bounds what one parse costs. */
const MAX_URL = 8_192;
const MAX_AUTHORITY = 512;

/** Scheme, authority and path; what is between `//` and the host decides nothing here, so there is nothing. */
const PARTS = /^[A-Za-z][A-Za-z0-9+.-]*:\/\/(?<authority>[^/?#]+)(?<path>[^?#]*)/;
/** The parser drops or turns some of these, so that one text could be two URLs to two readers. */
const READ_IN_TWO_WAYS = /[\s\p{Cc}\\]/u;
/** A user part hides the true host from a reader, and an escape in a host hides it from other parsers. */
const HIDES_HOST = /[@%]/;
/** A slash that only the server sees, also behind further layers of encoding: it moves where a segment ends. */
const ENCODED_SLASH = /%(?:25)*(?:2f|5c)/i;
/**
 * A segment `..` in any spelling, also with parameters behind it (`..;x`, which some servers cut off before they
 * resolve it). The parser would resolve some of them; what the tool does with the text nobody knows.
 */
const PARENT = /(?:^|\/)(?:\.|%(?:25)*2e){2}(?:$|\/|;|%(?:25)*3b)/i;

/** A percent sign that begins no escape: to some servers `%uff0e` is one all the same, of a dot. */
const MALFORMED = /%(?![0-9A-Fa-f]{2})/;
/** What an escape must not come to: a server may end the text, or a segment, at it. */
const CONTROL = /\p{Cc}/u;
/** Escapes of control characters and of bytes that no UTF-8 has, behind further layers of encoding. */
const HIDDEN = /%(?:25)+(?:[01][0-9a-f]|7f|c[01]|f[5-9a-f])/i;

/** Whether all servers read a path alike: `%c0%ae` is no UTF-8, and a dot to some of them. */
function isPlain(path: string): boolean {
  if (!path.includes("%")) return isCompatible(path);
  if (MALFORMED.test(path) || HIDDEN.test(path)) return false;
  try {
    const decoded = decodeURIComponent(path);
    return !CONTROL.test(decoded) && isCompatible(decoded);
  } catch {
    return false;
  }
}

const ASCII = /^\p{ASCII}*$/u;

/** Whether a server that folds full-width signs into plain ones finds no other segments: `．．` is `..` to it. */
function isCompatible(path: string): boolean {
  if (ASCII.test(path)) return true;
  const folded = path.normalize("NFKC");
  const segments = path.split("/").length;
  return folded.split("/").length === segments && !folded.includes("\\") && !PARENT.test(folded);
}

/**
 * Reads a URL by the WHATWG parser.
 *
 * @returns `null` for what is no URL with a host, or could mean one place here and another to the tool: spaces,
 *   control characters, backslashes, a user part, an encoded slash, `..` in the path, escapes that are no UTF-8
 */
export function readUrl(text: string, budget: CostBudget): ScopeUrl | null {
  if (text.length > MAX_URL) return null;
  const parts = PARTS.exec(text)?.groups;
  // Not `?? {}`, which would take what a polluted `Object.prototype` lends for parts that have been looked at.
  if (parts === undefined) return null;
  const { authority = "", path = "" } = parts;
  if (authority === "" || authority.length > MAX_AUTHORITY) return null;
  // Escapes that are no UTF-8 are refused by an exception, which takes its time; so does folding signs.
  const escapes = path.includes("%") || !ASCII.test(path) ? 32 + (path.length >>> 3) : 0;
  if (!spend(budget, escapes + 8 + hostCost(authority) + (text.length >>> 4))) return null;
  if (READ_IN_TWO_WAYS.test(text) || HIDES_HOST.test(authority)) return null;
  if (ENCODED_SLASH.test(path) || PARENT.test(path) || !isPlain(path)) return null;
  if (!URL.canParse(text)) return null;
  const { protocol, hostname, port, pathname, search, hash } = new URL(text);
  const host = canonicalHost(hostname);
  if (host === null) return null;
  const query = search.slice(1);
  return { scheme: protocol, host, port, path: pathname, query, hasFragment: hash !== "" };
}
