import { describe, expect, it } from "vitest";
import { memoryRollback } from "../bundle/memory-rollback.ts";
import { addSignature } from "../sign/sign.ts";
import { generateKey, importPrivateKey, type SigningKey } from "../sign/key.ts";
import { buildTrustRoot, signTrustRoot } from "../sign/trust-root.ts";
import { openTrustRoot } from "./root.ts";

const NOW = Date.parse("2026-06-15T12:00:00Z");

interface Generation {
  readonly text: string;
  readonly digest: string;
}

/** Root `version` with one key, signed by it and by the key of the root before. */
async function generation(
  version: number,
  key: SigningKey,
  before: SigningKey,
  expires = "2027-01-01T00:00:00Z",
): Promise<Generation> {
  const only = { keyids: [key.keyid], threshold: 1 };
  const built = await buildTrustRoot({
    version,
    expires,
    keys: [
      {
        publicJwk: key.publicJwk,
        notBefore: "2026-01-01T00:00:00Z",
        notAfter: "2027-01-01T00:00:00Z",
      },
    ],
    roles: { root: only, bundle: only },
  });
  const text = await signTrustRoot(built, [key]);
  return { text: key === before ? text : await addSignature(text, before), digest: built.digest };
}

async function makeKeys(count: number): Promise<SigningKey[]> {
  const keys: SigningKey[] = [];
  for (let index = 0; index < count; index += 1) {
    keys.push(await importPrivateKey((await generateKey()).privateKey));
  }
  return keys;
}

/** Roots 1 to `count`, each with a key of its own. */
async function chain(count: number, expires?: string): Promise<Generation[]> {
  const keys = await makeKeys(count);
  const roots: Generation[] = [];
  for (const [index, key] of keys.entries()) {
    const last = index === count - 1;
    roots.push(
      await generation(index + 1, key, keys[index - 1] ?? key, last ? undefined : expires),
    );
  }
  return roots;
}

describe("openTrustRoot", () => {
  it("opens a pinned root given as text or bytes, by either form of the digest", async () => {
    const [root] = await chain(1);
    if (root === undefined) throw new Error("no root");
    for (const document of [root.text, new TextEncoder().encode(root.text)]) {
      for (const digest of [root.digest, `sha256:${root.digest}`]) {
        const opened = await openTrustRoot({ document, digest, now: NOW });
        expect(opened).toMatchObject({ version: 1, digest: root.digest });
        expect(Object.isFrozen(opened)).toBe(true);
      }
    }
  });

  it("walks over roots that have ended to one that has not", async () => {
    const [first, ...rest] = await chain(4, "2026-03-01T00:00:00Z");
    if (first === undefined) throw new Error("no root");
    const options = { document: first.text, digest: first.digest, now: NOW };
    const updates = rest.map(({ text }) => text);
    expect(await openTrustRoot({ ...options, updates })).toMatchObject({ version: 4 });
    await expect(openTrustRoot({ ...options, updates: updates.slice(0, 2) })).rejects.toMatchObject(
      {
        code: "ERR_TRUST_ROOT_EXPIRED",
      },
    );
  });

  it("does not let a key of a root before the last one sign", async () => {
    const [first, second] = await makeKeys(2);
    if (first === undefined || second === undefined) throw new Error("no keys");
    const root = await generation(1, first, first);
    const next = await generation(2, second, first);
    const stray = await generation(3, first, first);
    const updates = [next.text, stray.text];
    const opened = openTrustRoot({ document: root.text, digest: root.digest, updates, now: NOW });
    await expect(opened).rejects.toMatchObject({ code: "ERR_TRUST_ROOT" });
  });

  it("remembers the last root under the key root, and only when all else passed", async () => {
    const rollback = memoryRollback();
    const [first, second] = await chain(2);
    if (first === undefined || second === undefined) throw new Error("no roots");
    const options = { document: first.text, digest: first.digest, rollback };
    const late = openTrustRoot({
      ...options,
      updates: [second.text],
      now: Date.parse("2028-01-01"),
    });
    await expect(late).rejects.toMatchObject({ code: "ERR_TRUST_ROOT" });
    expect(await rollback.get("root")).toBeUndefined();
    await openTrustRoot({ ...options, updates: [second.text], now: NOW });
    expect(await rollback.get("root")).toEqual({ version: 2, digest: second.digest });
  });

  it("says in its cause what the envelope's reader found", async () => {
    const [root] = await chain(1);
    if (root === undefined) throw new Error("no root");
    const document = root.text.replace("{", '{"note":1,');
    const opened = openTrustRoot({ document, digest: root.digest, now: NOW });
    await expect(opened).rejects.toMatchObject({
      code: "ERR_TRUST_ROOT",
      cause: { code: "ERR_BUNDLE_UNKNOWN_FIELD" },
    });
  });
});

describe("buildTrustRoot", () => {
  it("refuses what a run time would refuse", async () => {
    const [key] = await makeKeys(1);
    if (key === undefined) throw new Error("no key");
    const { publicJwk } = key;
    const listed = {
      publicJwk,
      notBefore: "2026-01-01T00:00:00Z",
      notAfter: "2027-01-01T00:00:00Z",
    };
    const role = { keyids: [key.keyid], threshold: 2 };
    const input = { version: 1, expires: "2027-01-01T00:00:00Z", keys: [listed] };
    const built = buildTrustRoot({ ...input, roles: { root: role, bundle: role } });
    await expect(built).rejects.toMatchObject({ code: "ERR_TRUST_ROOT" });
  });
});
