import type { ErrorCode } from "@interlatch/core";
import {
  addSignature,
  buildTrustRoot,
  payloadDigest,
  type SigningKey,
  signTrustRoot,
  type TrustRootInput,
} from "@interlatch/core/sign";
import { forge, sealed, utf8 } from "../bundle-attacks/forge.ts";
import type { RootFile, RootVector, VectorRoot } from "./file.ts";
import { listed, type VectorKeys } from "./keys.ts";

/** The moment at which everything is judged, unless a vector says otherwise. */
export const NOW = "2026-06-15T12:00:00Z";

/** What the first root says; `changes` replaces fields. */
export function rootInput(keys: VectorKeys, changes: Partial<TrustRootInput> = {}): TrustRootInput {
  const { alice, bob, dora, rita, eve, rootA, rootB, clock } = keys;
  return {
    version: 1,
    expires: "2027-01-01T00:00:00Z",
    keys: [
      ...[alice, bob, dora, rita, rootA, rootB, clock].map((key) => listed(key)),
      listed(eve, "2026-06-14T00:00:00Z"),
    ],
    roles: {
      root: { keyids: [rootA.keyid, rootB.keyid], threshold: 2 },
      bundle: { keyids: [alice, bob, dora, rita, eve].map(({ keyid }) => keyid), threshold: 2 },
      status: { keyids: [clock.keyid], threshold: 1 },
    },
    revokedKeys: [rita.keyid],
    ...changes,
  };
}

/** What the root after it says: other root keys, and Bob's key revoked. */
function nextInput(keys: VectorKeys, changes: Partial<TrustRootInput> = {}): TrustRootInput {
  const { nextA, nextB, bob, rita } = keys;
  const input = rootInput(keys);
  return {
    ...input,
    version: 2,
    keys: [...input.keys, listed(nextA), listed(nextB)],
    roles: { ...input.roles, root: { keyids: [nextA.keyid, nextB.keyid], threshold: 2 } },
    revokedKeys: [rita.keyid, bob.keyid],
    ...changes,
  };
}

/** The first root, signed and pinned. */
export async function firstRoot(
  keys: VectorKeys,
  changes: Partial<TrustRootInput> = {},
): Promise<VectorRoot> {
  const built = await buildTrustRoot(rootInput(keys, changes));
  const document = await signTrustRoot(built, [keys.rootA, keys.rootB]);
  return { document, digest: `sha256:${built.digest}` };
}

/** The root after it, signed by these and digested. */
export async function nextRoot(
  keys: VectorKeys,
  signers: readonly SigningKey[] = [keys.rootA, keys.rootB, keys.nextA, keys.nextB],
  changes: Partial<TrustRootInput> = {},
): Promise<{ readonly document: string; readonly digest: string }> {
  const [first, ...others] = signers;
  if (first === undefined) throw new Error("nobody signs");
  const built = await buildTrustRoot(nextInput(keys, changes));
  let document = await signTrustRoot(built, [first]);
  for (const key of others) document = await addSignature(document, key);
  return { document, digest: built.digest };
}

/** A root's payload as somebody may edit it before it is signed. */
interface EditableRoot {
  keys: Record<string, Record<string, unknown>>;
  roles: Record<string, { keyids: string[]; threshold: unknown }>;
  [field: string]: unknown;
}

/** The first root with its payload changed, then signed by both root keys and pinned. */
async function hostileRoot(
  keys: VectorKeys,
  change: (root: EditableRoot) => unknown,
): Promise<VectorRoot> {
  const { payload } = await buildTrustRoot(rootInput(keys));
  // The builder's own JSON.
  const root = JSON.parse(new TextDecoder().decode(payload)) as EditableRoot;
  change(root);
  const bytes = utf8(JSON.stringify(root));
  const envelope = await forge("trust-root", bytes, [keys.rootA, keys.rootB]);
  const document = new TextDecoder().decode(sealed(envelope));
  return { document, digest: `sha256:${await payloadDigest(bytes)}` };
}

function bad(
  id: string,
  about: string,
  root: VectorRoot,
  code: ErrorCode = "ERR_TRUST_ROOT",
  changes: Partial<RootVector> = {},
): RootVector {
  return { id, about, now: NOW, ...root, ...changes, expect: { refused: code } };
}

/** All vectors of trust roots. */
export async function rootFile(keys: VectorKeys): Promise<RootFile> {
  return {
    topic: "roots",
    about: "Trust roots, pinned and followed by others, good and bad.",
    vectors: [
      ...(await goodRoots(keys)),
      ...(await wrongRoots(keys)),
      ...(await hostileRoots(keys)),
      ...(await wrongUpdates(keys)),
    ],
  };
}

async function goodRoots(keys: VectorKeys): Promise<readonly RootVector[]> {
  const first = await firstRoot(keys);
  const digest = first.digest.slice("sha256:".length);
  const second = await nextRoot(keys);
  const firstIs = { accepted: { version: 1, digest } };
  const secondIs = { accepted: { version: 2, digest: second.digest } };
  const updates = [second.document];
  return [
    { id: "good-pinned", about: "the pinned root", now: NOW, ...first, expect: firstIs },
    {
      id: "good-followed",
      about: "a second root, with enough signatures of both",
      now: NOW,
      ...first,
      updates,
      expect: secondIs,
    },
    {
      id: "good-remembered",
      about: "the root that the host remembers",
      now: NOW,
      ...first,
      updates,
      remembers: secondIs.accepted,
      expect: secondIs,
    },
  ];
}

