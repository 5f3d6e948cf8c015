import { InterlatchError } from "../errors/errors.ts";
import { lineHash, NO_RECORD, recordLine } from "./chain.ts";
import type { AuditHead } from "./chain.ts";
import type { AuditEvent, AuditRecord, AuditSink } from "./record.ts";

export interface MemoryAuditOptions {
  /** How many records are kept, the `start` among them; the oldest go first. Default 10,000. */
  readonly maxRecords?: number;
  /** Epoch milliseconds, for the time of the `start` record. Default `Date.now`. */
  readonly now?: () => number;
}

/** A log in memory. Reading it builds the chain; appending only keeps the event. */
export interface MemoryAudit extends AuditSink {
  /** Memory does not survive a crash, so a sink that must be durable is not this one. */
  readonly durable: false;
  /** What is kept, oldest first. Each read builds it anew: hold the result to look at it repeatedly. */
  readonly records: readonly AuditRecord[];
  /** How many of the oldest records are gone. `0`: the log is whole. */
  readonly dropped: number;
  /** The last record. It stays what it is, so it can be demanded of the lines later. */
  readonly head: AuditHead;
  /** Memory has a record at once: there is nothing to wait for. */
  append(event: AuditEvent, options?: { readonly durable: boolean }): void;
  /** The lines of the log, without newlines, as `verifyAudit` takes them. */
  lines(): readonly string[];
}

/**
 * Keeps records in memory: for tests, for development, and where something else reads them out. Appending
 * keeps the event object as it is and costs a fraction of a microsecond; JSON and hashes are made when
 * the log is read, and a hash once made stays.
 *
 * When `maxRecords` is reached the oldest record goes with every new one. What is left keeps its `seq`,
 * and its first `prev` is the hash of the record that went, or 64 zeros where that record was never
 * read and so never hashed. Such a log is verified with `verifyAudit(lines, { partial: true })`.
 *
 * @throws ERR_OPTIONS - `maxRecords` is not a whole number of at least 1
 *
 * @example
 * ```ts
 * import { memoryAudit, verifyAudit } from "@interlatch/core";
 * const audit = memoryAudit();
 * audit.append(
 *   {
 *     type: "outcome", time: "2026-01-01T00:00:00.000Z", evaluation: "e1", call: "c1",
 *     tool: "search", outcome: "blocked", fallback: "message", durationMs: 0,
 *   },
 *   { durable: false },
 * );
 * audit.records.length; // 2: the start of the chain, and this one
 * verifyAudit(audit.lines()).fault?.kind; // "orphan_outcome": no call came before it
 * ```
 */
export function memoryAudit(options: MemoryAuditOptions = {}): MemoryAudit {
  const { maxRecords = 10_000, now = Date.now } = options;
  if (!Number.isSafeInteger(maxRecords) || maxRecords < 1) {
    throw new InterlatchError("ERR_OPTIONS", "maxRecords must be a whole number of at least 1.");
  }
  return new MemoryLog(maxRecords, new Date(now()).toISOString());
}

class MemoryLog implements MemoryAudit {
  readonly durable = false;
  readonly #max: number;
  /** A ring: the record with `seq` stands at `seq % max`. */
  readonly #events: AuditEvent[];
  /** Beside the events; filled when the log is read. */
  readonly #hashes: (string | undefined)[] = [];
  #appended = 1;
  /** The hash of the last record that was dropped. */
  #before: string = NO_RECORD;
  #closed = false;

  constructor(max: number, time: string) {
    this.#max = max;
    this.#events = [{ type: "start", time, chain: crypto.randomUUID() }];
  }

  append(event: AuditEvent): void {
    if (this.#closed) throw new InterlatchError("ERR_AUDIT", "The audit log is closed.");
    if (event.type === "start" || event.type === "gap") {
      throw new InterlatchError(
        "ERR_AUDIT",
        `A ${event.type} record is written by the log itself.`,
      );
    }
    const slot = this.#appended % this.#max;
    if (this.#appended >= this.#max) {
      this.#before = this.#hashes[slot] ?? NO_RECORD;
      this.#hashes[slot] = undefined;
    }
    this.#events[slot] = event;
    this.#appended += 1;
  }

  get dropped(): number {
    return Math.max(0, this.#appended - this.#max);
  }

  get head(): AuditHead {
    this.lines();
    const seq = this.#appended - 1;
    // lines() has just hashed every kept record, the last among them.
    return { seq, hash: this.#hashes[seq % this.#max] as string };
  }

  get records(): readonly AuditRecord[] {
    // The lines were written by this file from AuditEvents.
    return this.lines().map((line) => JSON.parse(line) as AuditRecord);
  }

  lines(): readonly string[] {
    const lines: string[] = [];
    let prev = this.#before;
    for (let seq = this.dropped; seq < this.#appended; seq += 1) {
      const slot = seq % this.#max;
      // Every slot below the number of records kept is filled.
      const line = recordLine(this.#events[slot] as AuditEvent, seq, prev);
      prev = this.#hashes[slot] ??= lineHash(line);
      lines.push(line);
    }
    return lines;
  }

  async flush(): Promise<void> {}

  async close(): Promise<void> {
    this.#closed = true;
  }
}
