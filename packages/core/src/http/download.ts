import { InterlatchError, isInterlatchError } from "../errors/errors.ts";
import { Deadline } from "./deadline.ts";

/** The part of the platform's `fetch` that is used. */
export type Fetch = (url: string, options: RequestInit) => Promise<Response>;

/** What is asked for. */
export interface Download {
  readonly url: URL;
  /** For people: the URL without what may be secret in it. */
  readonly name: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The validator of what is known already; the server may then answer that nothing is new. */
  readonly etag: string | null;
  /** The most that is read, in bytes after decompression. */
  readonly maxBytes: number;
  readonly timeoutMs: number;
  readonly idleMs: number;
  readonly fetch: Fetch;
}

/** What a server answered. */
export type Downloaded =
  | { readonly kind: "body"; readonly bytes: Uint8Array; readonly etag: string | null }
  | { readonly kind: "unchanged" }
  | { readonly kind: "missing"; readonly status: number }
  /** It says that something else is unchanged than what it was asked about. */
  | { readonly kind: "confused"; readonly why: string };

/** A server that answers, but not now. */
export class Refused extends InterlatchError {
  /** How long it asks to be left alone, in milliseconds. */
  readonly retryAfterMs: number;

  constructor(message: string, retryAfterMs: number) {
    super("ERR_BUNDLE_UNREACHABLE", message);
    this.retryAfterMs = retryAfterMs;
  }
}

/** How many redirects within one host are followed. */
const MOST_REDIRECTS = 3;

/**
 * Reads what stands at a URL. The body is counted while it streams, after decompression, whatever its length is said to
 * be; redirects stay on the host; nothing is waited for without an end. What went wrong is said without headers and
 * without the query, which may be secret.
 *
 * @throws ERR_BUNDLE_UNREACHABLE, ERR_BUNDLE_TOO_LARGE
 */
export async function download(given: Download): Promise<Downloaded> {
  const { name, timeoutMs, idleMs } = given;
  const deadline = new Deadline(timeoutMs, idleMs);
  try {
    const response = await request(given, deadline);
    return await answerOf(given, response, deadline);
  } catch (error) {
    if (isInterlatchError(error)) throw error;
    throw unreachable(name, wordsOf(error, given));
  } finally {
    deadline.close();
  }
}

async function request(given: Download, deadline: Deadline): Promise<Response> {
  const { name, headers, etag, fetch } = given;
  const validator = etag === null ? {} : { "if-none-match": etag };
  let { url } = given;
  for (let followed = 0; followed <= MOST_REDIRECTS; followed++) {
    const response = await deadline.within(
      fetch(url.href, {
        headers: { ...headers, ...validator },
        redirect: "manual",
        // A cache on the way, or the framework's own around `fetch`, must not keep a newer one back.
        cache: "no-store",
        signal: deadline.signal,
      }),
    );
    if (response.redirected || response.type === "opaqueredirect") {
      throw unreachable(name, "it redirects, and where to could not be checked");
    }
    if (!REDIRECTS.has(response.status)) return response;
    void response.body?.cancel().catch(() => undefined);
    url = redirectOf(response, url, name);
  }
  throw unreachable(name, `it redirects more than ${MOST_REDIRECTS} times`);
}

const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** Another host, or plain http, is where whoever can redirect would like the headers to go. */
function redirectOf(response: Response, from: URL, name: string): URL {
  const location = response.headers.get("location");
  // `URL.parse` is not there in Node 20.
  const to =
    location !== null && URL.canParse(location, from.href) ? new URL(location, from) : null;
  if (to === null) throw unreachable(name, "it redirects to nowhere");
  if (to.origin === from.origin && to.username === "" && to.password === "") return to;
  throw unreachable(name, "it redirects to another host or protocol, which is not followed");
}

async function answerOf(
  given: Download,
  response: Response,
  deadline: Deadline,
): Promise<Downloaded> {
  const { name, etag } = given;
  const { status, headers } = response;
  if (status === 200) {
    return { kind: "body", bytes: await bodyOf(given, response, deadline), etag: etagOf(headers) };
  }
  void response.body?.cancel().catch(() => undefined);
  if (status === 304) {
    // A cache that was poisoned, or is broken, says it to those who asked without a validator, or of another one.
    if (etag === null) return { kind: "confused", why: "it answered 304 and was given no ETag" };
    const confirmed = etagOf(headers);
    if (confirmed === null || weak(confirmed) === weak(etag)) return { kind: "unchanged" };
    return { kind: "confused", why: "it answered 304 for another ETag than it was given" };
  }
  if (status === 404 || status === 410) return { kind: "missing", status };
  throw new Refused(wordsFor(name, `it answered ${status}`), retryAfterMs(headers));
}

async function bodyOf(
  { name, maxBytes }: Download,
  response: Response,
  deadline: Deadline,
): Promise<Uint8Array> {
  if (response.body === null) return new Uint8Array();
  // Of bytes, whatever the platform's types leave open.
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  const parts: Uint8Array[] = [];
  let length = 0;
  try {
    for (;;) {
      const part = await deadline.within(reader.read());
      if (part.done) break;
      length += part.value.length;
      if (length > maxBytes) {
        const text = `${name} gives more than ${maxBytes} bytes, which is all that is read.`;
        throw new InterlatchError("ERR_BUNDLE_TOO_LARGE", text);
      }
      parts.push(part.value);
    }
  } finally {
    // What is left of it is not wanted; it may be without an end.
    void reader.cancel().catch(() => undefined);
  }
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** Longer ones are no validators, but a way to make every request large. */
const LONGEST_ETAG = 512;

function etagOf(headers: Headers): string | null {
  const etag = headers.get("etag");
  return etag === null || etag === "" || etag.length > LONGEST_ETAG ? null : etag;
}

/** `W/"x"` and `"x"` are the same to a request that asks whether anything is new (RFC 9110, 13.1.2). */
function weak(etag: string): string {
  return etag.replace(/^W\//, "");
}

/** Seconds or a date; what is neither, or lies in the past, is no wish. */
function retryAfterMs(headers: Headers): number {
  const text = headers.get("retry-after")?.trim() ?? "";
  const wish = /^\d{1,9}$/.test(text) ? Number(text) * 1_000 : Date.parse(text) - Date.now();
  return wish > 0 ? wish : 0;
}

function wordsFor(name: string, why: string): string {
  return `${name} cannot be read: ${why}.`;
}

/** What is said where nothing usable came. */
export function unreachable(name: string, why: string): InterlatchError {
  return new InterlatchError("ERR_BUNDLE_UNREACHABLE", wordsFor(name, why));
}

/** What an error of the platform says, and the one below it, without anything that was sent. */
function wordsOf(error: unknown, { url, headers }: Download): string {
  const secrets = [url.search, ...Object.values(headers)].filter((text) => text.length > 1);
  const said = [error, error instanceof Error ? error.cause : undefined]
    .filter((each) => each instanceof Error)
    .map(({ message }) => message)
    .filter((message) => message !== "");
  const text = said.join(": ") || "the request failed";
  return secrets.reduce((clean, secret) => clean.replaceAll(secret, "…"), text);
}
