import { describe, expect, it } from "vitest";
import {
  asText,
  at,
  blocked,
  call,
  chained,
  denied,
  gap,
  honestLog,
  outcome,
  recordOf,
  renumbered,
  start,
} from "../../../../test/audit/events.ts";
import { nodeSha256 } from "../node/sha256.ts";
import { setSha256 } from "../snapshot/hash.ts";
import { lineHash, recordLine } from "./chain.ts";
import type { AuditHead } from "./chain.ts";
import type { AuditEvent, AuditRecord } from "./record.ts";
import type { AuditFaultKind } from "./report.ts";
import { verifyAudit } from "./verify.ts";

// The quicker of two equal functions: one of these tests verifies some twenty thousand logs.
setSha256(nodeSha256);

const LOG = honestLog(21);
const HEAD: AuditHead = { seq: 20, hash: lineHash(LOG.at(-1) ?? "") };

/** The first fault, as kind and line. */
function faultOf(log: string | readonly string[], options = {}): [AuditFaultKind, number] | null {
  const { fault } = verifyAudit(log, options);
  return fault && [fault.kind, fault.line];
}

/** The log with one line replaced by any number of others. */
function withLine(line: number, ...others: readonly string[]): string[] {
  return LOG.toSpliced(line - 1, 1, ...others);
}

function lineAt(line: number): string {
  const found = LOG[line - 1];
  if (found === undefined) throw new RangeError(`no line ${line}`);
  return found;
}

/** A record of the log rewritten in place, under its old `seq` and `prev`. */
function rewritten(line: number, change: (record: AuditRecord) => AuditEvent): string {
  const record = recordOf(lineAt(line));
  return recordLine(change(record), record.seq, record.prev);
}

describe("an honest log", () => {
  it("verifies as lines, text, bytes and pieces, with the same report", async () => {
    const text = asText(LOG);
    const bytes = new TextEncoder().encode(text);
    async function* pieces(): AsyncGenerator<Uint8Array> {
      const buffer = new Uint8Array(7);
      for (let from = 0; from < bytes.length; from += 7) {
        const piece = bytes.subarray(from, from + 7);
        buffer.set(piece);
        yield buffer.subarray(0, piece.length);
      }
    }
    async function* characters(): AsyncGenerator<string> {
      yield* text;
    }
    const report = verifyAudit(LOG);
    expect(report.fault).toBeNull();
    expect(verifyAudit(text)).toEqual(report);
    expect(verifyAudit(bytes)).toEqual(report);
    expect(await verifyAudit(pieces())).toEqual(report);
    expect(await verifyAudit(characters())).toEqual(report);
  });

  it("is counted", () => {
    expect(verifyAudit(LOG)).toMatchObject({
      ok: true,
      chain: "chain-one",
      records: 21,
      calls: 10,
      outcomes: 10,
      byOutcome: { executed: 8, error: 0, aborted: 0, blocked: 2 },
      gaps: 0,
      open: 0,
      unpaired: 0,
      head: HEAD,
      warnings: [],
    });
  });

  it("may end a call with a gap instead of an outcome", () => {
    expect(verifyAudit(chained([start(), call(1), gap(1)]))).toMatchObject({ ok: true, gaps: 1 });
  });

  it("keeps a newline, a quote and a line separator in a value inside its line", () => {
    const hostile = '\n{"v":1}\r\n\u2028"\0\ud800';
    const lines = chained([start(), call(1, { call: hostile }), outcome(1, { call: hostile })]);
    expect(verifyAudit(asText(lines))).toMatchObject({ ok: true, records: 3 });
    expect(recordOf(lines[1])).toMatchObject({ call: hostile });
  });

  it("may hold a record of more than 64 KB", () => {
    const rules = Array.from({ length: 1_000 }, (_, n) => ({
      name: `rule ${n}`,
      action: "deny" as const,
      outcome: "not_matched" as const,
      at: { file: "policy.yaml", line: n },
    }));
    const lines = chained([start(), call(1, { rules }), outcome(1)]);
    expect(lines[1]?.length).toBeGreaterThan(65_536);
    expect(faultOf(asText(lines))).toBeNull();
  });

  it("may have run a call for which a reviewer answered", () => {
    const reviewed = call(1, {
      effect: "review",
      code: "review_required",
      approval: { id: "a1", reviewers: ["ana"] },
    });
    expect(faultOf(chained([start(), reviewed, outcome(1)]))).toBeNull();
  });

  it("is warned of, and no more, when the clock was set back", () => {
    const report = verifyAudit(chained([start(), call(9), outcome(9, { time: at(3) })]));
    expect(report.ok).toBe(true);
    expect(report.warnings).toMatchObject([{ kind: "time_backwards", line: 3, seq: 2 }]);
  });

  it("may have open calls while it is written", () => {
    const lines = chained([start(), call(1), call(2), outcome(2)]);
    expect(verifyAudit(lines, { allowOpen: true })).toMatchObject({ ok: true, open: 1 });
  });
});

