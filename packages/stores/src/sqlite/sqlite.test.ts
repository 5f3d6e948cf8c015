import { mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { testApprovalStore, testRollbackStore, testStore } from "@interlatch/conformance";
import { afterAll, describe, expect, it, vi } from "vitest";
import { verifies } from "../../../../test/verifies.ts";
import {
  approvalStore,
  limitStore,
  openSqlite,
  rollbackStore,
  type SqliteDatabase,
} from "./index.ts";

const folder = await mkdtemp(join(tmpdir(), "interlatch-sqlite-"));
const open: SqliteDatabase[] = [];
let count = 0;

afterAll(async () => {
  for (const database of open) database.close();
  await rm(folder, { recursive: true, force: true });
});

function freshPath(): string {
  return join(folder, `${++count}.db`);
}

async function opened(path = freshPath()): Promise<SqliteDatabase> {
  const database = await openSqlite(path);
  open.push(database);
  return database;
}

const runner = { describe, it, expect };
testRollbackStore(
  {
    name: "SQLite",
    state: () => {
      const path = freshPath();
      return async () => rollbackStore(await opened(path));
    },
  },
  runner,
);
testStore({ name: "SQLite", limits: async () => limitStore(await opened()), steps: 500 }, runner);
testApprovalStore({ name: "SQLite", approvals: async () => approvalStore(await opened()) }, runner);

const entry = { version: 3, digest: "a".repeat(64) };

/** Changes a file behind the back of whoever has it open. */
function tamper(path: string, sql: string): void {
  const connection = new DatabaseSync(path);
  connection.exec(sql);
  connection.close();
}

describe("a file of SQLite", () => {
  verifies("stores.damaged", "is never taken for a fresh start", async () => {
    const refusal = { code: "ERR_ROLLBACK_STATE" };
    for (const damage of [
      "DROP TABLE interlatch_rollback",
      "UPDATE interlatch_rollback SET digest = 'A'",
      "UPDATE interlatch_rollback SET version = 9223372036854775807",
    ]) {
      const path = freshPath();
      await rollbackStore(await opened(path)).advance("root", entry);
      tamper(path, damage);
      const rollback = rollbackStore(await opened(path));
      await expect(rollback.get("root"), damage).rejects.toMatchObject(refusal);
      const again = rollback.advance("root", { ...entry, version: 1 });
      await expect(again, damage).rejects.toMatchObject(refusal);
    }
    const path = freshPath();
    await opened(path);
    tamper(path, "UPDATE interlatch_schema SET version = 99");
    await expect(openSqlite(path)).rejects.toThrow("newer version");
    await writeFile(path, "no database");
    await expect(openSqlite(path)).rejects.toMatchObject({ code: "ERR_STORE" });
  });

  verifies("stores.away", "that was let go of answers no more", async () => {
    const database = await opened();
    const [rollback, limits, approvals] = [
      rollbackStore(database),
      limitStore(database),
      approvalStore(database),
    ];
    database.close();
    open.pop();
    await expect(rollback.advance("root", entry)).rejects.toMatchObject({
      code: "ERR_ROLLBACK_STATE",
    });
    const claims = [{ key: "k", max: 1, windowMs: 1_000 }];
    expect(() => limits.reserve(claims, 0)).toThrow("gives no answer");
    expect(() => approvals.get("x")).toThrow("gives no answer");
    // The words of one package, and no stack of another's, are what an operator reads.
    expect(() => limits.peek(claims, 0)).toThrow(database.path);
  });

  verifies("stores.migration", "gets its tables once, by however many open it", async () => {
    const path = freshPath();
    const databases = await Promise.all(Array.from({ length: 8 }, () => opened(path)));
    const [first, ...others] = databases.map((database) => rollbackStore(database));
    await first?.advance("root", entry);
    for (const other of others) expect(await other.get("root")).toEqual(entry);
  });

  verifies("stores.sqlite.private", "is its owner's alone", async () => {
    const path = freshPath();
    await writeFile(path, "", { mode: 0o644 });
    await rollbackStore(await opened(path)).advance("root", entry);
    if (process.platform === "win32") return;
    for (const name of [path, `${path}-wal`, `${path}-shm`]) {
      expect((await stat(name)).mode & 0o777, name).toBe(0o600);
    }
  });

  verifies("stores.sqlite.missing", "needs a Node that has SQLite, and says which", async () => {
    vi.resetModules();
    vi.doMock("node:sqlite", () => {
      throw new Error("No such built-in module: node:sqlite");
    });
    const { openSqlite: openHere } = await import("./database.ts");
    await expect(openHere(freshPath())).rejects.toThrow("Node from 22.13 on");
    vi.doUnmock("node:sqlite");
  });

  it("takes only what openSqlite made, and a sound time to wait", async () => {
    const forged = { path: "x", close: () => undefined };
    expect(() => rollbackStore(forged)).toThrow("openSqlite");
    for (const timeoutMs of [-1, 0.5, Number.NaN]) {
      await expect(openSqlite(freshPath(), { timeoutMs })).rejects.toMatchObject({
        code: "ERR_OPTIONS",
      });
    }
  });
});

describe("limits of SQLite past a thousand", () => {
  it("never let through more than the limit in a window, and all of it after a window and a slot", async () => {
    const limits = limitStore(await opened());
    const claims = [{ key: "k", max: 1_200, windowMs: 60_000 }];
    const takeAll = (now: number): number => {
      let taken = 0;
      while (limits.peek(claims, now).ok) {
        void limits.reserve(claims, now);
        taken++;
      }
      return taken;
    };
    expect(takeAll(0)).toBe(1_200);
    expect(takeAll(60_000)).toBe(0);
    expect(takeAll(60_600)).toBe(1_200);
  });
});