async function wrongRoots(keys: VectorKeys): Promise<readonly RootVector[]> {
  const { rootA, mallory } = keys;
  const first = await firstRoot(keys);
  const second = await nextRoot(keys);
  const built = await buildTrustRoot(rootInput(keys));
  const signedBy = async (...signers: readonly SigningKey[]): Promise<VectorRoot> => ({
    document: await signTrustRoot(built, signers),
    digest: first.digest,
  });
  const otherPin = { ...first, digest: `sha256:${"0".repeat(64)}` };
  return [
    bad("bad-pin", "another root than the pinned one", otherPin, "ERR_TRUST_ROOT_DIGEST"),
    bad("bad-one-signature", "one of its two root keys signed", await signedBy(rootA)),
    bad("bad-stranger", "a stranger signed", await signedBy(mallory)),
    bad("bad-ended", "the root has ended", first, "ERR_TRUST_ROOT_EXPIRED", {
      now: "2027-01-01T00:00:00Z",
    }),
    bad("bad-older", "the host remembers the next one", first, "ERR_TRUST_ROOT_ROLLBACK", {
      remembers: { version: 2, digest: second.digest },
    }),
    bad("bad-other-content", "another root of this version", first, "ERR_TRUST_ROOT_ROLLBACK", {
      remembers: { version: 1, digest: "0".repeat(64) },
    }),
  ];
}

async function hostileRoots(keys: VectorKeys): Promise<readonly RootVector[]> {
  const { alice, bob, dora } = keys;
  const hostile = async (
    id: string,
    about: string,
    change: (root: EditableRoot) => unknown,
  ): Promise<RootVector> => bad(id, about, await hostileRoot(keys, change));
  const alias = `${alice.keyid.slice(0, -1)}${alice.keyid.endsWith("A") ? "E" : "A"}`;
  return [
    await hostile("bad-alias", "one key under two ids", ({ keys: all, roles }) => {
      all[alias] = { ...all[alice.keyid] };
      roles["bundle"]?.keyids.push(alias);
    }),
    await hostile("bad-threshold-zero", "a threshold of zero", ({ roles }) =>
      Object.assign(roles["bundle"] ?? {}, { threshold: 0 }),
    ),
    await hostile("bad-threshold-unreachable", "a threshold that its keys cannot reach", (root) =>
      // Five are listed, one of them revoked.
      Object.assign(root.roles["bundle"] ?? {}, { threshold: 5 }),
    ),
    await hostile("bad-algorithm", "an Ed25519 key listed for ES256", ({ keys: all }) =>
      Object.assign(all[bob.keyid] ?? {}, { alg: "ES256" }),
    ),
    await hostile("bad-symmetric", "a symmetric key", ({ keys: all }) =>
      Object.assign(all[bob.keyid] ?? {}, { alg: "HS256", jwk: { kty: "oct", k: "c2VjcmV0" } }),
    ),
    await hostile("bad-private", "a key with its private part", ({ keys: all }) =>
      Object.assign(all[bob.keyid] ?? {}, { jwk: { ...bob.publicJwk, d: "AAAA" } }),
    ),
    await hostile("bad-small-order", "the neutral element as a key", ({ keys: all }) =>
      Object.assign(all[bob.keyid] ?? {}, {
        jwk: { kty: "OKP", crv: "Ed25519", x: "AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" },
      }),
    ),
    await hostile("bad-off-curve", "a point that is not on its curve", ({ keys: all }) =>
      Object.assign(all[dora.keyid] ?? {}, { jwk: { ...dora.publicJwk, y: dora.publicJwk.x } }),
    ),
    await hostile("bad-role", "a role that is not known", ({ roles }) =>
      Object.assign(roles, { admin: roles["root"] }),
    ),
    await hostile("bad-field", "a field that is not known", (root) =>
      Object.assign(root, { comment: "hello" }),
    ),
    await hostile("bad-date", "an end that is no instant", (root) =>
      Object.assign(root, { expires: "2027-01-01" }),
    ),
    await hostile("bad-unlisted", "a role with a key that is not listed", ({ keys: all }) => {
      delete all[alice.keyid];
    }),
  ];
}

async function wrongUpdates(keys: VectorKeys): Promise<readonly RootVector[]> {
  const { rootA, rootB, nextA, nextB } = keys;
  const first = await firstRoot(keys);
  const all = [rootA, rootB, nextA, nextB];
  const update = async (
    id: string,
    about: string,
    signers: readonly SigningKey[],
    changes?: Partial<TrustRootInput>,
  ): Promise<RootVector> => {
    const { document } = await nextRoot(keys, signers, changes);
    return bad(id, about, { ...first, updates: [document] });
  };
  return [
    await update("bad-skipped", "a root that skips a version", all, { version: 3 }),
    await update("bad-repeated", "a root that repeats the version", all, { version: 1 }),
    await update("bad-own-keys", "a root signed by its own new keys alone", [nextA, nextB]),
    await update("bad-old-keys", "a root signed by the keys before it alone", [rootA, rootB]),
    await update("bad-few-old", "one signature of the keys before it", [rootA, nextA, nextB]),
    await update("bad-few-new", "one signature of its own keys", [rootA, rootB, nextA]),
  ];
}
