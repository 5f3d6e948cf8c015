import assert from "node:assert/strict";
import {
  type ErrorCode,
  memoryRollback,
  openTrustRoot,
  type RollbackStore,
  type TrustRoot,
  type VerifiedBundle,
  verifyBundle,
  type VerifyOptions,
} from "@interlatch/core";
import {
  buildTrustRoot,
  type BuiltTrustRoot,
  signTrustRoot,
  type TrustRootInput,
} from "@interlatch/core/sign";
import { refused } from "./attack.ts";
import { type Forged, forge, sealed } from "./forge.ts";
import { cast, listed } from "./keys.ts";

/** The moment of all attacks. */
export const NOW: number = Date.parse("2026-06-15T12:00:00Z");
export const STREAM = "acme-support";
export const AUDIENCE = "prod";

const at = { file: "policy.yaml", line: 3 };

/** A policy that means something small. */
export function policy(): { [field: string]: unknown } {
  return {
    engine: 1,
    id: STREAM,
    mode: "enforce",
    agents: null,
    tools: { refund: { operation: "spend", reversible: false, default: "deny", at } },
    facts: { desk: "emea" },
    rules: [
      {
        name: "small_refunds",
        tools: ["refund"],
        action: "allow",
        when: {
          kind: "compare",
          operator: "<",
          left: { kind: "field", of: { kind: "variable", name: "arguments" }, name: "amount" },
          right: { kind: "literal", value: 50 },
        },
        at,
      },
    ],
  };
}

/** A payload this host accepts; `changes` replaces fields, `undefined` takes one out. */
export function payload(changes: { readonly [field: string]: unknown } = {}): string {
  return JSON.stringify({
    format: 1,
    id: STREAM,
    version: 7,
    audience: [AUDIENCE, "staging"],
    notBefore: "2026-06-10T00:00:00Z",
    expires: "2026-07-01T00:00:00Z",
    engine: 1,
    policy: policy(),
    sources: [{ path: "policy.yaml", sha256: "0".repeat(64) }],
    tests: { files: [], cases: 12, coverage: 1 },
    compiler: { version: "0.1.0" },
    created: "2026-06-10T00:00:00Z",
    change: "CHG-1",
    ...changes,
  });
}

/** A payload signed by Alice and Bob, as bytes. */
export async function bundle(
  text: string | Uint8Array = payload(),
): Promise<Uint8Array<ArrayBuffer>> {
  return sealed(await envelope(text));
}

/** A payload signed by Alice and Bob, to be tampered with. */
export async function envelope(text: string | Uint8Array = payload()): Promise<Forged> {
  const { alice, bob } = await cast();
  return forge("policy-bundle", text, [alice, bob]);
}

/** What the trust root of all attacks says; `changes` replaces fields. */
export async function rootInput(changes: Partial<TrustRootInput> = {}): Promise<TrustRootInput> {
  const { alice, bob, carol, rita, eve, rootA, rootB, clock } = await cast();
  return {
    version: 1,
    expires: "2027-01-01T00:00:00Z",
    keys: [
      ...[alice, bob, carol, rita, rootA, rootB, clock].map((key) => listed(key)),
      listed(eve, "2026-06-14T00:00:00Z"),
    ],
    roles: {
      root: { keyids: [rootA.keyid, rootB.keyid], threshold: 2 },
      bundle: { keyids: [alice, bob, carol, rita, eve].map((key) => key.keyid), threshold: 2 },
      status: { keyids: [clock.keyid], threshold: 1 },
    },
    revokedKeys: [rita.keyid],
    ...changes,
  };
}

/** The trust root of all attacks, signed by both its root keys. */
export async function signedRoot(
  changes: Partial<TrustRootInput> = {},
): Promise<BuiltTrustRoot & { readonly text: string }> {
  const { rootA, rootB } = await cast();
  const built = await buildTrustRoot(await rootInput(changes));
  return { ...built, text: await signTrustRoot(built, [rootA, rootB]) };
}

/** A host that loads bundles. */
export interface Host {
  readonly trust: TrustRoot;
  readonly rollback: RollbackStore;
  load(bytes: Uint8Array, changes?: Partial<VerifyOptions>): Promise<VerifiedBundle>;
  /** Resolves when the bundle is refused with this code and words and the host's state stays as it was. */
  refuses(
    bytes: Uint8Array,
    code: ErrorCode,
    words: RegExp,
    changes?: Partial<VerifyOptions>,
  ): Promise<void>;
}

/** A new host with nothing remembered, or with this memory. */
export async function host(rollback: RollbackStore = memoryRollback()): Promise<Host> {
  const { text, digest } = await signedRoot();
  const trust = await openTrustRoot({ document: text, digest, now: NOW });
  const load: Host["load"] = (bytes, changes = {}) =>
    verifyBundle(bytes, { trust, audience: AUDIENCE, id: STREAM, now: NOW, rollback, ...changes });
  return {
    trust,
    rollback,
    load,
    refuses: async (bytes, code, words, changes) => {
      const key = `bundle:${STREAM}#${AUDIENCE}`;
      const before = await rollback.get(key);
      await refused(code, words, () => load(bytes, changes));
      assert.deepEqual(
        await rollback.get(key),
        before,
        "a refused bundle moved the rollback state",
      );
    },
  };
}
