import { memoryRollback, openTrustRoot, verifyBundle } from "@interlatch/core";
import { addSignature, buildTrustRoot, payloadDigest, signTrustRoot } from "@interlatch/core/sign";
import { type Attack, attack, refused } from "./attack.ts";
import { forge, sealed, utf8 } from "./forge.ts";
import { AUDIENCE, bundle, host, NOW, payload, rootInput, signedRoot } from "./host.ts";
import { cast, listed } from "./keys.ts";

/** Attacks on whom the host trusts. */
export const rootAttacks: readonly Attack[] = [
  attack(7, "one public key stands in the root under two ids", async () => {
    const { alice } = await cast();
    const alias = `${alice.keyid.slice(0, -1)}${alice.keyid.endsWith("A") ? "E" : "A"}`;
    await hostileRoot(/another thumbprint/, ({ keys, roles }) => {
      keys[alias] = keys[alice.keyid];
      roles["bundle"]?.keyids.push(alias);
    });
  }),
  attack(13, "a threshold is zero, negative or more than there are keys", async () => {
    for (const threshold of [0, -1, 1.5, "1", null, 6]) {
      await hostileRoot(/threshold|asks for 6 signatures/, ({ roles }) => {
        Object.assign(roles["bundle"] ?? {}, { threshold });
      });
    }
  }),
  attack(14, "a key is listed with another algorithm", async () => {
    const { alice, bob } = await cast();
    await hostileRoot(/jwk/, ({ keys }) =>
      Object.assign(keys[alice.keyid] ?? {}, { alg: "ES256" }),
    );
    await hostileRoot(/jwk/, ({ keys }) =>
      Object.assign(keys[bob.keyid] ?? {}, { alg: "Ed25519" }),
    );
  }),
  attack(15, "the root lists a symmetric key, or none", async () => {
    const { alice } = await cast();
    const symmetric = { alg: "HS256", jwk: { kty: "oct", k: "c2VjcmV0" } };
    for (const change of [symmetric, { alg: "none" }, { alg: "RS256" }, { alg: "EdDSA" }]) {
      await hostileRoot(/alg: expected Ed25519 or ES256/, ({ keys }) =>
        Object.assign(keys[alice.keyid] ?? {}, change),
      );
    }
  }),
  attack(57, "a revoked key signed", async () => {
    const { alice, rita } = await cast();
    const forged = await forge("policy-bundle", payload(), [alice, rita]);
    await (await host()).refuses(sealed(forged), "ERR_BUNDLE_KEY_REVOKED", /revoked/);
  }),
  attack(58, "a key signed that is past its end, or before its beginning", async () => {
    const { alice, eve } = await cast();
    const forged = await forge("policy-bundle", payload(), [alice, eve]);
    const subject = await host();
    await subject.refuses(sealed(forged), "ERR_BUNDLE_KEY_EXPIRED", /past its end/);
    const early = { now: Date.parse("2025-12-31T23:58:59Z"), trust: await rootFrom() };
    await subject.refuses(await bundle(), "ERR_BUNDLE_KEY_EXPIRED", /before its beginning/, early);
  }),
  attack(59, "the root has ended", async () => {
    const late = Date.parse("2027-01-01T00:00:00Z");
    const { text, digest } = await signedRoot({
      keys: (await rootInput()).keys.map((key) => listed(key, "2028-01-01T00:00:00Z")),
    });
    const options = { document: text, digest };
    await refused("ERR_TRUST_ROOT_EXPIRED", /ended 2027/, () =>
      openTrustRoot({ ...options, now: late }),
    );
    // Opened in time, it ends nevertheless: a process that runs on loads nothing new by it.
    const trust = await openTrustRoot({ ...options, now: late - 1 });
    const subject = await host();
    await subject.refuses(await bundle(), "ERR_TRUST_ROOT_EXPIRED", /ended 2027/, {
      trust,
      now: late,
    });
  }),
  attack(63, "control: a root follows another with enough signatures of both", async () => {
    const { nextA, nextB } = await cast();
    const first = await signedRoot();
    const second = await nextRoot();
    const trust = await openTrustRoot({
      document: first.text,
      digest: first.digest,
      updates: [second],
      now: NOW,
    });
    if (trust.version !== 2) throw new Error(`the root has version ${trust.version}`);
    const only = { keyids: [nextA.keyid, nextB.keyid], threshold: 2 };
    if (trust.document.roles.root.keyids.join() !== only.keyids.join())
      throw new Error("wrong keys");
    const options = { trust, audience: AUDIENCE, now: NOW, rollback: memoryRollback() };
    await verifyBundle(await bundle(), options);
  }),
  attack(64, "a root skips a version, repeats one or goes back", async () => {
    const first = await signedRoot();
    for (const version of [3, 1]) {
      const update = await nextRoot(version);
      await refused("ERR_TRUST_ROOT", /does not follow version 1/, () =>
        openTrustRoot({ document: first.text, digest: first.digest, updates: [update], now: NOW }),
      );
    }
  }),
  attack(65, "a root is signed only by its own new keys", async () => {
    const { nextA, nextB } = await cast();
    const update = await signTrustRoot(await buildTrustRoot(await nextInput()), [nextA, nextB]);
    await refusedUpdate(update, /No key of the role root/);
  }),
  attack(66, "a root has too few signatures of the one before, or of its own", async () => {
    const { rootA, rootB, nextA, nextB } = await cast();
    const built = await buildTrustRoot(await nextInput());
    await refusedUpdate(
      await signTrustRoot(built, [rootA, nextA, nextB]),
      /needs 2 signatures; 1 count/,
    );
    await refusedUpdate(
      await signTrustRoot(built, [rootA, rootB, nextA]),
      /needs 2 signatures; 1 count/,
    );
    await refusedUpdate(await signTrustRoot(built, [rootA, rootB]), /No key of the role root/);
  }),
  attack(92, "the root is another one than is pinned, and no pin is no trust", async () => {
    const { text } = await signedRoot();
    const digest = "0".repeat(64);
    await refused("ERR_TRUST_ROOT_DIGEST", /is pinned/, () =>
      openTrustRoot({ document: text, digest, now: NOW }),
    );
    for (const missing of ["", "sha256:", "*", digest.slice(1)]) {
      await refused("ERR_OPTIONS", /must be pinned/, () =>
        openTrustRoot({ document: text, digest: missing, now: NOW }),
      );
    }
  }),
  attack(93, "the pinned root lacks its own signatures", async () => {
    const { rootA, mallory } = await cast();
    const built = await buildTrustRoot(await rootInput());
    for (const keys of [[rootA], [mallory]]) {
      const document = await signTrustRoot(built, keys);
      await refused("ERR_TRUST_ROOT", /needs 2 signatures|No key of the role root/, () =>
        openTrustRoot({ document, digest: built.digest, now: NOW }),
      );
    }
  }),
  attack(94, "an older root comes back, or another of the same version", async () => {
    const rollback = memoryRollback();
    const first = await signedRoot();
    const options = { document: first.text, digest: first.digest, now: NOW, rollback };
    await openTrustRoot({ ...options, updates: [await nextRoot()] });
    await refused("ERR_TRUST_ROOT_ROLLBACK", /older than version 2/, () => openTrustRoot(options));
    const other = await nextRoot(2, "2026-12-01T00:00:00Z");
    await refused("ERR_TRUST_ROOT_ROLLBACK", /other content/, () =>
      openTrustRoot({ ...options, updates: [other] }),
    );
  }),
  attack(95, "an object that looks like a trust root is handed over", async () => {
    const subject = await host();
    for (const trust of [{ ...subject.trust }, structuredClone(subject.trust)]) {
      await subject.refuses(await bundle(), "ERR_OPTIONS", /opened by openTrustRoot/, { trust });
    }
  }),
  attack(96, "the root lists a point of small order, for which anybody can sign", async () => {
    // The neutral element: R = [S]B verifies for every message.
    const x = "AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    const { alice } = await cast();
    await hostileRoot(/small order/, ({ keys }) =>
      Object.assign(keys[alice.keyid] ?? {}, { jwk: { kty: "OKP", crv: "Ed25519", x } }),
    );
  }),
  attack(97, "the root is malformed", async () => {
    const { alice, bob } = await cast();
    const changes: ((root: HostileRoot) => unknown)[] = [
      (root) => delete root["revokedKeys"],
      (root) => Object.assign(root, { comment: "hello" }),
      (root) => delete root.roles["root"],
      (root) => Object.assign(root.roles, { admin: root.roles["root"] }),
      (root) => root.roles["bundle"]?.keyids.push(alice.keyid),
      (root) => delete root.keys[alice.keyid],
      (root) => Object.assign(root, { expires: "2027-01-01" }),
      (root) => Object.assign(root, { version: 0 }),
      (root) => Object.assign(root.keys[alice.keyid] ?? {}, { notAfter: "2026-01-01T00:00:00Z" }),
      (root) =>
        Object.assign(root.keys[alice.keyid] ?? {}, { jwk: { ...alice.publicJwk, d: "AAAA" } }),
      (root) =>
        Object.assign(root.keys[bob.keyid] ?? {}, {
          jwk: { ...bob.publicJwk, y: bob.publicJwk.x },
        }),
    ];
    for (const change of changes) await hostileRoot(/./, change);
  }),
];

