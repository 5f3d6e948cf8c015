import assert from "node:assert/strict";
import {
  type BundleSource,
  createGuard,
  type Guard,
  type GuardEvents,
  inlineSource,
  memoryAudit,
  memoryRollback,
  type RollbackStore,
  type TrustSource,
} from "@interlatch/core";
import {
  buildTrustRoot,
  signPayload,
  type SigningKey,
  signTrustRoot,
  type TrustRootInput,
} from "@interlatch/core/sign";
import { type Attack, attack, refused } from "./attack.ts";
import { utf8 } from "./forge.ts";
import { AUDIENCE, NOW, payload, rootInput, signedRoot } from "./host.ts";
import { cast, type Cast, listed } from "./keys.ts";

/** Attacks on a running guard whose trust roots arrive by themselves. */
export const followedRootAttacks: readonly Attack[] = [
  attack(120, "a key is revoked while a bundle that it signed is in force", async () => {
    const subject = await service();
    assert.equal(subject.code(), "allowed");
    subject.roots.set(2, await later({ revokedKeys: await ids("rita", "bob") }));
    await refused("ERR_BUNDLE_KEY_REVOKED", /a key that signed is revoked/, subject.reload);
    assert.equal(subject.code(), "bundle_revoked");
    assert.equal(subject.guard.status().state, "no_bundle");
    assert.deepEqual(subject.told("bundle.revoked"), ["ERR_BUNDLE_KEY_REVOKED"]);
    subject.bundle.text = await signed(8, "alice", "carol");
    await subject.reload();
    assert.equal(subject.code(), "allowed");
  }),
  attack(121, "a key leaves its role while a bundle that it signed is in force", async () => {
    const { alice, carol } = await cast();
    const subject = await service();
    const { roles } = await rootInput();
    const bundleRole = { keyids: [alice.keyid, carol.keyid], threshold: 2 };
    subject.roots.set(2, await later({ roles: { ...roles, bundle: bundleRole } }));
    // Nothing can be read any more: what a later root says holds all the same.
    subject.bundle.text = null;
    await refused("ERR_BUNDLE_UNREACHABLE", /cannot be read/, subject.reload);
    assert.equal(subject.code(), "bundle_revoked");
    assert.deepEqual(subject.told("bundle.revoked"), ["ERR_BUNDLE_THRESHOLD"]);
  }),
  attack(
    122,
    "control: a rotation takes nothing from a bundle that both sets of keys signed",
    async () => {
      const { bob, carol } = await cast();
      const subject = await service();
      subject.bundle.text = await signed(8, "alice", "bob", "carol");
      await subject.reload();
      const { roles } = await rootInput();
      const bundleRole = { keyids: [bob.keyid, carol.keyid], threshold: 2 };
      const expires = "2026-06-16T00:00:00Z";
      const input = { expires, roles: { ...roles, bundle: bundleRole } };
      subject.roots.set(2, await later({ ...input, revokedKeys: await ids("rita", "alice") }));
      subject.bundle.text = null;
      await refused("ERR_BUNDLE_UNREACHABLE", /cannot be read/, subject.reload);
      assert.equal(subject.code(), "allowed");
      assert.deepEqual(
        subject.guard.status().bundle?.signers.toSorted(),
        [bob, carol].map(({ keyid }) => keyid).toSorted(),
      );
      // It lives no longer than the root that it is trusted by now.
      subject.time.now = Date.parse(expires);
      assert.equal(subject.code(), "bundle_expired");
    },
  ),
  attack(123, "later roots are withheld, garbled, forged or skipped", async () => {
    const { mallory } = await cast();
    const subject = await service();
    const built = await buildTrustRoot(await rootInput({ version: 2 }));
    const hostile = [
      utf8("{}"),
      utf8("not json"),
      new Uint8Array(0),
      utf8(await signTrustRoot(built, [mallory])),
      await later({ version: 3 }),
      utf8(await signed(9, "alice", "bob")),
    ];
    for (const bytes of hostile) {
      subject.roots.set(2, bytes);
      await subject.reload();
      assert.equal(subject.code(), "allowed");
    }
    assert.deepEqual(new Set(subject.told("trust.rejected")), new Set(["ERR_TRUST_ROOT"]));
    assert.equal(subject.told("trust.rejected").length, hostile.length);
    assert.deepEqual(subject.told("bundle.revoked"), []);
    // A later root that follows is taken, whatever stood there before.
    subject.roots.set(2, await later({}));
    subject.roots.set(3, await later({ version: 3 }));
    await subject.reload();
    assert.equal((await subject.rollback.get("root"))?.version, 3);
  }),
  attack(124, "a withheld root is held back no longer than the root in force lives", async () => {
    const subject = await service({ root: { expires: "2026-06-16T00:00:00Z" } });
    subject.time.now = Date.parse("2026-06-15T23:59:59Z");
    assert.equal(subject.code(), "allowed");
    subject.time.now += 1_000;
    assert.equal(subject.code(), "bundle_expired");
    await refused("ERR_TRUST_ROOT_EXPIRED", /ended 2026-06-16/, subject.reload);
    subject.roots.set(2, await later({}));
    await subject.reload();
    assert.equal(subject.code(), "allowed");
  }),
  attack(125, "too few of the keys that signed a bundle in force are in time", async () => {
    const { bob } = await cast();
    const input = await rootInput();
    const short = listed(bob, "2026-06-16T00:00:00Z");
    const keys = [...input.keys.filter(({ publicJwk }) => publicJwk !== bob.publicJwk), short];
    const subject = await service({ root: { keys } });
    subject.time.now = Date.parse("2026-06-16T00:00:00Z");
    assert.equal(subject.code(), "bundle_expired");
    await refused("ERR_BUNDLE_KEY_EXPIRED", /past its end/, subject.reload);
  }),
  attack(126, "after a restart the source gives an older root, or nothing", async () => {
    const rollback = memoryRollback();
    const first = await service({ rollback });
    first.roots.set(2, await later({ revokedKeys: await ids("rita", "bob") }));
    await refused("ERR_BUNDLE_KEY_REVOKED", /revoked/, first.reload);
    // With the old root the bundle of the revoked key would load once more.
    await refused("ERR_TRUST_ROOT_ROLLBACK", /older than version 2/, () => service({ rollback }));
    const cut = await service({ rollback, cut: true });
    assert.equal(cut.code(), "no_bundle");
    assert.equal(cut.guard.status().lastError?.code, "ERR_BUNDLE_UNREACHABLE");
  }),
  attack(130, "a later root comes while a bundle is verified under the one before", async () => {
    const subject = await service();
    subject.bundle.text = await signed(8, "alice", "bob");
    let arrive: () => void = () => undefined;
    subject.bundle.wait = new Promise((resolve) => {
      arrive = resolve;
    });
    const reloaded = subject.reload();
    await subject.looked();
    subject.roots.set(2, await later({ revokedKeys: await ids("rita", "bob") }));
    // Another part of the guard looks for roots while the bundle is on its way.
    const second = once(subject.guard, "trust.loaded");
    subject.shadowChanged();
    await second;
    arrive();
    await reloaded;
    assert.equal(subject.code(), "bundle_revoked");
  }),
  attack(
    127,
    "a source answers with roots for ever, or with something else than bytes",
    async () => {
      const subject = await service();
      const asked: number[] = [];
      subject.roots.get = (version) => {
        asked.push(version);
        return undefined;
      };
      await subject.reload();
      assert.deepEqual(asked, [2]);
      const endless: Uint8Array[] = [];
      for (let version = 2; version < 72; version += 1) endless.push(await later({ version }));
      subject.roots.get = (version) => endless[version - 2];
      await subject.reload();
      assert.equal((await subject.rollback.get("root"))?.version, 65);
      await subject.reload();
      assert.equal((await subject.rollback.get("root"))?.version, 71);
      for (const value of ["text", 7, {}, true]) {
        // What a source without types can give.
        subject.roots.get = () => value as unknown as Uint8Array;
        await subject.reload();
        assert.equal(subject.code(), "allowed");
      }
      assert.equal(subject.told("trust.rejected").length, 4);
    },
  ),
];

