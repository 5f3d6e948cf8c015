import { readFile } from "node:fs/promises";
import { testApprovalStore, testRollbackStore, testStore } from "@interlatch/conformance";
import { Pool } from "pg";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import { startDatabase } from "../../../../test/postgres.ts";
import { verifies } from "../../../../test/verifies.ts";
import {
  approvalStore,
  openPostgres,
  rollbackStore,
  type PostgresDatabase,
  type PostgresOptions,
} from "./index.ts";
import { limitStoreBy } from "./limits.ts";

const server = await startDatabase();
const open: PostgresDatabase[] = [];
let count = 0;

afterEach(async () => {
  for (const database of open.splice(0)) await database.close();
});
afterAll(() => server?.stop());

function freshPrefix(): string {
  return `t${++count}_`;
}

async function opened(options: PostgresOptions = {}): Promise<PostgresDatabase> {
  const settings = { connectionString: server?.url ?? "" };
  const database = await openPostgres(settings, { prefix: freshPrefix(), ...options });
  open.push(database);
  return database;
}

describe.skipIf(server === undefined)("PostgreSQL", () => {
  const runner = { describe, it, expect };
  testRollbackStore(
    {
      name: "PostgreSQL",
      state: () => {
        const prefix = freshPrefix();
        return async () => rollbackStore(await opened({ prefix }));
      },
    },
    runner,
  );
  testStore(
    { name: "PostgreSQL", limits: async () => limitStoreBy(await opened(), "guard"), steps: 300 },
    runner,
  );
  testApprovalStore(
    { name: "PostgreSQL", approvals: async () => approvalStore(await opened()) },
    runner,
  );

  const entry = { version: 3, digest: "a".repeat(64) };
  const refusal = { code: "ERR_ROLLBACK_STATE" };
  const query = (text: string) => server?.query(text);

  verifies("stores.damaged", "a state is never taken for a fresh start", async () => {
    for (const damage of [
      "DROP TABLE PREFIXrollback",
      "UPDATE PREFIXrollback SET version = 9007199254740993",
      "UPDATE PREFIXrollback SET digest = ''",
      "DELETE FROM PREFIXschema",
      "UPDATE PREFIXschema SET version = 99",
    ]) {
      const prefix = freshPrefix();
      await rollbackStore(await opened({ prefix })).advance("root", entry);
      await query(damage.replace("PREFIX", prefix));
      const rollback = rollbackStore(await opened({ prefix }));
      await expect(rollback.get("root"), damage).rejects.toMatchObject(refusal);
      const older = rollback.advance("root", { ...entry, version: 1 });
      await expect(older, damage).rejects.toMatchObject(refusal);
    }
  });

  verifies("stores.migration", "tables are made once, by however many at once", async () => {
    const prefix = freshPrefix();
    const databases = await Promise.all(Array.from({ length: 8 }, () => opened({ prefix })));
    await Promise.all(databases.map((database) => database.migrate()));
    const [first, ...others] = databases.map((database) => rollbackStore(database));
    await first?.advance("root", entry);
    await databases[0]?.migrate();
    for (const other of others) expect(await other.get("root")).toEqual(entry);
    expect(await query(`SELECT version FROM ${prefix}schema`)).toEqual([{ version: 1 }]);
  });

  verifies(
    "stores.privilege",
    "the grants of the README are enough, and take nothing away",
    async () => {
      const readme = await readFile(new URL("../../README.md", import.meta.url), "utf8");
      const [, grants = ""] = /```sql grants\n(.*?)```/s.exec(readme) ?? [];
      expect(grants).toContain("GRANT");
      await query(
        "CREATE ROLE owner LOGIN; CREATE ROLE agents LOGIN; CREATE SCHEMA interlatch AUTHORIZATION owner",
      );
      const urlOf = (role: string): string => (server?.url ?? "").replace("postgres@", `${role}@`);
      const as = async (role: string) => {
        const settings = { connectionString: urlOf(role) };
        const database = await openPostgres(settings, { schema: "interlatch" });
        open.push(database);
        return database;
      };
      const early = rollbackStore(await as("agents"));
      await expect(early.get("root")).rejects.toMatchObject(refusal);
      await (await as("owner")).migrate();
      await query(grants);
      const database = await as("agents");
      const rollback = rollbackStore(database);
      expect(await rollback.advance("root", entry)).toEqual(entry);
      expect(await rollback.seen?.(5)).toBe(5);
      const limits = limitStoreBy(database, "server");
      const claims = [{ key: "k", max: 1, windowMs: 60_000 }];
      expect(await limits.reserve(claims, 7)).toEqual({ ok: true });
      await limits.release?.(claims, 7);
      expect(await limits.reserve(claims, 8)).toEqual({ ok: true });
      expect(await approvalStore(database).list({})).toEqual([]);
      const pool = new Pool({ connectionString: urlOf("agents"), max: 1 });
      for (const theft of [
        "DELETE FROM interlatch.interlatch_rollback",
        "TRUNCATE interlatch.interlatch_rollback",
        "DROP TABLE interlatch.interlatch_rollback",
        "DELETE FROM interlatch.interlatch_approvals",
        "UPDATE interlatch.interlatch_schema SET version = 0",
      ]) {
        await expect(pool.query(theft), theft).rejects.toMatchObject({
          message: expect.stringMatching(/permission denied|must be owner/),
        });
      }
      await pool.end();
    },
  );

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

  it("counts by the clock of the database: a host whose clock runs ahead frees nothing", async () => {
    const limits = limitStoreBy(await opened(), "server");
    const claims = [{ key: "k", max: 1, windowMs: 60_000 }];
    expect(await limits.reserve(claims, Date.now())).toEqual({ ok: true });
    const later = await limits.reserve(claims, Date.now() + 3_600_000);
    expect(later).toMatchObject({ ok: false, claim: 0 });
  });

  it("takes a pool that stays its owner's, and no table of a search path", async () => {
    const pool = new Pool({ connectionString: server?.url, options: "-c search_path=pg_temp" });
    const prefix = freshPrefix();
    const database = await openPostgres(pool, { prefix });
    await rollbackStore(database).advance("root", entry);
    await database.close();
    const { rows } = await pool.query(`SELECT digest FROM public.${prefix}rollback`);
    expect(rows).toEqual([{ digest: entry.digest }]);
    await pool.end();
  });

  it("takes names that are no SQL", async () => {
    for (const name of ['a"; DROP TABLE x; --', "A", "", "a".repeat(32), "1a"]) {
      const settings = { connectionString: "" };
      const refused = { code: "ERR_OPTIONS" };
      await expect(openPostgres(settings, { prefix: name })).rejects.toMatchObject(refused);
      await expect(openPostgres(settings, { schema: name })).rejects.toMatchObject(refused);
    }
  });
});