describe("an attack on the chain is found:", () => {
  it("a field edited", () => {
    const edited = rewritten(8, (record) => ({ ...record, tool: "other" }) as AuditEvent);
    expect(faultOf(withLine(8, edited))).toEqual(["wrong_prev", 9]);
    const dearer = rewritten(9, (record) => ({ ...record, durationMs: 13 }) as AuditEvent);
    expect(faultOf(withLine(9, dearer))).toEqual(["wrong_prev", 10]);
  });

  it("a deny turned into an allow", () => {
    const line = LOG.findIndex((text) => text.includes('"effect":"deny"')) + 1;
    const allowed = lineAt(line).replace('"effect":"deny"', '"effect":"allow"');
    expect(faultOf(withLine(line, allowed))).toEqual(["wrong_prev", line + 1]);
  });

  it("a record deleted", () => {
    expect(faultOf(withLine(9))).toEqual(["wrong_seq", 9]);
  });

  it("a call deleted with its outcome, the rest renumbered", () => {
    expect(faultOf(renumbered(LOG.toSpliced(7, 2)))).toEqual(["wrong_prev", 8]);
  });

  it("two records swapped", () => {
    expect(faultOf(LOG.toSpliced(7, 2, lineAt(9), lineAt(8)))).toEqual(["wrong_seq", 8]);
    const swapped = renumbered(LOG.toSpliced(7, 2, lineAt(9), lineAt(8)));
    expect(faultOf(swapped)).toEqual(["wrong_prev", 8]);
  });

  it("a record doubled", () => {
    expect(faultOf(withLine(9, lineAt(9), lineAt(9)))).toEqual(["wrong_seq", 10]);
    expect(faultOf(renumbered(withLine(9, lineAt(9), lineAt(9))))).toEqual(["wrong_prev", 10]);
  });

  it("a record inserted", () => {
    const forged = recordLine(call(900), 9, lineHash(lineAt(9)));
    const inserted = withLine(9, lineAt(9), forged);
    expect(faultOf(inserted)).toEqual(["wrong_seq", 11]);
    expect(faultOf(renumbered(inserted))).toEqual(["wrong_prev", 11]);
  });

  it("a piece of another chain spliced in", () => {
    const other = chained([start({ chain: "chain-two" }), ...LOG.slice(1).map(eventOf)]);
    expect(faultOf([...LOG.slice(0, 9), ...other.slice(9)])).toEqual(["wrong_prev", 10]);
    expect(faultOf([...other.slice(0, 9), ...LOG.slice(9)])).toEqual(["wrong_prev", 10]);
  });

  it("another log appended", () => {
    expect(faultOf([...LOG, ...LOG])).toEqual(["wrong_seq", 22]);
  });

  it("a second start", () => {
    expect(faultOf(chained([start(), call(1), outcome(1), start()]))).toEqual([
      "several_starts",
      4,
    ]);
  });

  it("a start that is missing", () => {
    expect(faultOf(LOG.slice(1))).toEqual(["wrong_seq", 1]);
    expect(faultOf(chained([call(1), outcome(1)]))).toEqual(["start_missing", 1]);
  });

  it("a first record that claims something before it", () => {
    expect(faultOf([recordLine(start(), 0, lineHash("before"))])).toEqual(["wrong_prev", 1]);
  });
});

