import {
  isInterlatchError,
  memoryRollback,
  openTrustRoot,
  type RollbackStore,
  verifyBundle,
} from "@interlatch/core";
import { utf8 } from "../bundle-attacks/forge.ts";
import type { BundleFile, BundleVector, Expected, RootVector } from "./file.ts";

/** What came of a vector: in the form in which vectors say what must come. */
export type Came = Expected<object>;

/** Opens the trust root of a vector. */
export function openRoot({
  document,
  digest,
  updates = [],
  now,
  remembers,
}: RootVector): Promise<Came> {
  return came(async () => {
    const rollback = await remembering("root", remembers);
    const options = { document, digest, updates, now: Date.parse(now), rollback };
    const root = await openTrustRoot(options);
    return { version: root.version, digest: root.digest };
  });
}

/** Brings the bundle of a vector to its host. */
export function loadBundle(file: BundleFile, { host: own, bundle }: BundleVector): Promise<Came> {
  const { root, now, remembers, ...demands } = { ...file.host, ...own };
  return came(async () => {
    const pinned = file.roots[root];
    if (pinned === undefined) throw new Error(`the file has no root ${root}`);
    const time = Date.parse(now);
    const key = `bundle:${demands.id}#${demands.audience}`;
    const rollback = await remembering(key, remembers);
    const trust = await openTrustRoot({ ...pinned, now: time });
    const loaded = await verifyBundle(
      "text" in bundle ? utf8(bundle.text) : new Uint8Array(Buffer.from(bundle.base64, "base64")),
      { ...demands, trust, now: time, rollback },
    );
    const { payload, digest, signers } = loaded;
    return { id: payload.id, version: payload.version, digest, signers: signers.toSorted() };
  });
}

async function remembering(key: string, entry: RootVector["remembers"]): Promise<RollbackStore> {
  const rollback = memoryRollback();
  if (entry !== undefined) await rollback.advance(key, entry);
  return rollback;
}

async function came(attempt: () => Promise<object>): Promise<Came> {
  try {
    return { accepted: await attempt() };
  } catch (error) {
    if (isInterlatchError(error)) return { refused: error.code };
    throw error;
  }
}
