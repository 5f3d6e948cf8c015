import { describe, expect, it } from "vitest";
import { verifies } from "../../../../test/verifies.ts";
import { policyOf } from "../../../../test/policies.ts";
import { guardOver, makeSigning } from "../../../../test/signed.ts";
import { payloadDigest } from "./digest.ts";
import { lockedRollback, readLockfile } from "./lockfile.ts";
import { memoryRollback } from "./memory-rollback.ts";
import { readAnyEnvelope } from "./envelope.ts";

const digest = (fill: string): string => fill.repeat(64);
const LOCK = {
  format: 1,
  root: { version: 1, digest: `sha256:${digest("1")}` },
  streams: { "shop#prod": { version: 3, digest: `sha256:${digest("3")}` } },
};
const text = (changes: object = {}): string => JSON.stringify({ ...LOCK, ...changes });

describe("a lockfile", () => {
  it("is read strictly", () => {
    expect(readLockfile(text()).streams["shop#prod"]?.version).toBe(3);
    expect(readLockfile(text()).streams["constructor"]).toBeUndefined();
    const { root: _, ...rest } = LOCK;
    expect(readLockfile(JSON.stringify(rest)).root).toBeUndefined();
    for (const wrong of [
      "",
      "{}",
      "[]",
      text({ format: 2 }),
      text({ more: 1 }),
      text({ streams: { shop: LOCK.root } }),
      text({ streams: { "shop#prod": { version: 0, digest: LOCK.root.digest } } }),
      text({ streams: { "shop#prod": { version: 1, digest: digest("3") } } }),
      text().replace('"format":1,', '"format":1,"format":1,'),
    ]) {
      expect(() => readLockfile(wrong), wrong).toThrow(
        expect.objectContaining({ code: "ERR_CONFIG" }),
      );
    }
  });

  verifies("lock.floor", "is the least that a host without a state takes", async () => {
    const key = "bundle:shop#prod";
    const rollback = lockedRollback(text());
    const locked = { version: 3, digest: digest("3") };
    expect(await rollback.get(key)).toEqual(locked);
    expect(await rollback.advance(key, { version: 2, digest: digest("2") })).toEqual(locked);
    expect(await rollback.advance(key, { version: 3, digest: digest("4") })).toEqual(locked);
    expect(await rollback.advance(key, locked)).toEqual(locked);
    const newer = { version: 4, digest: digest("4") };
    expect(await rollback.advance(key, newer)).toEqual(newer);
    expect(await rollback.get(key)).toEqual(newer);
    expect(await rollback.advance(key, locked)).toEqual(newer);
    expect(await rollback.get("root")).toEqual({ version: 1, digest: digest("1") });
  });

  it("adds to what the host remembers, and takes nothing of it", async () => {
    const inner = memoryRollback();
    const key = "bundle:shop#prod";
    await inner.advance(key, { version: 9, digest: digest("9") });
    const rollback = lockedRollback(text(), inner);
    expect((await rollback.get(key))?.version).toBe(9);
    expect((await rollback.advance(key, { version: 5, digest: digest("5") })).version).toBe(9);
    expect(await rollback.get("status#prod")).toBeUndefined();
    expect(await rollback.seen?.(7)).toBe(7);
    expect(await inner.seen?.(5)).toBe(7);
  });

  verifies(
    "lock.guard",
    "decides what a guard loads, and what is not locked is refused",
    async () => {
      const signing = await makeSigning();
      const policy = policyOf({ rules: [{ action: "allow" }] });
      const bundle = await signing.bundle(policy, { version: 2 });
      const { payload } = readAnyEnvelope(new TextEncoder().encode(bundle));
      const locked = { version: 2, digest: `sha256:${await payloadDigest(payload)}` };
      const lockfile = JSON.stringify({ format: 1, streams: { [`${policy.id}#test`]: locked } });
      const start = (text: string, lock: string): Promise<unknown> =>
        guardOver(text, signing.trust, { rollback: lockedRollback(lock) });
      await start(bundle, lockfile);
      await start(await signing.bundle(policy, { version: 3 }), lockfile);
      const refusal = (words: RegExp): object =>
        expect.objectContaining({
          code: "ERR_BUNDLE_ROLLBACK",
          message: expect.stringMatching(words),
        });
      const older = await signing.bundle(policy);
      await expect(start(older, lockfile)).rejects.toThrow(refusal(/older than version 2/));
      const other = await signing.bundle(policy, { version: 2, change: "CHG-2" });
      await expect(start(other, lockfile)).rejects.toThrow(refusal(/other content/));
      const none = '{"format":1,"streams":{}}';
      await expect(start(bundle, none)).rejects.toThrow(refusal(/does not name .*#test/));
    },
  );
});
