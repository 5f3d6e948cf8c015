import { eventJson } from "../audit/chain.ts";
import type { AuditHead } from "../audit/chain.ts";
import type { AuditEvent, AuditSink } from "../audit/record.ts";
import { InterlatchError, isInterlatchError } from "../errors/errors.ts";
import { continueLog } from "./audit-continue.ts";
import type { ContinuedLog } from "./audit-continue.ts";
import type { WriterLock } from "./audit-lock.ts";
import type { LogFile } from "./audit-log-file.ts";
import { claimFile } from "./audit-path.ts";
import type { ClaimedFile } from "./audit-path.ts";
import { AuditQueue } from "./audit-queue.ts";
import type { Group, QueuedRecord } from "./audit-queue.ts";

export interface FileAuditOptions {
  /** Epoch milliseconds, for the records the log writes itself and for retries. Default `Date.now`. */
  readonly now?: () => number;
}

/** A log in a file. */
export interface FileAudit extends AuditSink {
  readonly durable: true;
  /** The file or folder, as it was given. */
  readonly place: string;
  /** The file, as an absolute path. */
  readonly path: string;
  /** The name of the chain, as its `start` says it. */
  readonly chain: string;
  /** The last record that survives a crash. Keep it elsewhere to find a cut or a rewrite, see `verifyAudit`. */
  readonly head: AuditHead;
}

/** How long a log that could not be written refuses records before an append tries again, in milliseconds. */
const RETRY_MS = 1_000;
/** In a program that never yields, this many characters wait before they are written at once. */
const WRITE_AT_ONCE = 1_048_576;
/** While the disk is busy, this many characters may wait; then appending fails. */
const MOST_WAITING = 67_108_864;

/**
 * Keeps records in a file of JSON lines with a hash chain, written by this sink alone.
 *
 * - Appending queues the line. What was queued is written at the end of the turn of the event loop, and
 *   as soon as the disk is done with the group before: many records, one write, one `fdatasync`.
 *   With `durable: true` the promise settles after that. Otherwise the record is kept from then on
 *   against a crash of the machine, and against an ordinary end of the process at once.
 * - When writing fails, whatever waits is rejected, a rejected `call` is not in the log, and every append
 *   fails until a retry has succeeded. Records that were accepted, and the outcomes of calls that are in the
 *   log, stay in memory and are written first.
 * - A file that is there is verified and continued: a torn last line goes to `<file>.torn-<time>`, a call
 *   without outcome gets a `gap`. This reads the whole file once.
 * - One writer for a file. In a folder, a second writer gets its own file; the name is `audit-<chain>.jsonl`.
 * - New files have the mode 0600. The log never goes on in a file that was deleted, replaced, cut or
 *   written to by somebody else.
 *
 * @param pathOrFolder - a file, or a folder: what is there decides, else a name without extension is a folder
 * @throws ERR_AUDIT - the file cannot be opened, has another writer, or does not verify
 *
 * @example
 * ```ts
 * import { fileAudit } from "@interlatch/core/node";
 * const audit = fileAudit(".interlatch/audit");
 * audit.path; // …/.interlatch/audit/audit-4711-0f3c….jsonl
 * await audit.close();
 * ```
 */
export function fileAudit(pathOrFolder: string, options: FileAuditOptions = {}): FileAudit {
  const now = options.now ?? Date.now;
  let claimed: ClaimedFile;
  try {
    claimed = claimFile(pathOrFolder);
  } catch (error) {
    throw failed(`The audit log ${pathOrFolder} cannot be opened`, error);
  }
  try {
    const log = continueLog(claimed.path, claimed.chain, now());
    return new FileLog(pathOrFolder, claimed.lock, log, now);
  } catch (error) {
    claimed.lock.release();
    throw failed(`The audit log ${claimed.path} cannot be opened`, error);
  }
}

class FileLog implements FileAudit {
  readonly durable = true;
  readonly place: string;
  readonly path: string;
  readonly chain: string;
  readonly #lock: WriterLock;
  readonly #file: LogFile;
  readonly #now: () => number;
  readonly #queue: AuditQueue = new AuditQueue();
  /** Evaluations of calls that have a record, in the file or in the queue, and no outcome. */
  readonly #open = new Set<string>();
  #turn: NodeJS.Immediate | null = null;
  /** A group is being synced. */
  #busy = false;
  #failure: InterlatchError | null = null;
  #failedAt = 0;
  #closing: Promise<void> | null = null;
  #ended = false;

  constructor(place: string, lock: WriterLock, { file, chain }: ContinuedLog, now: () => number) {
    this.place = place;
    this.path = file.path;
    this.chain = chain;
    this.#lock = lock;
    this.#file = file;
    this.#now = now;
    writeAtExit(this);
  }

  get head(): AuditHead {
    return this.#file.head;
  }

