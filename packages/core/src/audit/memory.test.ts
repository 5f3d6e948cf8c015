import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { call, outcome, start } from "../../../../test/audit/events.ts";
import { memoryAudit } from "./memory.ts";
import type { AuditEvent } from "./record.ts";
import { verifyAudit } from "./verify.ts";

const lazily = { durable: false };

describe("a log in memory", () => {
  it("starts its chain and verifies", () => {
    const audit = memoryAudit({ now: () => Date.UTC(2026, 0, 1) });
    audit.append(call(1), lazily);
    audit.append(outcome(1), lazily);
    expect(audit.records).toMatchObject([
      { type: "start", v: 1, seq: 0, time: "2026-01-01T00:00:00.000Z" },
      { type: "call", seq: 1, evaluation: "e1" },
      { type: "outcome", seq: 2, evaluation: "e1" },
    ]);
    expect(verifyAudit(audit.lines())).toMatchObject({ ok: true, head: audit.head });
  });

  it("gives every chain a name of its own", () => {
    expect(memoryAudit().lines()).not.toEqual(memoryAudit().lines());
  });

  it("writes no field it does not know", () => {
    const audit = memoryAudit();
    audit.append({ ...call(1), arguments: { iban: "secret" } } as AuditEvent, lazily);
    expect(audit.lines().join()).not.toMatch(/secret/);
  });

  it("keeps what a record was once it was read", () => {
    const audit = memoryAudit({ maxRecords: 4 });
    audit.append(call(1), lazily);
    const before = audit.lines();
    audit.append(outcome(1), lazily);
    expect(audit.lines().slice(0, 2)).toEqual(before);
  });

  it("cannot be changed through what it gave out", () => {
    const audit = memoryAudit();
    audit.append(call(1), lazily);
    const [first] = audit.records;
    Object.assign(first ?? {}, { chain: "forged" });
    expect(audit.records[0]).not.toMatchObject({ chain: "forged" });
  });

  it("refuses the records that it writes itself", () => {
    expect(() => memoryAudit().append(start(), lazily)).toThrow(
      expect.objectContaining({ code: "ERR_AUDIT" }),
    );
  });

  it("refuses records once it is closed, and can still be read", async () => {
    const audit = memoryAudit();
    await audit.flush();
    await audit.close();
    expect(() => audit.append(call(1), lazily)).toThrow(
      expect.objectContaining({ code: "ERR_AUDIT" }),
    );
    expect(audit.records).toHaveLength(1);
  });

  it.each([0, -1, 1.5, Number.NaN])("refuses to keep %d records", (maxRecords) => {
    expect(() => memoryAudit({ maxRecords })).toThrow(
      expect.objectContaining({ code: "ERR_OPTIONS" }),
    );
  });
});

describe("a full log in memory", () => {
  it("drops the oldest records, and the rest verifies as a log without its beginning", () => {
    const audit = memoryAudit({ maxRecords: 5 });
    for (let n = 1; n <= 10; n += 1) {
      audit.append(call(n), lazily);
      audit.append(outcome(n), lazily);
    }
    expect(audit.dropped).toBe(16);
    expect(audit.records.map(({ seq }) => seq)).toEqual([16, 17, 18, 19, 20]);
    const report = verifyAudit(audit.lines(), { partial: true });
    expect(report).toMatchObject({ ok: true, calls: 2, outcomes: 3, unpaired: 1 });
    expect(verifyAudit(audit.lines()).fault?.kind).toBe("wrong_seq");
  });

  it("still links to a record that was read before it went", () => {
    const audit = memoryAudit({ maxRecords: 3 });
    audit.append(call(1), lazily);
    audit.append(outcome(1), lazily);
    const earlier = audit.lines();
    audit.append(call(2), lazily);
    audit.append(outcome(2), lazily);
    expect(audit.lines()[0]).toBe(earlier[2]);
    const joined = [...earlier, ...audit.lines().slice(-2)];
    expect(verifyAudit(joined)).toMatchObject({ ok: true, records: 5, head: audit.head });
  });

  it("can keep a single record", () => {
    const audit = memoryAudit({ maxRecords: 1 });
    audit.append(call(1), lazily);
    audit.append(outcome(1), lazily);
    expect(audit.records).toMatchObject([{ type: "outcome", seq: 2 }]);
  });

  it("holds on to nothing that it dropped, in a million records", () => {
    setFlagsFromString("--expose-gc");
    // The flag gives every new context a function of that name.
    const collect = runInNewContext("gc") as () => void;
    const audit = memoryAudit({ maxRecords: 1_000 });
    const fill = (from: number, to: number): void => {
      for (let n = from; n < to; n += 1)
        audit.append({ ...outcome(1), durationMs: n + 0.5 }, lazily);
    };
    fill(0, 10_000);
    collect();
    const before = process.memoryUsage().heapUsed;
    fill(10_000, 1_000_000);
    collect();
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(1_000_000);
    expect(audit.dropped).toBe(999_001);
  });
});
