import {
  closeSync,
  constants,
  fdatasyncSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readSync,
} from "node:fs";
import { dirname } from "node:path";
import { NO_RECORD, eventJson } from "../audit/chain.ts";
import { AuditChecker } from "../audit/checker.ts";
import { LineSplitter } from "../audit/lines.ts";
import type { Line } from "../audit/lines.ts";
import type { AuditEvent } from "../audit/record.ts";
import type { AuditFault, AuditFaultKind } from "../audit/report.ts";
import { InterlatchError } from "../errors/errors.ts";
import { LogFile, writeFully } from "./audit-log-file.ts";

const CHUNK = 1_048_576;

/** What a write that was cut short leaves as the last line. Anything else was done to the log. */
const TORN: ReadonlySet<AuditFaultKind> = new Set([
  "torn_line",
  "nul_bytes",
  "not_utf8",
  "not_json",
]);

/** A log that is ready for more. */
export interface ContinuedLog {
  readonly file: LogFile;
  readonly chain: string;
}

/**
 * Opens a log for writing. A new or empty file gets its `start`. One that is there is verified from its
 * first line, a torn last line is set aside into `<path>.torn-<time>`, and every call that is still open
 * gets a `gap`. All of it is on disk when this returns.
 *
 * @param chain - the name of the chain, if it begins here
 * @param now - epoch milliseconds
 * @throws ERR_AUDIT - the log does not verify; the message holds line and record
 */
export function continueLog(path: string, chain: string, now: number): ContinuedLog {
  const flags = constants.O_RDWR | constants.O_CREAT | constants.O_APPEND;
  const fd = openSync(path, flags, 0o600);
  try {
    return continueOpened(path, fd, chain, new Date(now).toISOString());
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

function continueOpened(path: string, fd: number, chain: string, time: string): ContinuedLog {
  const { checker, end } = readLog(path, fd);
  if (end < fstatSync(fd).size) setAside(path, fd, end, time);
  const head = checker.head ?? { seq: -1, hash: NO_RECORD };
  const file = new LogFile(path, fd, { head, size: end });
  const events: AuditEvent[] =
    checker.head === null
      ? [{ type: "start", time, chain }]
      : checker.open.map(({ evaluation, call, tool }) => {
          return { type: "gap", time, evaluation, call, tool, why: "crash" };
        });
  if (events.length > 0) {
    file.write(events.map(eventJson));
    file.syncNow();
  }
  if (checker.head === null) syncFolder(path);
  return { file, chain: checker.chain ?? chain };
}

/** Verifies the log; `end` is where its last good line ends, in bytes. */
function readLog(path: string, fd: number): { checker: AuditChecker; end: number } {
  const checker = new AuditChecker({ allowOpen: true });
  let end = 0;
  for (const line of linesOf(fd)) {
    // A line behind the fault: no write that was cut short leaves that.
    if (checker.fault !== null) throw damaged(path, checker.fault);
    if (checker.take(line)) end += line.content.length + 1;
  }
  const { fault } = checker;
  if (fault !== null && !TORN.has(fault.kind)) throw damaged(path, fault);
  return { checker, end };
}

function* linesOf(fd: number): Generator<Line> {
  const splitter = new LineSplitter();
  for (const piece of bytesFrom(fd, 0)) yield* splitter.push(piece);
  yield* splitter.end();
}

/** The file from a position on; each piece is good until the next. */
function* bytesFrom(fd: number, start: number): Generator<Uint8Array> {
  const buffer = new Uint8Array(CHUNK);
  for (let at = start; ;) {
    const length = readSync(fd, buffer, 0, CHUNK, at);
    if (length === 0) return;
    at += length;
    yield buffer.subarray(0, length);
  }
}

function damaged(path: string, fault: AuditFault): InterlatchError {
  return new InterlatchError(
    "ERR_AUDIT",
    `The audit log ${path} does not verify and is not continued: ${fault.message} (${fault.kind}).`,
  );
}

/** Keeps what follows the last good line in a file of its own, then cuts it off the log. */
function setAside(path: string, fd: number, end: number, time: string): void {
  const torn = openSync(`${path}.torn-${time.replace(/[-:.]/g, "")}`, "wx", 0o600);
  try {
    for (const piece of bytesFrom(fd, end)) writeFully(torn, piece);
    fsyncSync(torn);
  } finally {
    closeSync(torn);
  }
  syncFolder(path);
  ftruncateSync(fd, end);
  fdatasyncSync(fd);
}

/** Makes the name of a new file survive a crash. Windows keeps it by itself and cannot open a folder. */
function syncFolder(path: string): void {
  if (process.platform === "win32") return;
  const folder = openSync(dirname(path), "r");
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}
