import { createReadStream } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import {
  type AuditFault,
  type AuditRecord,
  type CallEvent,
  type GapEvent,
  type OutcomeEvent,
  verifyAudit,
} from "@interlatch/core";
import { asFileError } from "../files.ts";
import type { Output } from "../output.ts";
import { progress } from "../progress.ts";

/** What a log holds of one call. */
export interface RecordedCall {
  readonly file: string;
  readonly call: CallEvent;
  /** `null`: the log has none, so the call is open, or the log was read only up to a fault. */
  readonly end: OutcomeEvent | GapEvent | null;
}

/** What the logs at a path hold of a call, and what is wrong with the logs. */
export interface RecordedCalls {
  readonly calls: readonly RecordedCall[];
  readonly logs: readonly { readonly file: string; readonly fault: AuditFault | null }[];
}

/**
 * Finds every evaluation of a call in an audit log, or in all logs of a folder. Each log is verified first, and
 * only what lies before its first fault is read: what comes after it proves nothing.
 *
 * @param shown - the path as messages name it
 * @throws ERR_FILE
 */
export async function recordedCalls(
  path: string,
  shown: string,
  id: string,
  output: Output,
): Promise<RecordedCalls> {
  return asFileError(`${shown} cannot be read`, async () => {
    const files = await logsAt(path, shown);
    const logs: { file: string; fault: AuditFault | null }[] = [];
    const calls: RecordedCall[] = [];
    for (const { file, name } of files) {
      const fault = await faultOf(file, name, output);
      logs.push({ file: name, fault });
      calls.push(...(await callsIn(file, name, id, fault)));
    }
    return { calls, logs };
  });
}

interface LogFile {
  readonly file: string;
  readonly name: string;
}

async function logsAt(path: string, shown: string): Promise<readonly LogFile[]> {
  if (!(await stat(path)).isDirectory()) return [{ file: path, name: shown }];
  const names = (await readdir(path)).filter((name) => name.endsWith(".jsonl")).sort();
  return names.map((name) => ({ file: join(path, name), name: join(shown, name) }));
}

async function faultOf(file: string, name: string, output: Output): Promise<AuditFault | null> {
  const told = progress(output, `verifying ${name}, bytes`, (await stat(file)).size);
  const report = await verifyAudit(pieces(file, told), { allowOpen: true });
  return report.fault;
}

async function* pieces(file: string, told: (done: number) => void): AsyncGenerator<Uint8Array> {
  let done = 0;
  for await (const piece of createReadStream(file)) {
    const bytes: Uint8Array = piece; // a stream without an encoding gives bytes
    done += bytes.length;
    told(done);
    yield bytes;
  }
}

async function callsIn(
  file: string,
  name: string,
  id: string,
  fault: AuditFault | null,
): Promise<readonly RecordedCall[]> {
  const calls = new Map<string, RecordedCall>();
  let line = 0;
  const input = createReadStream(file);
  for await (const text of createInterface({ input, crlfDelay: Infinity })) {
    line += 1;
    if (fault !== null && line >= fault.line) break;
    // Verified up to here, so it is one record a line.
    const record = JSON.parse(text) as AuditRecord;
    if (record.type === "call" && record.call === id) {
      calls.set(record.evaluation, { file: name, call: record, end: null });
    } else if (record.type === "outcome" || record.type === "gap") {
      const known = calls.get(record.evaluation);
      if (known !== undefined) calls.set(record.evaluation, { ...known, end: record });
    }
  }
  input.destroy();
  return [...calls.values()];
}
