import { ENVELOPE_LIMITS } from "../bundle/envelope.ts";
import type { TrustSource } from "../trust/source.ts";
import { download, unreachable } from "./download.ts";
import { type HttpOptions, readHttpOptions } from "./options.ts";
import { Poller } from "./poller.ts";

/**
 * Later trust roots in a folder of a web server or bucket: version 2 as `root-2.json`, and so on. A guard asks for the
 * next one when it reads its bundle, and every `pollSeconds`.
 *
 * A server that answers 404 or 410 has none yet; all else is as of `httpSource`.
 *
 * @param folder - its URL
 * @throws ERR_OPTIONS
 * @example
 * ```ts
 * import { httpTrustSource } from "@interlatch/core";
 * const updates = httpTrustSource("https://policies.acme.example/trust/");
 * ```
 */
export function httpTrustSource(folder: string | URL, options: HttpOptions = {}): TrustSource {
  const { target, name, settings } = readHttpOptions(folder, options);
  const poller = new Poller(settings.pollMs);
  return {
    name,
    async read(version) {
      const url = new URL(target);
      const file = `root-${version}.json`;
      url.pathname = `${url.pathname.replace(/\/$/, "")}/${file}`;
      const named = `${url.origin}${url.pathname}`;
      const wanted = { ...settings, url, name: named, etag: null, maxBytes: ENVELOPE_LIMITS.bytes };
      const answer = await download(wanted).catch((error: unknown) => {
        poller.settled({ ok: false });
        throw error;
      });
      poller.settled({ ok: true });
      if (answer.kind === "body") return answer.bytes;
      if (answer.kind === "missing") return null;
      throw unreachable(named, "it answered 304 and was given no ETag");
    },
    watch: (changed) => (settings.pollMs > 0 ? poller.add(changed) : () => undefined),
  };
}