describe("an attack on the bytes is found:", () => {
  const spaced = lineAt(9).replace('"seq":8', '"seq": 8');
  const cases: readonly [string, string, AuditFaultKind, number][] = [
    ["an empty file", "", "empty", 0],
    ["an empty line", asText(withLine(9, "", lineAt(9))), "not_json", 9],
    ["white space", asText(withLine(9, spaced)), "not_canonical", 9],
    ["a space at the end of a line", asText(withLine(9, `${lineAt(9)} `)), "not_canonical", 9],
    ["CR LF", asText(withLine(9, `${lineAt(9)}\r`)), "carriage_return", 9],
    ["CR LF everywhere", LOG.join("\r\n"), "carriage_return", 1],
    ["a byte order mark", `\ufeff${asText(LOG)}`, "not_json", 1],
    ["a tail of NUL", `${asText(LOG)}${"\0".repeat(4096)}`, "nul_bytes", 22],
    ["a line of NUL", asText(withLine(9, "\0".repeat(100))), "nul_bytes", 9],
    ["a torn last line", asText(LOG).slice(0, -10), "torn_line", 21],
    ["a last line without newline", asText(LOG).slice(0, -1), "torn_line", 21],
    ["a line that is not JSON", asText(withLine(9, "{")), "not_json", 9],
    ["a line that is no record", asText(withLine(9, "null")), "malformed_record", 9],
    ["a list in the place of a record", asText(withLine(9, "[]")), "malformed_record", 9],
    [
      "a depth bomb",
      asText(withLine(9, "[".repeat(100_000) + "]".repeat(100_000))),
      "malformed_record",
      9,
    ],
    [
      "a name twice, the true value last",
      asText(withLine(9, lineAt(9).replace('"seq":8', '"seq":80,"seq":8'))),
      "duplicate_key",
      9,
    ],
    [
      "a name twice, once escaped, deep in the record",
      asText(withLine(8, lineAt(8).replace('"line":12', '"l\\u0069ne":99,"line":12'))),
      "duplicate_key",
      8,
    ],
    [
      "a name of every object's prototype",
      asText(withLine(9, lineAt(9).replace('"type":"outcome"', '"type":"constructor"'))),
      "malformed_record",
      9,
    ],
    [
      "an escape where none is needed",
      asText(withLine(9, lineAt(9).replace('"search"', '"se\\u0061rch"'))),
      "not_canonical",
      9,
    ],
    [
      "a number in another form",
      asText(withLine(9, lineAt(9).replace('"durationMs":12.5', '"durationMs":1.25e1'))),
      "not_canonical",
      9,
    ],
    [
      "a field more",
      asText(withLine(9, lineAt(9).replace('"durationMs":12.5', '"durationMs":12.5,"note":"x"'))),
      "not_canonical",
      9,
    ],
    [
      "a field less",
      asText(withLine(9, lineAt(9).replace(',"durationMs":12.5', ""))),
      "malformed_record",
      9,
    ],
    [
      "a date that does not exist",
      asText(withLine(9, lineAt(9).replace("2026-01-01T", "2026-02-30T"))),
      "malformed_record",
      9,
    ],
    [
      "another version",
      asText(withLine(9, lineAt(9).replace('"v":1', '"v":2'))),
      "malformed_record",
      9,
    ],
  ];
  it.each(cases)("%s", (_name, log, kind, line) => {
    expect(faultOf(log)).toEqual([kind, line]);
  });

  it("bytes that are not UTF-8", () => {
    const bytes = new TextEncoder().encode(asText(LOG));
    bytes[bytes.length - 20] = 0xff;
    expect(verifyAudit(bytes).fault).toMatchObject({ kind: "not_utf8", line: 21 });
  });

  it("a line without end", async () => {
    const piece = new Uint8Array(1_048_576).fill(0x20);
    let given = 0;
    async function* endless(): AsyncGenerator<Uint8Array> {
      for (;;) {
        given += 1;
        yield piece;
      }
    }
    const { fault } = await verifyAudit(endless());
    expect(fault).toMatchObject({ kind: "line_too_long", line: 1 });
    expect(given).toBe(17);
  });

  it("any single byte of fifty records changed", () => {
    const lines = honestLog(50);
    const text = asText(lines);
    const expectHead = { seq: 49, hash: lineHash(lines.at(-1) ?? "") };
    const options = { expectHead, allowOpen: true };
    const bytes = new TextEncoder().encode(text);
    expect(verifyAudit(bytes, options).fault).toBeNull();
    const missed: number[] = [];
    bytes.forEach((byte, position) => {
      bytes[position] = byte ^ (1 << (position % 8));
      if (verifyAudit(bytes, options).ok) missed.push(position);
      bytes[position] = byte;
    });
    expect(missed).toEqual([]);
  }, 60_000);
});

