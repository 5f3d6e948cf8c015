import { ENVELOPE_LIMITS } from "../bundle/envelope.ts";
import type { BundleSource } from "../bundle/source.ts";
import { textOf } from "../guard/host-parts.ts";
import { download, type Fetch, Refused, unreachable } from "./download.ts";
import { type HttpOptions, readHttpOptions } from "./options.ts";
import { Poller } from "./poller.ts";

/** What was read last. */
interface Known {
  readonly bytes: Uint8Array;
  readonly etag: string | null;
}

/**
 * A bundle at a URL: any static host, or a bucket through its plain HTTPS URL. A guard polls it, see `pollSeconds`; a
 * server that names an ETag is asked only whether it has another.
 *
 * `read` rejects with `ERR_BUNDLE_UNREACHABLE` for anything but a plain answer in time, and with `ERR_BUNDLE_TOO_LARGE`
 * beyond 12 MiB, counted while the body streams and after it was decompressed. Plain http is refused but for this
 * machine; redirects are followed within the host alone. Errors hold neither headers nor the query of the URL.
 *
 * Behind a proxy, or with a certificate authority of your own, give a `fetch` that knows them.
 *
 * @param url - of the envelope; a name and password in it are refused, since they would end up in logs: use `headers`
 * @throws ERR_OPTIONS
 * @example
 * ```ts
 * import { httpSource } from "@interlatch/core";
 * declare const token: string;
 * const source = httpSource("https://policies.acme.example/acme-support.bundle.json", {
 *   headers: { authorization: `Bearer ${token}` },
 *   pollSeconds: 30,
 * });
 * ```
 */
export function httpSource(url: string | URL, options: HttpOptions = {}): BundleSource {
  const { target, name, settings } = readHttpOptions(url, options);
  return new HttpSource({ ...settings, url: target, name, maxBytes: ENVELOPE_LIMITS.bytes });
}

interface HttpSourceParts {
  readonly url: URL;
  readonly name: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly maxBytes: number;
  readonly timeoutMs: number;
  readonly idleMs: number;
  readonly pollMs: number;
  readonly fetch: Fetch;
}

class HttpSource implements BundleSource {
  readonly name: string;
  readonly #parts: HttpSourceParts;
  readonly #poller: Poller;
  #known: Known | null = null;
  #reading: Promise<Uint8Array> | null = null;
  #lastContact: string | null = null;
  #lastError: string | null = null;

  constructor(parts: HttpSourceParts) {
    this.#parts = parts;
    this.name = parts.name;
    this.#poller = new Poller(parts.pollMs);
  }

  /** The very same bytes as before, where the server has nothing new. Joins the request under way. */
  read(): Promise<Uint8Array> {
    return (this.#reading ??= this.#read().finally(() => {
      this.#reading = null;
    }));
  }

  watch(changed: () => void): () => void {
    return this.#parts.pollMs > 0 ? this.#poller.add(changed) : () => undefined;
  }

  health(): ReturnType<NonNullable<BundleSource["health"]>> {
    const etag = this.#known?.etag ?? null;
    return { lastContact: this.#lastContact, etag, lastError: this.#lastError };
  }

  async #read(): Promise<Uint8Array> {
    try {
      const bytes = await this.#ask();
      this.#lastContact = new Date().toISOString();
      this.#lastError = null;
      this.#poller.settled({ ok: true });
      return bytes;
    } catch (error) {
      this.#lastError = textOf(error);
      const wish = error instanceof Refused ? { retryAfterMs: error.retryAfterMs } : {};
      this.#poller.settled({ ok: false, ...wish });
      throw error;
    }
  }

  async #ask(): Promise<Uint8Array> {
    const known = this.#known;
    const answer = await download({ ...this.#parts, etag: known?.etag ?? null });
    switch (answer.kind) {
      case "missing":
        throw unreachable(this.name, `it answered ${answer.status}`);
      case "confused":
        // What it was asked with is worth nothing to it: the next request asks for the whole.
        if (known !== null) this.#known = { ...known, etag: null };
        throw unreachable(this.name, answer.why);
      case "unchanged":
        // It was asked with the ETag of these.
        return known?.bytes ?? new Uint8Array();
      case "body": {
        const { etag } = answer;
        const same = known !== null && areEqual(known.bytes, answer.bytes);
        const bytes = same ? known.bytes : answer.bytes;
        this.#known = { bytes, etag };
        return bytes;
      }
    }
  }
}

function areEqual(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}
