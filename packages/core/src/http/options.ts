import { ownOptions } from "../bundle/own-options.ts";
import { InterlatchError } from "../errors/errors.ts";
import type { Fetch } from "./download.ts";

/** Options of `httpSource` and `httpTrustSource`. */
export interface HttpOptions {
  /** Sent with each request, such as `authorization`. Never told in errors or logs. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Seconds between two looks, 0 to 86400. Default 60; each varies by a tenth. 0: only when the guard asks. */
  readonly pollSeconds?: number;
  /** How long one look may take in all, in milliseconds, 1 to 600000. Default 30000. */
  readonly timeoutMs?: number;
  /** How long nothing may come meanwhile, in milliseconds. Default 10000. */
  readonly idleTimeoutMs?: number;
  /**
   * Whether plain http is enough beyond this machine, as inside a mesh that encrypts. What arrives is verified in any
   * case; but whoever is on the way can keep newer bundles back, and reads the headers. Default: no.
   */
  readonly allowHttp?: boolean;
  /** Makes the requests: one that knows a proxy, or a certificate authority. Default: the platform's. */
  readonly fetch?: Fetch;
}

/** Options that were checked. */
export interface HttpSettings {
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly idleMs: number;
  readonly pollMs: number;
  readonly fetch: Fetch;
}

/**
 * Checks a URL and options.
 *
 * @throws ERR_OPTIONS
 */
export function readHttpOptions(
  url: string | URL,
  given: HttpOptions,
): { readonly target: URL; readonly name: string; readonly settings: HttpSettings } {
  const options = ownOptions(given);
  // Nothing of it is told: what is no URL may be a secret in the wrong place.
  if (!URL.canParse(String(url))) throw wrong("the URL cannot be read");
  const target = new URL(url);
  const name = `${target.origin}${target.pathname}`;
  if (target.username !== "" || target.password !== "") {
    throw wrong("the URL holds a name or a password; send them in `headers`");
  }
  checkProtocol(target, options.allowHttp === true);
  target.hash = "";
  const { pollSeconds = 60, timeoutMs = 30_000, idleTimeoutMs = 10_000, headers = {} } = options;
  // Written so that NaN is in no range.
  if (!(pollSeconds >= 0 && pollSeconds <= 86_400)) throw wrong("pollSeconds is not 0 to 86400");
  if (!(timeoutMs >= 1 && timeoutMs <= 600_000)) throw wrong("timeoutMs is not 1 to 600000");
  if (!(idleTimeoutMs >= 1)) throw wrong("idleTimeoutMs is not above 0");
  const fetch: Fetch = options.fetch ?? ((to, how) => globalThis.fetch(to, how));
  const settings = {
    headers: { ...headers },
    timeoutMs,
    idleMs: Math.min(idleTimeoutMs, timeoutMs),
    pollMs: pollSeconds * 1_000,
    fetch,
  };
  return { target, name, settings };
}

function checkProtocol({ protocol, hostname }: URL, allowHttp: boolean): void {
  if (protocol === "https:") return;
  const isHere = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/.test(hostname);
  if (protocol === "http:" && (isHere || allowHttp)) return;
  throw wrong("the URL is not https; `allowHttp: true` allows plain http");
}

function wrong(why: string): InterlatchError {
  return new InterlatchError("ERR_OPTIONS", `httpSource: ${why}.`);
}
