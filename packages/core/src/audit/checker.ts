import { lineHash, NO_RECORD, recordLine } from "./chain.ts";
import type { AuditHead } from "./chain.ts";
import { hasDuplicateKey } from "./duplicate-key.ts";
import { MAX_LINE_LENGTH } from "./lines.ts";
import type { Line } from "./lines.ts";
import { Pairing } from "./pairing.ts";
import type { Finding, OpenCall } from "./pairing.ts";
import type { AuditRecord } from "./record.ts";
import type { AuditFault, AuditOptions, AuditReport, AuditWarning } from "./report.ts";
import { isAuditRecord } from "./shape.ts";
import { limitsOf } from "./unknowable.ts";

const WARNINGS = 100;

/**
 * Reads a log line by line and stops at the first fault: what stands behind a broken link proves nothing.
 * {@link AuditChecker.finish} adds what only the end shows.
 */
export class AuditChecker {
  readonly #options: AuditOptions;
  readonly #pairing: Pairing;
  readonly #counts = { records: 0, calls: 0, outcomes: 0, gaps: 0 };
  readonly #byOutcome = { executed: 0, error: 0, aborted: 0, blocked: 0 };
  readonly #warnings: AuditWarning[] = [];
  #chain: string | null = null;
  #head: AuditHead | null = null;
  #fault: AuditFault | null = null;
  #lines = 0;
  #time = "";

  constructor(options: AuditOptions = {}) {
    this.#options = options;
    this.#pairing = new Pairing(options.partial === true);
  }

  /** The last good record. */
  get head(): AuditHead | null {
    return this.#head;
  }

  /** The first fault so far. */
  get fault(): AuditFault | null {
    return this.#fault;
  }

  get chain(): string | null {
    return this.#chain;
  }

  /** Calls without outcome or gap so far, oldest first. */
  get open(): readonly OpenCall[] {
    return this.#pairing.open;
  }

  /** Takes the next line. `false`: there is a fault, and nothing more is read. */
  take(line: Line): boolean {
    if (this.#fault !== null) return false;
    this.#lines += 1;
    const read = readLine(line);
    const finding = "kind" in read ? read : this.#takeRecord(read.record, read.content);
    if (finding !== null) this.#fail(finding, this.#lines, this.#nextSeq);
    return finding === null;
  }

  /** The report, when there is no more line. */
  finish(): AuditReport {
    if (this.#fault === null) this.#judgeEnd();
    return {
      ok: this.#fault === null,
      chain: this.#chain,
      ...this.#counts,
      byOutcome: { ...this.#byOutcome },
      open: this.#pairing.open.length,
      unpaired: this.#pairing.unpaired,
      head: this.#head,
      fault: this.#fault,
      warnings: [...this.#warnings],
      limits: limitsOf(this.#options, this.#head),
    };
  }

  get #nextSeq(): number {
    return this.#head === null ? 0 : this.#head.seq + 1;
  }

  #fail(finding: Finding, line: number, seq: number): void {
    const { kind, message } = finding;
    this.#fault = { kind, line, seq, message: `line ${line}, record ${seq}: ${message}` };
  }

  #takeRecord(record: AuditRecord, content: string | Uint8Array): Finding | null {
    const broken = this.#judgeLink(record) ?? this.#pairing.take(record, this.#lines);
    if (broken !== null) return broken;
    const head = { seq: record.seq, hash: lineHash(content) };
    const { expectHead } = this.#options;
    if (expectHead?.seq === head.seq && expectHead.hash !== head.hash) {
      return { kind: "head_differs", message: "this is not the record that was demanded here" };
    }
    this.#head = head;
    this.#count(record);
    this.#watchTime(record);
    return null;
  }

  #judgeLink(record: AuditRecord): Finding | null {
    const first = this.#head === null;
    const atWord = first && this.#options.partial === true;
    if (!atWord && record.seq !== this.#nextSeq) {
      return { kind: "wrong_seq", message: `record ${record.seq} stands here` };
    }
    if ((!atWord || record.seq === 0) && record.prev !== (this.#head?.hash ?? NO_RECORD)) {
      return { kind: "wrong_prev", message: "it does not continue the record before it" };
    }
    if (record.seq === 0 && record.type !== "start") {
      return { kind: "start_missing", message: "the first record of a chain is its start" };
    }
    if (record.seq > 0 && record.type === "start") {
      return { kind: "several_starts", message: "a chain has one start, its first record" };
    }
    return null;
  }

  #count(record: AuditRecord): void {
    this.#counts.records += 1;
    switch (record.type) {
      case "start":
        this.#chain = record.chain;
        break;
      case "call":
        this.#counts.calls += 1;
        break;
      case "outcome":
        this.#counts.outcomes += 1;
        this.#byOutcome[record.outcome] += 1;
        break;
      case "gap":
        this.#counts.gaps += 1;
        break;
    }
  }

  #watchTime(record: AuditRecord): void {
    // Times have one form, so that their order as texts is their order in time.
    if (record.time < this.#time && this.#warnings.length < WARNINGS) {
      const { seq } = record;
      const message = `line ${this.#lines}, record ${seq}: its time lies before that of the record before it`;
      this.#warnings.push({ kind: "time_backwards", line: this.#lines, seq, message });
    }
    this.#time = record.time;
  }

  #judgeEnd(): void {
    const { expectHead, allowOpen } = this.#options;
    if (this.#lines === 0) {
      this.#fail({ kind: "empty", message: "the log holds no record" }, 0, 0);
    } else if (expectHead !== undefined && expectHead.seq >= this.#nextSeq) {
      const message = `the log ends before the record that was demanded`;
      this.#fail({ kind: "head_missing", message }, this.#lines, expectHead.seq);
    } else if (allowOpen !== true) {
      const [call] = this.#pairing.open;
      const message = "the call has neither outcome nor gap";
      if (call !== undefined) this.#fail({ kind: "open_call", message }, call.line, call.seq);
    }
  }
}

/** What a line says, or why it cannot be read. */
function readLine(line: Line): { record: AuditRecord; content: string | Uint8Array } | Finding {
  const { content, ended } = line;
  if (content.length > MAX_LINE_LENGTH) {
    return { kind: "line_too_long", message: "the line is longer than any record" };
  }
  const text = typeof content === "string" ? content : decoded(content);
  if (text === null) return { kind: "not_utf8", message: "the line is not UTF-8" };
  if (text.includes("\0")) return { kind: "nul_bytes", message: "the line holds NUL" };
  if (!ended) return { kind: "torn_line", message: "the last line has no newline" };
  if (text.endsWith("\r")) return { kind: "carriage_return", message: "the line ends in CR LF" };
  const value = parsed(text);
  if (value === undefined) return { kind: "not_json", message: "the line is not JSON" };
  if (!isAuditRecord(value)) {
    return { kind: "malformed_record", message: "the line is not a record of version 1" };
  }
  if (recordLine(value, value.seq, value.prev) === text) return { record: value, content };
  return hasDuplicateKey(text)
    ? { kind: "duplicate_key", message: "a name stands twice in one object" }
    : { kind: "not_canonical", message: "the record is not written as it was made" };
}

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function decoded(bytes: Uint8Array): string | null {
  try {
    return decoder.decode(bytes);
  } catch {
    return null;
  }
}

/** Never gives the parser's own error on: its message quotes the line. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
