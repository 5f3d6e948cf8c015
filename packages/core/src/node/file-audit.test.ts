import { spawn, spawnSync } from "node:child_process";
import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  asText,
  at,
  blocked,
  call,
  chained,
  denied,
  honestLog,
  outcome,
  recordOf,
  start,
} from "../../../../test/audit/events.ts";
import { killWriter } from "../../../../test/audit/kill.ts";
import type { AuditRecord } from "../audit/record.ts";
import type { AuditReport } from "../audit/report.ts";
import { verifyAudit } from "../audit/verify.ts";
import { testGuard } from "../testing/index.ts";
import { fileAudit } from "./file-audit.ts";

const SOURCE = fileURLToPath(new URL("file-audit.ts", import.meta.url));
const EVENTS = fileURLToPath(new URL("../../../../test/audit/events.ts", import.meta.url));

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "interlatch-audit-"));
  path = join(folder, "audit.jsonl");
});
afterEach(() => rmSync(folder, { recursive: true }));

const durably = { durable: true };
const lazily = { durable: false };
const ERR_AUDIT = expect.objectContaining({ code: "ERR_AUDIT" });

function report(file = path): AuditReport {
  return verifyAudit(readFileSync(file), { allowOpen: true });
}

function records(file = path): AuditRecord[] {
  return readFileSync(file, "utf8").trimEnd().split("\n").map(recordOf);
}

/** Ends a process that was given a program, and returns when it is gone. */
function runToEnd(program: string): void {
  const { status, stderr } = spawnSync(
    process.execPath,
    ["--conditions=@interlatch/source", "--input-type=module", "--eval", program],
    { encoding: "utf8" },
  );
  if (status !== 0) throw new Error(stderr);
}

const IMPORTS = `
  import { fileAudit } from ${JSON.stringify(SOURCE)};
  import { call, outcome } from ${JSON.stringify(EVENTS)};
`;

