import { BUDGET_EXHAUSTED, spend } from "../cost.ts";
import type { CostBudget } from "../scope.ts";
import { EvaluationError } from "../value.ts";
import type { BinaryFunction, UnaryFunction } from "./function.ts";
import { canonicalHost, hostCost, MAX_HOST } from "./host-name.ts";
import { readAddress } from "./address.ts";

/** Longer than any server takes; it bounds what one parse costs. */
const MAX_URL = 8_192;

const NOT_ONE = new EvaluationError("host needs one URL with a host, or one bare address");
const NOT_HOSTS = new EvaluationError("inDomain needs a host and a domain");

/** What stands between the scheme and the path: user, host and port. */
const AUTHORITY = /^[A-Za-z][A-Za-z0-9+.-]*:[\\/]*(?<text>[^\\/?#]*)/;
const MAX_AUTHORITY = 512;

const SCHEME = /^[A-Za-z][A-Za-z0-9+.-]*:/;
/** The parser drops some of these in silence, so that one text could be two URLs to two readers. */
const SPACE_OR_CONTROL = /[\s\p{Cc}]/u;
/**
 * One bare address: a dot-atom of letters, digits and harmless signs, `@`, a host. No quotes, comments or
 * display names; no `%` and `!`, which name a second host to old relays (`eve%evil.test@acme.test`).
 */
const ADDRESS = /^(?<local>[\p{L}\p{M}\p{N}#$&'*+/=?^_`{|}~.-]{1,64})@(?<domain>[^@\s]+)$/u;

/**
 * `host(urlOrEmail)`: the whole host of one URL, as the WHATWG parser reads it, or the domain of one bare
 * address; lower case, punycode, no trailing dot, IPv6 in brackets. What could be read in two ways is an error.
 */
export const HOST: UnaryFunction = {
  apply(value, budget) {
    if (typeof value !== "string" || value.length > MAX_URL) return NOT_ONE;
    // Before anything is read: thousands of letters that turn out to be no URL have been read as well.
    if (!spend(budget, value.length >>> 6)) return BUDGET_EXHAUSTED;
    const authority = AUTHORITY.exec(value)?.groups?.["text"] ?? value;
    if (authority.length > MAX_AUTHORITY) return NOT_ONE;
    if (!spend(budget, hostCost(authority) + (value.length >>> 4))) return BUDGET_EXHAUSTED;
    if (SPACE_OR_CONTROL.test(value)) return NOT_ONE;
    return (SCHEME.test(value) ? hostOfUrl(value) : hostOfAddress(value)) ?? NOT_ONE;
  },
};

function hostOfUrl(text: string): string | null {
  if (!URL.canParse(text)) return null;
  const { hostname } = new URL(text);
  // Schemes the parser does not know keep the host's case and notation (`redis://2130706433`): read it again.
  return hostname === "" ? null : canonicalHost(hostname);
}

/** Inherits nothing: a polluted `Object.prototype.domain` must not become the host of a text that is no address. */
const NO_GROUPS: { readonly [name: string]: string | undefined } = Object.freeze(
  Object.create(null) as { [name: string]: string },
);

function hostOfAddress(text: string): string | null {
  const { local = "", domain = "" } = ADDRESS.exec(text)?.groups ?? NO_GROUPS;
  const isAtom = local !== "" && !local.split(".").includes("");
  // A percent sign would be decoded by the parser into who knows what.
  return isAtom && !domain.includes("%") && !domain.includes("[") ? canonicalHost(domain) : null;
}

/**
 * `inDomain(host, "acme.test")`: the host is the domain, or lies under it by whole labels. Both are read
 * as hosts first, so case, a trailing dot and Unicode make no difference. An address lies only in itself.
 */
export const IN_DOMAIN: BinaryFunction<string> = {
  prepare(second, budget) {
    const domain = readHost(second, budget);
    // `*.acme.test` is a name to the parser and would never match anything.
    return typeof domain === "string" && domain.includes("*") ? NOT_HOSTS : domain;
  },
  apply(first, domain, budget) {
    const host = readHost(first, budget);
    if (host instanceof EvaluationError) return host;
    return host === domain || (host.endsWith(`.${domain}`) && readAddress(host) === null);
  },
};

function readHost(value: unknown, budget: CostBudget): string | EvaluationError {
  if (typeof value !== "string" || value.length > MAX_HOST) return NOT_HOSTS;
  if (!spend(budget, hostCost(value))) return BUDGET_EXHAUSTED;
  return canonicalHost(value) ?? NOT_HOSTS;
}
