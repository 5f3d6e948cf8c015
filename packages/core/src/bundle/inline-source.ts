import type { BundleSource } from "./source.ts";

/**
 * A bundle that is part of the program: for edge hosts without files. It is verified like any other.
 *
 * @param bundle - the envelope, as text or bytes; bytes are copied
 * @param name - what to call it in messages and in `guard.status()`
 * @example
 * ```ts
 * import { inlineSource } from "@interlatch/core";
 * const source = inlineSource('{"payloadType": "…", "payload": "…", "signatures": []}');
 * ```
 */
export function inlineSource(bundle: string | Uint8Array, name: string = "inline"): BundleSource {
  const bytes = typeof bundle === "string" ? new TextEncoder().encode(bundle) : bundle.slice();
  return { name, read: () => Promise.resolve(bytes.slice()) };
}