describe("a log in a file", () => {
  it("has its start on disk as soon as it is made", async () => {
    const audit = fileAudit(path);
    expect(records()).toMatchObject([{ type: "start", seq: 0, chain: audit.chain }]);
    await audit.close();
  });

  it("is at the place it was given, which is what a denial's line names", async () => {
    const given = `${folder}/logs/`;
    const audit = fileAudit(given);
    const lines: string[] = [];
    const log = (_: object, message: string): void => void lines.push(message);
    const logger = { debug: log, info: log, warn: log, error: log };
    const guard = await testGuard({ refund: "deny" }, { audit, logger });
    await guard.run({ ticket: guard.ticket(), id: "c1", tool: "refund", arguments: {} }, () => 1);
    expect(audit.place).toBe(given);
    expect(lines[0]).toContain(`interlatch explain c1 --audit ${given}`);
    await guard.close();
  });

  it("holds a durable record when its promise settles", async () => {
    const audit = fileAudit(path);
    await audit.append(call(1), durably);
    expect(records()).toMatchObject([{ type: "start" }, { type: "call", evaluation: "e1" }]);
    expect(report()).toMatchObject({ ok: true, open: 1, head: audit.head });
    await audit.close();
  });

  it("returns nothing for a record that need not be durable, and holds it after a flush", async () => {
    const audit = fileAudit(path);
    expect(audit.append(call(1), lazily)).toBeUndefined();
    expect(audit.append(outcome(1), lazily)).toBeUndefined();
    await audit.flush();
    expect(report()).toMatchObject({ ok: true, calls: 1, outcomes: 1 });
    await audit.close();
  });

  it("keeps the order of durable and other records", async () => {
    const audit = fileAudit(path);
    const waits: (void | Promise<void>)[] = [];
    for (let n = 1; n <= 100; n += 1) {
      waits.push(audit.append(call(n), { durable: n % 3 === 0 }));
      if (n % 10 === 0) await waits.at(-1);
      waits.push(audit.append(outcome(n), { durable: n % 2 === 0 }));
    }
    await Promise.all(waits.map(async (wait) => wait));
    await audit.close();
    const names = records().flatMap((record) =>
      record.type === "call" || record.type === "outcome"
        ? `${record.type} ${record.evaluation}`
        : [],
    );
    const wanted = Array.from({ length: 100 }, (_, n) => [`call e${n + 1}`, `outcome e${n + 1}`]);
    expect(names).toEqual(wanted.flat());
    expect(verifyAudit(readFileSync(path)).ok).toBe(true);
  });

  it("writes without being asked, soon", async () => {
    const audit = fileAudit(path);
    void audit.append(call(1), lazily);
    await new Promise((resolve) => setImmediate(resolve));
    expect(records()).toHaveLength(2);
    await audit.close();
  });

  it("does not pile up records in a program that never yields", async () => {
    const audit = fileAudit(path);
    for (let n = 1; n <= 1_500; n += 1) {
      void audit.append(call(n), lazily);
      void audit.append(outcome(n), lazily);
    }
    expect(statSync(path).size).toBeGreaterThan(1_000_000);
    await audit.close();
    expect(report()).toMatchObject({ ok: true, calls: 1_500, outcomes: 1_500 });
  });

  it("keeps its file to its user", async () => {
    await fileAudit(path).close();
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it("makes the folders on the way", async () => {
    const deep = join(folder, "a/b/audit.jsonl");
    await fileAudit(deep).close();
    expect(report(deep).ok).toBe(true);
  });

  it("refuses everything once it is closed, and closes once", async () => {
    const audit = fileAudit(path);
    void audit.append(call(1), lazily);
    await Promise.all([audit.close(), audit.close()]);
    expect(records()).toHaveLength(2);
    expect(() => audit.append(outcome(1), lazily)).toThrow(ERR_AUDIT);
    await audit.flush();
  });

  it("refuses what would break the pairs of calls and outcomes", async () => {
    const audit = fileAudit(path);
    expect(() => audit.append(start(), lazily)).toThrow(ERR_AUDIT);
    expect(() => audit.append(outcome(1), lazily)).toThrow(ERR_AUDIT);
    void audit.append(call(1), lazily);
    expect(() => audit.append(call(1), lazily)).toThrow(ERR_AUDIT);
    void audit.append(outcome(1), lazily);
    expect(() => audit.append(outcome(1), lazily)).toThrow(ERR_AUDIT);
    await audit.close();
    expect(verifyAudit(readFileSync(path))).toMatchObject({ ok: true, records: 3 });
  });

  it("says in no error what was to be written", async () => {
    const audit = fileAudit(path);
    rmSync(path);
    const failure: unknown = await Promise.resolve(
      audit.append(call(1, { tool: "secret" }), durably),
    ).catch((error: unknown) => error);
    expect(failure).toEqual(ERR_AUDIT);
    expect(String(failure)).not.toMatch(/secret/);
    await expect(audit.close()).rejects.toEqual(ERR_AUDIT);
  });
});

describe("a process that ends", () => {
  it("by itself has written what nobody waited for", () => {
    runToEnd(`${IMPORTS}
      const audit = fileAudit(${JSON.stringify(path)});
      void audit.append(call(1), { durable: false });
      void audit.append(outcome(1), { durable: false });
    `);
    expect(verifyAudit(readFileSync(path))).toMatchObject({ ok: true, records: 3 });
    expect(existsSync(`${path}.lock`)).toBe(false);
  });

  it("in the middle of a sync has written what came after", () => {
    runToEnd(`${IMPORTS}
      const audit = fileAudit(${JSON.stringify(path)});
      void audit.append(call(1), { durable: true });
      setImmediate(() => {
        void audit.append(outcome(1), { durable: false });
        process.exit(0);
      });
    `);
    expect(verifyAudit(readFileSync(path))).toMatchObject({ ok: true, records: 3 });
  });

  it("waits for a durable record that the program waits for", () => {
    runToEnd(`${IMPORTS}
      const audit = fileAudit(${JSON.stringify(path)});
      await audit.append(call(1), { durable: true });
      await audit.append(outcome(1), { durable: true });
    `);
    expect(verifyAudit(readFileSync(path))).toMatchObject({ ok: true, records: 3 });
  });

  it("killed, has lost nothing that it acknowledged, also when it continued the log of one killed before", async () => {
    for (const after of [40, 3]) {
      const kill = await killWriter(path, after);
      expect(kill.acknowledged).toBeGreaterThanOrEqual(after);
      expect(kill.lost).toEqual([]);
      expect(kill.report.fault).toBeNull();
    }
  }, 30_000);
});

describe("a log that is continued", () => {
  it("keeps its chain", async () => {
    const first = fileAudit(path);
    await first.append(call(1), durably);
    await first.append(outcome(1), durably);
    await first.close();
    const second = fileAudit(path);
    expect(second.chain).toBe(first.chain);
    expect(second.head).toEqual(first.head);
    await second.append(call(2), durably);
    await second.append(outcome(2), durably);
    await second.close();
    expect(verifyAudit(readFileSync(path))).toMatchObject({ ok: true, records: 5, gaps: 0 });
  });

  it("has a gap for every call that was open", async () => {
    writeFileSync(
      path,
      asText(chained([start(), call(1), call(2), denied(3), blocked(3), outcome(1)])),
    );
    await fileAudit(path, { now: () => Date.parse(at(60)) }).close();
    expect(records().slice(6)).toEqual([
      expect.objectContaining({
        type: "gap",
        evaluation: "e2",
        tool: "search",
        why: "crash",
        time: at(60),
      }),
    ]);
    expect(verifyAudit(readFileSync(path)).ok).toBe(true);
  });

  it("gets no second gap the next time", async () => {
    writeFileSync(path, asText(chained([start(), call(1)])));
    await fileAudit(path).close();
    await fileAudit(path).close();
    expect(verifyAudit(readFileSync(path))).toMatchObject({ ok: true, gaps: 1, records: 3 });
  });

  const whole = asText(honestLog(11));
  const tails: readonly [string, string][] = [
    ["a record cut in the middle", '{"v":1,"seq":11,"prev":"00'],
    ["a record without its newline", chained([start()]).join("")],
    ["NUL bytes", "\0".repeat(5_000)],
    ["a line of garbage", "\u0001garbage\n"],
    ["a line of NUL", `${"\0".repeat(300)}\n`],
    ["half a character", "\udc3d"],
  ];
  it.each(tails)("has %s set aside", async (_name, tail) => {
    const bytes = Buffer.concat([Buffer.from(whole), Buffer.from(tail).subarray(0, 5_000)]);
    writeFileSync(path, bytes);
    const audit = fileAudit(path, { now: () => Date.parse("2026-02-03T04:05:06.789Z") });
    await audit.append(call(900), durably);
    await audit.append(outcome(900), durably);
    await audit.close();
    expect(verifyAudit(readFileSync(path))).toMatchObject({ ok: true, records: 13 });
    const aside = `${path}.torn-20260203T040506789Z`;
    expect(readFileSync(aside).equals(bytes.subarray(Buffer.byteLength(whole)))).toBe(true);
    expect(statSync(aside).mode & 0o777).toBe(0o600);
  });

  it("begins anew when not even its start was written whole", async () => {
    writeFileSync(path, asText(honestLog(1)).slice(0, 40));
    const audit = fileAudit(path);
    await audit.close();
    expect(records()).toMatchObject([{ type: "start", seq: 0, chain: audit.chain }]);
    expect(readdirSync(folder).filter((name) => name.includes(".torn-"))).toHaveLength(1);
  });

  const lines = honestLog(11);
  const damage: readonly [string, string, RegExp][] = [
    ["an edit", asText(lines).replace('"risk":5', '"risk":6'), /line 3, record 2.*wrong_prev/],
    ["a record taken out", asText(lines.toSpliced(4, 1)), /line 5, record 4.*wrong_seq/],
    ["garbage in the middle", asText(lines.with(4, "garbage")), /line 5, record 4.*not_json/],
    ["NUL in the middle", asText(lines.with(4, "\0\0")), /line 5, record 4.*nul_bytes/],
    [
      "a last record that does not fit",
      asText(lines.toSpliced(9, 1)),
      /line 10, record 9.*wrong_seq/,
    ],
    ["another beginning", asText(lines.slice(1)), /line 1, record 0.*wrong_seq/],
  ];
  it.each(damage)(
    "is refused with the position when it holds %s, and is left as it is",
    (_name, text, words) => {
      writeFileSync(path, text);
      expect(() => fileAudit(path)).toThrow(
        expect.objectContaining({ code: "ERR_AUDIT", message: expect.stringMatching(words) }),
      );
      expect(readFileSync(path, "utf8")).toBe(text);
      expect(readdirSync(folder)).toEqual(["audit.jsonl"]);
    },
  );

  it("is read in pieces when it is long", async () => {
    const long = asText(honestLog(5_001));
    expect(long.length).toBeGreaterThan(2 * 1_048_576);
    writeFileSync(path, long);
    const audit = fileAudit(path);
    expect(audit.head.seq).toBe(5_000);
    await audit.close();
    expect(readFileSync(path, "utf8")).toBe(long);
  });
});

describe("a log that somebody else touches", () => {
  const attacks: readonly [string, () => void][] = [
    ["deletes", () => rmSync(path)],
    ["cuts", () => truncateSync(path, 100)],
    ["empties", () => truncateSync(path, 0)],
    ["writes to", () => appendFileSync(path, "forged\n")],
    [
      "replaces",
      () => {
        const text = readFileSync(path);
        rmSync(path);
        writeFileSync(`${path}.new`, text);
        writeFileSync(join(folder, "other"), text);
        renameSync(join(folder, "other"), path);
      },
    ],
  ];
  it.each(attacks)("refuses records when somebody %s it", async (_name, attack) => {
    const audit = fileAudit(path);
    await audit.append(call(1), durably);
    attack();
    await expect(audit.append(call(2), durably)).rejects.toEqual(ERR_AUDIT);
    expect(() => audit.append(call(3), lazily)).toThrow(ERR_AUDIT);
    await expect(audit.close()).rejects.toEqual(ERR_AUDIT);
  });
});

describe("one writer", () => {
  it("has a file, a second one is refused, and may have it later", async () => {
    const first = fileAudit(path);
    expect(() => fileAudit(path)).toThrow(
      expect.objectContaining({
        code: "ERR_AUDIT",
        message: expect.stringContaining(`process ${process.pid}`),
      }),
    );
    await first.close();
    await fileAudit(path).close();
    expect(report().records).toBe(1);
  });

  it("in a folder has a log of its own beside others", async () => {
    const first = fileAudit(folder);
    const second = fileAudit(folder);
    expect(second.path).not.toBe(first.path);
    for (const audit of [first, second]) {
      expect(audit.path).toBe(join(folder, `audit-${audit.chain}.jsonl`));
      await audit.append(call(1), durably);
      await audit.append(outcome(1), durably);
      await audit.close();
      expect(verifyAudit(readFileSync(audit.path)).ok).toBe(true);
    }
  });

  it("in a folder continues the log that was left last", async () => {
    const first = fileAudit(folder);
    await first.append(call(1), durably);
    await first.close();
    const second = fileAudit(folder);
    expect(second.path).toBe(first.path);
    await second.close();
    expect(verifyAudit(readFileSync(first.path))).toMatchObject({ ok: true, gaps: 1 });
  });

  it("takes a name without extension, or with a slash at its end, for a folder", async () => {
    for (const name of ["logs", "logs.d/"]) {
      const audit = fileAudit(join(folder, name));
      expect(audit.path).toBe(join(folder, name, `audit-${audit.chain}.jsonl`));
      await audit.close();
    }
  });

  it("is told apart from another process that lives", async () => {
    const child = spawn(
      process.execPath,
      [
        "--conditions=@interlatch/source",
        "--input-type=module",
        "--eval",
        `${IMPORTS}
        const audit = fileAudit(${JSON.stringify(path)});
        process.stdout.write("open");
        process.stdin.resume();`,
      ],
      { stdio: ["pipe", "pipe", "inherit"] },
    );
    const ended = new Promise((resolve) => child.once("close", resolve));
    await new Promise((resolve) => child.stdout.once("data", resolve));
    expect(() => fileAudit(path)).toThrow(
      expect.objectContaining({ message: expect.stringContaining(`process ${child.pid}`) }),
    );
    child.kill("SIGKILL");
    await ended;
    expect(existsSync(`${path}.lock`)).toBe(true);
    await fileAudit(path).close();
    expect(existsSync(`${path}.lock`)).toBe(false);
  });

  const own = { pid: process.pid, host: hostname(), process: "", time: 0, token: "t" };
  const gone: readonly [string, object][] = [
    ["no longer there", { ...own, pid: 4_194_305 }],
    ["another that had the same number before", own],
  ];
  it.each(gone)("takes over from a process that is %s", async (_name, holder) => {
    writeFileSync(`${path}.lock`, JSON.stringify(holder));
    await fileAudit(path).close();
    expect(report().ok).toBe(true);
  });

  const unjudged: readonly [string, string][] = [
    ["on another machine", JSON.stringify({ ...own, host: "elsewhere", pid: 4_194_305 })],
    ["whose lock cannot be read", ""],
    ["in this process, perhaps in another thread", JSON.stringify({ ...own, time: Date.now() })],
  ];
  it.each(unjudged)("does not take over from a writer %s", (_name, lock) => {
    writeFileSync(`${path}.lock`, lock);
    expect(() => fileAudit(path)).toThrow(ERR_AUDIT);
    expect(readFileSync(`${path}.lock`, "utf8")).toBe(lock);
    expect(existsSync(path)).toBe(false);
  });

  it("does not take over while another one does", () => {
    writeFileSync(`${path}.lock`, JSON.stringify({ ...own, pid: 4_194_305 }));
    writeFileSync(`${path}.lock.takeover`, "");
    expect(() => fileAudit(path)).toThrow(ERR_AUDIT);
  });
});
