import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import type * as fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { blocked, call, denied, outcome, recordOf } from "../../../../test/audit/events.ts";
import { verifyAudit } from "../audit/verify.ts";
import { fileAudit } from "./file-audit.ts";
import type { FileAudit } from "./file-audit.ts";

/** What the disk does: takes so many bytes more, and syncs or does not. */
const disk = vi.hoisted(() => ({ room: Number.POSITIVE_INFINITY, syncs: true }));

vi.mock("node:fs", async (original) => {
  const real = await original<typeof fs>();
  const full = Object.assign(new Error("ENOSPC: no space left on device, write"), {
    code: "ENOSPC",
  });
  const broken = Object.assign(new Error("EIO: i/o error, fdatasync"), { code: "EIO" });
  return {
    ...real,
    writeSync(fd: number, bytes: Uint8Array | string, at = 0, length = bytes.length): number {
      if (typeof bytes === "string") return real.writeSync(fd, bytes);
      const taken = Math.min(length, disk.room);
      if (taken === 0) throw full;
      disk.room -= taken;
      return real.writeSync(fd, bytes, at, taken);
    },
    fdatasync(fd: number, done: (error: Error | null) => void): void {
      if (disk.syncs) real.fdatasync(fd, done);
      else setImmediate(done, broken);
    },
    fdatasyncSync(fd: number): void {
      if (!disk.syncs) throw broken;
      real.fdatasyncSync(fd);
    },
  };
});

const durably = { durable: true };
const lazily = { durable: false };
const ERR_AUDIT = expect.objectContaining({ code: "ERR_AUDIT" });

let folder: string;
let path: string;
let audit: FileAudit;
let time: number;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "interlatch-disk-"));
  path = join(folder, "audit.jsonl");
  time = Date.UTC(2026, 0, 1);
  audit = fileAudit(path, { now: () => time });
});
afterEach(async () => {
  mend();
  // A log that was closed on a broken disk says so again.
  await Promise.allSettled([audit.close()]);
  rmSync(folder, { recursive: true });
});

function mend(): void {
  disk.room = Number.POSITIVE_INFINITY;
  disk.syncs = true;
}

function kept(): string[] {
  return readFileSync(path, "utf8")
    .trimEnd()
    .split("\n")
    .map(recordOf)
    .flatMap((record) => ("evaluation" in record ? `${record.type} ${record.evaluation}` : []));
}

const failures: readonly [string, () => void][] = [
  ["is full", () => (disk.room = 0)],
  ["is full in the middle of a record", () => (disk.room = 100)],
  ["does not sync", () => (disk.syncs = false)],
];

describe.each(failures)("a disk that %s", (_name, breakDisk) => {
  it("rejects who waits, and the call is not in the log when the disk is well again", async () => {
    breakDisk();
    const waiting = [1, 2].map(async (n) => audit.append(call(n), durably));
    const settled = await Promise.allSettled(waiting);
    expect(settled).toMatchObject([
      { status: "rejected", reason: { code: "ERR_AUDIT" } },
      { status: "rejected", reason: { code: "ERR_AUDIT" } },
    ]);
    mend();
    time += 1_000;
    void audit.append(denied(3), lazily);
    void audit.append(blocked(3), lazily);
    await audit.close();
    expect(kept()).toEqual(["call e3", "outcome e3"]);
    expect(verifyAudit(readFileSync(path)).ok).toBe(true);
  });

  it("makes every append fail until a retry succeeds", async () => {
    breakDisk();
    await expect(audit.append(call(1), durably)).rejects.toEqual(ERR_AUDIT);
    expect(() => audit.append(call(2), lazily)).toThrow(ERR_AUDIT);
    time += 1_000;
    expect(() => audit.append(call(3), lazily)).toThrow(ERR_AUDIT);
    mend();
    expect(() => audit.append(call(4), lazily)).toThrow(ERR_AUDIT);
    time += 1_000;
    void audit.append(call(5), durably);
    void audit.append(outcome(5), lazily);
    await audit.close();
    expect(kept()).toEqual(["call e5", "outcome e5"]);
  });

  it("loses no record that was accepted, and no outcome of a call that is in the log", async () => {
    await audit.append(call(1), durably);
    void audit.append(call(2), lazily);
    breakDisk();
    await expect(audit.flush()).rejects.toEqual(ERR_AUDIT);
    expect(() => audit.append(outcome(1), lazily)).toThrow(ERR_AUDIT);
    time += 1_000;
    expect(() => audit.append(outcome(2), lazily)).toThrow(ERR_AUDIT);
    mend();
    await audit.flush();
    await audit.append(call(3), durably);
    await audit.append(outcome(3), durably);
    await audit.close();
    expect(kept()).toEqual([
      "call e1",
      "call e2",
      "outcome e1",
      "outcome e2",
      "call e3",
      "outcome e3",
    ]);
    expect(verifyAudit(readFileSync(path)).ok).toBe(true);
  });

  it("takes the outcome of a rejected call with it", async () => {
    breakDisk();
    const waiting = [audit.append(denied(1), durably), audit.append(blocked(1), lazily)];
    await expect(waiting[0]).rejects.toEqual(ERR_AUDIT);
    expect(() => audit.append(outcome(1), lazily)).toThrow(ERR_AUDIT);
    mend();
    await audit.flush();
    await audit.close();
    expect(kept()).toEqual([]);
    expect(verifyAudit(readFileSync(path))).toMatchObject({ ok: true, records: 1 });
  });

  it("leaves a log that the next writer can continue", async () => {
    await audit.append(call(1), durably);
    breakDisk();
    await expect(audit.append(call(2), durably)).rejects.toEqual(ERR_AUDIT);
    await Promise.allSettled([audit.close()]);
    mend();
    await fileAudit(path).close();
    expect(kept()).toEqual(["call e1", "gap e1"]);
    expect(verifyAudit(readFileSync(path))).toMatchObject({ ok: true });
  });
});