describe("records that contradict each other under a true chain are found:", () => {
  const cases: readonly [string, readonly AuditEvent[], AuditFaultKind, number][] = [
    ["two outcomes", [call(1), outcome(1), outcome(1)], "second_outcome", 4],
    ["an outcome after a gap", [call(1), gap(1), outcome(1)], "second_outcome", 4],
    ["a gap after an outcome", [call(1), outcome(1), gap(1)], "second_outcome", 4],
    ["an outcome without a call", [outcome(1)], "orphan_outcome", 2],
    ["an outcome before its call", [outcome(1), call(1)], "orphan_outcome", 2],
    ["a gap without a call", [gap(1)], "orphan_outcome", 2],
    ["a call without outcome", [call(1), call(2), outcome(2)], "open_call", 2],
    ["a denied call that was executed", [denied(1), outcome(1)], "denied_but_executed", 3],
    [
      "a denied call that ran into an error",
      [denied(1), outcome(1, { outcome: "error" })],
      "denied_but_executed",
      3,
    ],
    [
      "a denied call that streamed",
      [denied(1), outcome(1, { outcome: "aborted" })],
      "denied_but_executed",
      3,
    ],
    [
      "a call that ran though nobody had answered its review",
      [call(1, { effect: "review", code: "review_required" }), outcome(1)],
      "denied_but_executed",
      3,
    ],
    [
      "an evaluation reused after its outcome",
      [call(1), outcome(1), call(1), outcome(1)],
      "evaluation_reused",
      4,
    ],
    ["an evaluation reused while it is open", [call(1), call(1)], "evaluation_reused", 3],
    [
      "an outcome of another tool",
      [call(1), outcome(1, { tool: "refund" })],
      "mismatched_outcome",
      3,
    ],
    [
      "an outcome of another call id",
      [call(1), outcome(1, { call: null })],
      "mismatched_outcome",
      3,
    ],
  ];
  it.each(cases)("%s", (_name, events, kind, line) => {
    expect(faultOf(chained([start(), ...events]))).toEqual([kind, line]);
  });

  it("a denied call that was blocked is none of them", () => {
    expect(faultOf(chained([start(), denied(1), blocked(1)]))).toBeNull();
  });
});

