import { describe, expect, it } from "vitest";
import { generateKey, importPrivateKey } from "../sign/key.ts";
import { signPayload } from "../sign/sign.ts";
import { buildTrustRoot, signTrustRoot } from "../sign/trust-root.ts";
import { openTrustRoot } from "../trust/root.ts";
import { verifyBundle, type VerifyOptions } from "./load.ts";
import { memoryRollback } from "./memory-rollback.ts";

const NOW = Date.parse("2026-06-15T12:00:00Z");
const at = { file: "policy.yaml", line: 1 };
const TRUE = { kind: "literal", value: true };

function payloadOf(policy: object, changes: object = {}): Uint8Array<ArrayBuffer> {
  const payload = {
    format: 1,
    id: "acme",
    version: 3,
    audience: ["prod"],
    notBefore: "2026-06-10T00:00:00Z",
    expires: "2026-06-20T00:00:00Z",
    engine: 1,
    policy: {
      engine: 1,
      id: "acme",
      mode: "enforce",
      agents: null,
      tools: {},
      facts: {},
      rules: [],
      ...policy,
    },
    sources: [],
    tests: { files: [], cases: 0, coverage: 0 },
    compiler: { version: "0.1.0" },
    created: "2026-06-10T00:00:00Z",
    ...changes,
  };
  return new TextEncoder().encode(JSON.stringify(payload));
}

async function setUp(
  payload: Uint8Array,
): Promise<{ readonly bytes: Uint8Array<ArrayBuffer>; readonly options: VerifyOptions }> {
  const { privateKey, publicJwk, keyid } = await generateKey();
  const key = await importPrivateKey(privateKey);
  const only = { keyids: [keyid], threshold: 1 };
  const root = await buildTrustRoot({
    version: 1,
    expires: "2027-01-01T00:00:00Z",
    keys: [{ publicJwk, notBefore: "2026-01-01T00:00:00Z", notAfter: "2027-01-01T00:00:00Z" }],
    roles: { root: only, bundle: only },
  });
  const document = await signTrustRoot(root, [key]);
  const trust = await openTrustRoot({ document, digest: root.digest, now: NOW });
  const envelope = await signPayload({ kind: "policy-bundle", payload, keys: [key] });
  return {
    bytes: new TextEncoder().encode(envelope),
    options: { trust, audience: "prod", now: NOW, rollback: memoryRollback() },
  };
}

describe("verifyBundle", () => {
  it("runs prepare last, and remembers the bundle only when it returns", async () => {
    const { bytes, options } = await setUp(payloadOf({}));
    const seen: string[] = [];
    const failing = verifyBundle(bytes, {
      ...options,
      prepare: async ({ payload, digest, signers }) => {
        await Promise.resolve();
        seen.push(`${payload.id} ${payload.version} ${digest.length} ${signers.length}`);
        throw new Error("not here");
      },
    });
    await expect(failing).rejects.toThrow("not here");
    expect(seen).toEqual(["acme 3 64 1"]);
    expect(await options.rollback.get("bundle:acme#prod")).toBeUndefined();
    await verifyBundle(bytes, { ...options, prepare: () => undefined });
    expect(await options.rollback.get("bundle:acme#prod")).toMatchObject({ version: 3 });
  });

  it("does not run prepare for a bundle that is not for this host", async () => {
    const { bytes, options } = await setUp(payloadOf({}));
    const prepare = (): never => {
      throw new Error("was run");
    };
    const other = verifyBundle(bytes, { ...options, audience: "dev", prepare });
    await expect(other).rejects.toMatchObject({ code: "ERR_BUNDLE_AUDIENCE" });
  });

  it("keeps streams and audiences apart", async () => {
    const { bytes, options } = await setUp(payloadOf({}, { audience: ["prod", "dev"] }));
    await verifyBundle(bytes, options);
    await verifyBundle(bytes, { ...options, audience: "dev" });
    expect(await options.rollback.get("bundle:acme#dev")).toMatchObject({ version: 3 });
    expect(await options.rollback.get("bundle:acme#staging")).toBeUndefined();
  });

  it("reads the deepest policy that the policy's own bounds allow", async () => {
    let condition: object = TRUE;
    for (let level = 1; level < 64; level += 1)
      condition = { kind: "map", entries: [[condition, TRUE]] };
    let value: object = { kind: "expression", expression: condition };
    for (let level = 1; level < 32; level += 1) value = { kind: "object", entries: [["k", value]] };
    const tool = { operation: "read", reversible: true, default: "deny", at };
    const rules = [
      { name: "deep", tools: ["t"], action: "deny", fallback: { kind: "value", value }, at },
    ];
    const { bytes, options } = await setUp(payloadOf({ tools: { t: tool }, rules }));
    expect((await verifyBundle(bytes, options)).payload.policy.rules).toHaveLength(1);
  });

  it("refuses options that would switch a check off", async () => {
    const { bytes, options } = await setUp(payloadOf({}));
    const wrong: object[] = [
      { audience: "" },
      { audience: undefined },
      { now: Number.NaN },
      { now: undefined },
      { rollback: undefined },
      { rollback: {} },
      { minVersion: Number.NaN },
      { maxLifetimeDays: Number.NaN },
      { maxLifetimeDays: 0 },
      { trust: undefined },
    ];
    for (const change of wrong) {
      // What a caller without types can do.
      const loose = { ...options, ...change } as VerifyOptions;
      await expect(verifyBundle(bytes, loose), JSON.stringify(change)).rejects.toMatchObject({
        code: "ERR_OPTIONS",
      });
    }
  });

  it("takes bytes of any kind of buffer and never changes them", async () => {
    const { bytes, options } = await setUp(payloadOf({}));
    const shared = new Uint8Array(new SharedArrayBuffer(bytes.length));
    shared.set(bytes);
    await verifyBundle(shared, options);
    await verifyBundle(Buffer.from(bytes), options);
    expect([...shared]).toEqual([...bytes]);
  });
});
