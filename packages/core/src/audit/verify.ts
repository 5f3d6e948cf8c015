import { InterlatchError } from "../errors/errors.ts";
import { AuditChecker } from "./checker.ts";
import { LineSplitter } from "./lines.ts";
import type { AuditOptions, AuditReport } from "./report.ts";

/** A whole log at once: its text, its bytes, or its lines without newlines. */
export type AuditLog = string | Uint8Array | readonly string[];

/** A log in pieces that are cut anywhere, as a file stream gives them. Not lines: only the pieces show how a line ends. */
export type AuditLogStream = AsyncIterable<string> | AsyncIterable<Uint8Array>;

/**
 * Verifies an audit log: every line byte for byte what this version writes, every record linked to the
 * one before, and for every call exactly one outcome, or a gap that says why there is none.
 *
 * The first fault is reported with its position, and nothing behind it is read. `report.limits` says what
 * the log alone cannot show; a head kept from an earlier report, given as `expectHead`, shows a
 * part of it. The hash is SHA-256 (FIPS 180-4) over the exact bytes of a line.
 *
 * Give bytes where you can: a decoder may replace what is not UTF-8 before it can be seen.
 *
 * @throws ERR_OPTIONS - `expectHead` is not a head
 *
 * @example
 * ```ts
 * import { createReadStream } from "node:fs";
 * import { verifyAudit } from "@interlatch/core";
 * const report = await verifyAudit(createReadStream("audit.jsonl"));
 * console.log(report.fault?.message ?? `${report.calls} calls, all with their outcome`);
 * ```
 */
export function verifyAudit(log: AuditLog, options?: AuditOptions): AuditReport;
export function verifyAudit(log: AuditLogStream, options?: AuditOptions): Promise<AuditReport>;
export function verifyAudit(
  log: AuditLog | AuditLogStream,
  options: AuditOptions = {},
): AuditReport | Promise<AuditReport> {
  checkHead(options);
  const checker = new AuditChecker(options);
  if (typeof log === "object" && Symbol.asyncIterator in log) return verifyStream(log, checker);
  if (typeof log === "string" || log instanceof Uint8Array) verifyWhole(log, checker);
  else for (const content of log) if (!checker.take({ content, ended: true })) break;
  return checker.finish();
}

function verifyWhole(log: string | Uint8Array, checker: AuditChecker): void {
  const splitter = new LineSplitter();
  for (const line of splitter.push(log)) if (!checker.take(line)) return;
  for (const line of splitter.end()) checker.take(line);
}

async function verifyStream(log: AuditLogStream, checker: AuditChecker): Promise<AuditReport> {
  const splitter = new LineSplitter();
  for await (const piece of log) {
    for (const line of splitter.push(piece)) checker.take(line);
    if (checker.fault !== null) return checker.finish();
  }
  for (const line of splitter.end()) checker.take(line);
  return checker.finish();
}

function checkHead({ expectHead }: AuditOptions): void {
  if (expectHead === undefined) return;
  const { seq, hash } = expectHead;
  if (!Number.isSafeInteger(seq) || seq < 0 || !/^[0-9a-f]{64}$/.test(hash)) {
    throw new InterlatchError(
      "ERR_OPTIONS",
      "expectHead must hold a seq that counts from 0 and a hash of 64 lower-case hexadecimal digits.",
    );
  }
}