  append(event: AuditEvent, options: { readonly durable: boolean }): void | Promise<void> {
    if (this.#closing !== null) throw refused("the log is closed");
    const record = this.#admit(event);
    if (this.#failure !== null) return this.#appendAfter(this.#failure, record);
    if (this.#queue.size > WRITE_AT_ONCE && !this.#busy) return this.#appendNow(record);
    if (options.durable) return this.#wait(record);
    this.#queue.add(record, null);
    this.#schedule(false);
  }

  flush(): Promise<void> {
    const idle = this.#queue.isEmpty && !this.#busy && this.#failure === null;
    return idle || this.#ended ? Promise.resolve() : this.#wait(null);
  }

  close(): Promise<void> {
    return (this.#closing ??= this.#end());
  }

  /** The process ends: nothing can be waited for. */
  writeAtExit(): void {
    try {
      const { events } = this.#queue.takeGroup();
      if (events.length === 0) return;
      this.#file.write(events);
      this.#file.syncNow();
    } catch {
      // Nobody is left to tell; the next start finds the calls that have no outcome.
    } finally {
      this.#lock.release();
    }
  }

  async #end(): Promise<void> {
    try {
      await this.flush();
    } finally {
      this.#ended = true;
      forgetAtExit(this);
      this.#file.close();
      this.#lock.release();
    }
  }

  /** Refuses what would make an honest log look forged; the chain cannot be mended afterwards. */
  #admit(event: AuditEvent): QueuedRecord {
    if (event.type === "start" || event.type === "gap") {
      throw refused(`a ${event.type} record is written by the log itself`);
    }
    const { type, evaluation } = event;
    const json = eventJson(event);
    if (type === "outcome") {
      if (!this.#open.delete(evaluation)) {
        throw this.#failure ?? refused("an outcome needs an open call");
      }
    } else {
      if (this.#open.has(evaluation)) throw refused("the evaluation has an open call");
      if (this.#queue.size > MOST_WAITING) throw refused("too many records wait for the disk");
      this.#open.add(evaluation);
    }
    return { type, evaluation, json };
  }

  #wait(record: QueuedRecord | null): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#queue.add(record, { resolve, reject });
      this.#schedule(true);
    });
  }

  /** Writes and syncs the record, and all before it, before it returns. */
  #appendNow(record: QueuedRecord): void {
    let failure: InterlatchError | null = null;
    const reject = (error: InterlatchError): void => void (failure = error);
    this.#queue.add(record, { resolve: () => {}, reject });
    const group = this.#queue.takeGroup();
    try {
      this.#file.write(group.events);
      this.#file.syncNow();
      this.#succeed(group);
    } catch (error) {
      this.#fail(group, error);
    }
    if (failure !== null) throw failure;
  }

  /** The log is failing: from time to time an append is the retry, the others fail with it. */
  #appendAfter(failure: InterlatchError, record: QueuedRecord): void {
    if (!this.#busy && Math.abs(this.#now() - this.#failedAt) >= RETRY_MS) {
      return this.#appendNow(record);
    }
    // How a call of the log ended must not be lost; a call that is refused never began.
    if (record.type === "outcome") this.#queue.add(record, null);
    else this.#open.delete(record.evaluation);
    throw failure;
  }

  /** Writes at the end of this turn. A process that nobody waits in may end before; it then writes as it ends. */
  #schedule(somebodyWaits: boolean): void {
    if (this.#busy) return;
    this.#turn ??= setImmediate(() => {
      this.#turn = null;
      this.#writeGroup();
    }).unref();
    if (somebodyWaits) this.#turn.ref();
  }

  #writeGroup(): void {
    if (this.#busy || this.#queue.isEmpty) return;
    const group = this.#queue.takeGroup();
    try {
      this.#file.write(group.events);
    } catch (error) {
      return this.#fail(group, error);
    }
    this.#busy = true;
    this.#file.sync((error) => {
      this.#busy = false;
      if (error !== null) return this.#fail(group, error);
      this.#succeed(group);
      this.#writeGroup();
    });
  }

  #succeed(group: Group): void {
    this.#failure = null;
    for (const { waiter } of group.entries) waiter?.resolve();
  }

  #fail(group: Group, error: unknown): void {
    this.#failure = failed(`The audit log ${this.path} cannot be written`, error);
    this.#failedAt = this.#now();
    for (const evaluation of this.#queue.putBack(group, this.#failure)) {
      this.#open.delete(evaluation);
    }
  }
}

const written = new Set<FileLog>();

function writeAllAtExit(): void {
  for (const log of written) log.writeAtExit();
}

function writeAtExit(log: FileLog): void {
  if (written.size === 0) process.on("exit", writeAllAtExit);
  written.add(log);
}

function forgetAtExit(log: FileLog): void {
  written.delete(log);
  if (written.size === 0) process.off("exit", writeAllAtExit);
}

function refused(why: string): InterlatchError {
  return new InterlatchError("ERR_AUDIT", `The record was not kept: ${why}.`);
}

/** The system's message names the file and the reason, never what was to be written. */
function failed(what: string, error: unknown): InterlatchError {
  if (isInterlatchError(error)) return error;
  const why = error instanceof Error ? error.message : String(error);
  return new InterlatchError("ERR_AUDIT", `${what}: ${why}`, { cause: error });
}