interface Service {
  readonly guard: Guard;
  /** Roots by version, as the source has them. */
  readonly roots: Map<number, Uint8Array>;
  /** What the source of bundles has; `null`: it cannot be reached. */
  readonly bundle: { text: string | null; wait?: Promise<void> };
  readonly time: { now: number };
  readonly rollback: RollbackStore;
  reload(): Promise<void>;
  /** Resolves when the source of roots has been asked. */
  looked(): Promise<void>;
  /** Has the guard read the bundle that it only watches. */
  shadowChanged(): void;
  /** What a small refund is answered. */
  code(): string;
  /** The codes of an event, in order. */
  told(event: "bundle.revoked" | "trust.rejected"): readonly string[];
}

/** A guard over a bundle of Alice and Bob, under root 1 and whatever its source of roots has. */
async function service(
  options: {
    readonly root?: Partial<TrustRootInput>;
    readonly rollback?: RollbackStore;
    /** Whether the source of roots cannot be reached. */
    readonly cut?: boolean;
  } = {},
): Promise<Service> {
  const { rollback = memoryRollback(), cut = false } = options;
  const { text, digest } = await signedRoot(options.root);
  const roots = new Map<number, Uint8Array>();
  let asked: () => void = () => undefined;
  const updates: TrustSource = {
    name: "roots of the test",
    read: async (version) => {
      asked();
      if (cut) throw new Error("the line is cut");
      return roots.get(version) ?? null;
    },
  };
  const bundle: Service["bundle"] = { text: await signed(7, "alice", "bob") };
  const time = { now: NOW };
  const read = async (): Promise<Uint8Array> => {
    await bundle.wait;
    if (bundle.text === null) throw new Error("nobody answers");
    return inlineSource(bundle.text).read();
  };
  let shadowChanged: () => void = () => undefined;
  const shadow: BundleSource = {
    name: "drafts of the test",
    read: () => Promise.reject(new Error("there is none")),
    watch: (changed) => {
      shadowChanged = changed;
      return () => undefined;
    },
  };
  const guard = await createGuard({
    bundle: { name: "bundles of the test", read },
    shadow,
    trust: { document: text, digest, updates },
    audience: AUDIENCE,
    rollback,
    audit: memoryAudit(),
    clock: () => time.now,
  });
  const events: { name: string; code: string }[] = [];
  const listen = (name: "bundle.revoked" | "trust.rejected"): unknown =>
    guard.on(name, ({ code }: GuardEvents[typeof name]) => events.push({ name, code }));
  listen("bundle.revoked");
  listen("trust.rejected");
  const ticket = guard.for({ agent: { id: "desk", roles: [] }, session: "s1" });
  return {
    guard,
    roots,
    bundle,
    time,
    rollback,
    reload: () => guard.reload(),
    looked: () =>
      new Promise((resolve) => {
        asked = resolve;
      }),
    shadowChanged: () => shadowChanged(),
    code: () => guard.decide({ ticket, id: "c1", tool: "refund", arguments: { amount: 5 } }).code,
    told: (event) => events.filter(({ name }) => name === event).map(({ code }) => code),
  };
}

function once(guard: Guard, name: "trust.loaded"): Promise<void> {
  return new Promise((resolve) => {
    guard.on(name, () => resolve());
  });
}

/** Root 2, or another version, signed by the root keys that all roots here have. */
async function later(changes: Partial<TrustRootInput>): Promise<Uint8Array> {
  return utf8((await signedRoot({ version: 2, ...changes })).text);
}

async function signed(version: number, ...names: readonly (keyof Cast)[]): Promise<string> {
  const keys: SigningKey[] = [];
  const everybody = await cast();
  for (const name of names) keys.push(everybody[name]);
  return signPayload({ kind: "policy-bundle", payload: utf8(payload({ version })), keys });
}

async function ids(...names: readonly (keyof Cast)[]): Promise<readonly string[]> {
  const everybody = await cast();
  return names.map((name) => everybody[name].keyid);
}
