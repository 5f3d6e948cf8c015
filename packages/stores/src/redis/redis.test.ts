import { testRollbackStore, testStore } from "@interlatch/conformance";
import { afterAll, describe, expect, it } from "vitest";
import { verifies } from "../../../../test/verifies.ts";
import { connectRedis, startRedis } from "../../test/redis-server.ts";
import { openRedis, rollbackStore, type RedisDatabase, type RedisOptions } from "./index.ts";
import { limitStoreBy } from "./limits.ts";

const server = await startRedis();
const ends: (() => void)[] = [];
let count = 0;

afterAll(async () => {
  for (const end of ends) end();
  await server?.stop();
});

function freshPrefix(): string {
  return `t${++count}_`;
}

async function opened(options: RedisOptions = {}): Promise<RedisDatabase> {
  const { client, end } = await connectRedis(server?.port ?? 0);
  ends.push(end);
  return openRedis(client, { prefix: freshPrefix(), ...options });
}

describe.skipIf(server === undefined)("Redis", () => {
  const runner = { describe, it, expect };
  testRollbackStore(
    {
      name: "Redis",
      state: () => {
        const prefix = freshPrefix();
        return async () => rollbackStore(await opened({ prefix }));
      },
    },
    runner,
  );
  testStore(
    { name: "Redis", limits: async () => limitStoreBy(await opened(), "guard"), steps: 500 },
    runner,
  );

  const entry = { version: 3, digest: "a".repeat(64) };

  verifies("stores.damaged", "a state is never taken for a fresh start", async () => {
    const prefix = freshPrefix();
    const { client, end } = await connectRedis(server?.port ?? 0);
    ends.push(end);
    const rollback = rollbackStore(await opened({ prefix }));
    const key = `{${prefix}}rollback`;
    for (const damage of ["", "3", `0 ${entry.digest}`, `x ${entry.digest}`, "-3 a", "99 A"]) {
      await client.del(key);
      await rollback.advance("root", entry);
      await client.hSet(key, '"root"', damage);
      const refusal = { code: "ERR_ROLLBACK_STATE" };
      await expect(rollback.get("root"), damage).rejects.toMatchObject(refusal);
      const older = rollback.advance("root", { ...entry, version: 1 });
      await expect(older, damage).rejects.toMatchObject(refusal);
    }
    await client.del(key);
    await client.set(key, "no table");
    await expect(rollback.get("root")).rejects.toMatchObject({ code: "ERR_ROLLBACK_STATE" });
  });

  verifies("stores.apart", "two prefixes share nothing", async () => {
    const [one, other] = [await opened(), await opened()];
    await rollbackStore(one).advance("root", entry);
    expect(await rollbackStore(other).get("root")).toBe(undefined);
    const claims = [{ key: "k", max: 1, windowMs: 60_000 }];
    for (const database of [one, other]) {
      expect(await limitStoreBy(database, "server").reserve(claims, 0)).toEqual({ ok: true });
      expect(await limitStoreBy(database, "server").reserve(claims, 0)).toMatchObject({
        ok: false,
      });
    }
  });

  it("counts by the clock of the server: a host whose clock runs ahead frees nothing", async () => {
    const limits = limitStoreBy(await opened(), "server");
    const claims = [{ key: "k", max: 1, windowMs: 60_000 }];
    expect(await limits.reserve(claims, Date.now())).toEqual({ ok: true });
    const later = await limits.reserve(claims, Date.now() + 3_600_000);
    expect(later).toMatchObject({ ok: false, claim: 0 });
  });

  it("keeps no counter longer than it counts", async () => {
    const prefix = freshPrefix();
    const limits = limitStoreBy(await opened({ prefix }), "server");
    await limits.reserve([{ key: "k", max: 1, windowMs: 60_000 }], 0);
    const { client, end } = await connectRedis(server?.port ?? 0);
    ends.push(end);
    const [key = ""] = await client.keys(`{${prefix}}limit:*`);
    expect(await client.pTTL(key)).toBeGreaterThan(50_000);
    expect(await client.pTTL(key)).toBeLessThanOrEqual(60_001);
  });

  it("takes only what openRedis made, and sound options", async () => {
    const client = { sendCommand: async () => null };
    expect(() => rollbackStore({ prefix: "{a}" })).toThrow("openRedis");
    for (const options of [{ prefix: "a}b" }, { timeoutMs: 0 }, { timeoutMs: Number.NaN }]) {
      expect(() => openRedis(client, options)).toThrow();
    }
  });
});
