import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { threadId } from "node:worker_threads";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { withFileLock } from "./file-lock.ts";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "interlatch-lock-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Long enough for a waiter to look at the lock several times, and not a second more. */
const SHORT_MS = 100;

describe("withFileLock", () => {
  it("runs one task at a time and gives back what it returns", async () => {
    const path = join(folder, "one");
    let inside = 0;
    let most = 0;
    const task = async (): Promise<number> => {
      inside += 1;
      most = Math.max(most, inside);
      await new Promise((resolve) => setImmediate(resolve));
      inside -= 1;
      return most;
    };
    const results = await Promise.all(Array.from({ length: 10 }, () => withFileLock(path, task)));
    expect(results).toEqual(Array.from({ length: 10 }, () => 1));
    expect(existsSync(path)).toBe(false);
  });

  it("lets go when the task throws", async () => {
    const path = join(folder, "throws");
    const failing = withFileLock(path, () => Promise.reject(new Error("task")));
    await expect(failing).rejects.toThrow("task");
    expect(await withFileLock(path, () => Promise.resolve("next"))).toBe("next");
  });

  it.each<[string, unknown]>([
    ["another host", { host: "elsewhere", pid: 1, thread: 0, token: "x" }],
    ["a process that lives", { host: hostname(), pid: process.ppid, thread: 0, token: "x" }],
    ["another thread", { host: hostname(), pid: process.pid, thread: threadId + 1, token: "x" }],
    ["nobody it names", {}],
    ["a holder of another shape", { host: hostname(), pid: -1, thread: 0, token: "x" }],
  ])("waits for the lock of %s and does not break it", async (name, holder) => {
    const path = join(folder, name.replaceAll(" ", "-"));
    writeFileSync(path, JSON.stringify(holder));
    const waiting = withFileLock(path, () => Promise.resolve("in"), SHORT_MS);
    await expect(waiting).rejects.toMatchObject({ code: "ERR_ROLLBACK_STATE" });
    expect(existsSync(path)).toBe(true);
  });

  it("does not break a lock while another process is about to", async () => {
    const path = join(folder, "breaking");
    const holder = { host: hostname(), pid: process.pid, thread: threadId, token: "gone" };
    writeFileSync(path, JSON.stringify(holder));
    writeFileSync(`${path}.break`, "1");
    const waiting = withFileLock(path, () => Promise.resolve("in"), SHORT_MS);
    await expect(waiting).rejects.toMatchObject({ code: "ERR_ROLLBACK_STATE" });
  });
});
