import type { StatusDocument } from "./document.ts";

/** What a status is asked about a bundle. */
export interface BundleFacts {
  readonly id: string;
  readonly version: number;
  readonly digest: string;
  /** Thumbprints of the keys that signed it. */
  readonly signers: readonly string[];
}

/** What a status says of a bundle. Of all but the current one it says why not, for people. */
export type Standing =
  | { readonly kind: "current"; readonly why: null }
  /** Another version is current, and this one is not revoked. */
  | { readonly kind: "outdated" | "ahead"; readonly why: string }
  /** Revoked, below the lowest version, of a stream that is not listed, or not the content that the status names. */
  | { readonly kind: "revoked"; readonly why: string };

const CURRENT: Standing = Object.freeze({ kind: "current", why: null });

/**
 * What a status says of a bundle. A bundle is current when the status names its version and its digest, and is nothing
 * else: one that mixes the version of one bundle with the content of another is refused.
 *
 * @param threshold - how many keys must have signed a bundle
 */
export function standingOf(
  { streams, revoked }: StatusDocument,
  { id, version, digest, signers }: BundleFacts,
  threshold: number,
): Standing {
  const no = (why: string): Standing => ({ kind: "revoked", why });
  const named = `${id} version ${version}`;
  if (revoked.bundles.includes(digest)) return no(`${named} is revoked`);
  const left = signers.filter((keyid) => !revoked.keys.includes(keyid)).length;
  if (!(left >= threshold)) return no(`a key that signed ${named} is revoked`);
  // Without a prototype: a stream may be called `constructor`.
  const current = streams[id];
  if (current === undefined) return no(`the status does not list the stream ${id}`);
  if (version < (current.minVersion ?? 1)) {
    return no(
      `${named} is below version ${current.minVersion}, the lowest that the status lets in`,
    );
  }
  if (version === current.version) {
    return digest === current.digest
      ? CURRENT
      : no(`${named} is not the content that the status names for this version`);
  }
  const kind = version < current.version ? "outdated" : "ahead";
  return { kind, why: `${named} is not the current one, which is version ${current.version}` };
}