describe("what a chain alone cannot show", () => {
  const cut = LOG.slice(0, 11);
  const forged = chained([
    start({ chain: "chain-two" }),
    ...LOG.slice(1)
      .map(eventOf)
      .map((event) => ({ ...event, tool: "forged" })),
  ]);
  const lastEdited = LOG.with(
    20,
    rewritten(21, (record) => ({ ...record, durationMs: 1 }) as AuditEvent),
  );
  const attacks: readonly [string, readonly string[], AuditFaultKind, number][] = [
    ["a tail cut between records", cut, "head_missing", 11],
    ["a log rewritten with a new chain", forged, "head_differs", 21],
    ["the last record edited", lastEdited, "head_differs", 21],
    ["everything deleted but a new start", chained([start()]), "head_missing", 1],
  ];
  it.each(attacks)("%s verifies, and is found with a head", (_name, log, kind, line) => {
    expect(faultOf(log)).toBeNull();
    expect(faultOf(log, { expectHead: HEAD })).toEqual([kind, line]);
  });

  it("is said in words, and changes with what was demanded", () => {
    const words = verifyAudit(LOG).limits.join(" ");
    expect(words).toMatch(/cut off the end/);
    expect(words).toMatch(/last record/);
    expect(words).toMatch(/rewritten/);
    const { limits } = verifyAudit(LOG, { expectHead: HEAD });
    expect(limits.join(" ")).not.toMatch(/rewritten/);
    expect(limits).not.toEqual([]);
  });

  it("is found up to an older head too", () => {
    const expectHead = { seq: 10, hash: lineHash(lineAt(11)) };
    const report = verifyAudit(LOG, { expectHead });
    expect(report.ok).toBe(true);
    expect(report.limits.join(" ")).toMatch(/After record 10/);
    expect(faultOf(forged, { expectHead })).toEqual(["head_differs", 11]);
  });

  it("refuses a head that is none", () => {
    for (const expectHead of [
      { seq: -1, hash: HEAD.hash },
      { seq: 1.5, hash: HEAD.hash },
      { seq: 1, hash: "" },
    ]) {
      expect(() => verifyAudit(LOG, { expectHead })).toThrow(
        expect.objectContaining({ code: "ERR_OPTIONS" }),
      );
    }
  });
});

describe("a log without its beginning", () => {
  const tail = LOG.slice(8);

  it("is a fault unless that is asked for", () => {
    expect(faultOf(tail)).toEqual(["wrong_seq", 1]);
    expect(verifyAudit(tail, { partial: true })).toMatchObject({
      ok: true,
      chain: null,
      records: 13,
      calls: 6,
      outcomes: 7,
      unpaired: 1,
      head: HEAD,
    });
  });

  it("is verified like any other from its first line on", () => {
    const options = { partial: true };
    expect(faultOf(tail.toSpliced(3, 1), options)).toEqual(["wrong_seq", 4]);
    expect(faultOf(renumberedFrom(tail.toSpliced(3, 2), 8), options)).toEqual(["wrong_prev", 4]);
    const twice = [outcome(1), outcome(1)].map((event, n) => ({ event, seq: n + 5 }));
    let prev = lineHash("unknown");
    const lines = twice.map(({ event, seq }) => {
      const line = recordLine(event, seq, prev);
      prev = lineHash(line);
      return line;
    });
    expect(faultOf(lines, options)).toEqual(["second_outcome", 2]);
  });

  it("says that the rest was not looked at", () => {
    expect(verifyAudit(tail, { partial: true }).limits.join(" ")).toMatch(/before the first line/);
  });
});

describe("a report", () => {
  it("names the position of a fault and no value of a record", () => {
    const lines = chained([start(), call(1, { tool: "secret-tool", agent: "secret-agent" })]);
    const { fault } = verifyAudit([...lines, '{"secret":"value'], {});
    expect(fault?.message).toBe("line 3, record 2: the line is not JSON");
    expect(JSON.stringify(verifyAudit(lines).fault)).not.toMatch(/secret/);
  });

  it("counts what lies before the fault and reads nothing behind it", () => {
    expect(verifyAudit(withLine(9))).toMatchObject({
      ok: false,
      records: 8,
      head: { seq: 7, hash: lineHash(lineAt(8)) },
      fault: { kind: "wrong_seq", line: 9, seq: 8 },
    });
  });
});

function eventOf(line: string): AuditEvent {
  return recordOf(line);
}

function renumberedFrom(lines: readonly string[], first: number): string[] {
  return lines.map((line, n) => {
    const record = recordOf(line);
    return recordLine(record, first + n, record.prev);
  });
}