/** A trust root's payload as an attacker who may edit it before it is signed has it. */
interface HostileRoot {
  readonly keys: { [id: string]: object | undefined };
  readonly roles: { [role: string]: { keyids: string[]; threshold: number } };
  [field: string]: unknown;
}

/** Changes the root, has it signed by both root keys and pinned, and expects that it is refused all the same. */
async function hostileRoot(words: RegExp, change: (root: HostileRoot) => unknown): Promise<void> {
  const { rootA, rootB } = await cast();
  const { payload: honest } = await buildTrustRoot(await rootInput());
  // The builder's own JSON; what the attack makes of it is its business.
  const root = JSON.parse(new TextDecoder().decode(honest)) as HostileRoot;
  change(root);
  const bytes = utf8(JSON.stringify(root));
  const document = sealed(await forge("trust-root", bytes, [rootA, rootB]));
  const digest = await payloadDigest(bytes);
  await refused("ERR_TRUST_ROOT", words, () => openTrustRoot({ document, digest, now: NOW }));
}

async function rootFrom(): ReturnType<typeof openTrustRoot> {
  const { text, digest } = await signedRoot();
  return openTrustRoot({ document: text, digest, now: NOW });
}

async function refusedUpdate(update: string, words: RegExp): Promise<void> {
  const { text, digest } = await signedRoot();
  await refused("ERR_TRUST_ROOT", words, () =>
    openTrustRoot({ document: text, digest, updates: [update], now: NOW }),
  );
}

/** The next root: the same but for its root keys. */
async function nextInput(
  version = 2,
  expires = "2027-01-01T00:00:00Z",
): ReturnType<typeof rootInput> {
  const { nextA, nextB } = await cast();
  const input = await rootInput();
  return {
    ...input,
    version,
    expires,
    keys: [...input.keys, listed(nextA), listed(nextB)],
    roles: { ...input.roles, root: { keyids: [nextA.keyid, nextB.keyid], threshold: 2 } },
  };
}

/** The next root with all signatures it needs, given one after the other. */
async function nextRoot(version?: number, expires?: string): Promise<string> {
  const { rootA, rootB, nextA, nextB } = await cast();
  const built = await buildTrustRoot(await nextInput(version, expires));
  let signed = await signTrustRoot(built, [nextA, nextB]);
  for (const key of [rootA, rootB]) signed = await addSignature(signed, key);
  return signed;
}
