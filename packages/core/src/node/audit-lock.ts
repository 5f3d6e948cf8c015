import {
  closeSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmdirSync,
  unlinkSync,
  writeSync,
} from "node:fs";
import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import { isFault } from "./file-lock.ts";

/** The right to write one file, until it is given back or the process ends. */
export interface WriterLock {
  /** Gives the file free. */
  release(): void;
}

/** Who writes the file now. */
export interface WriterHolder {
  readonly holder: string;
}

interface LockContent {
  readonly pid: number;
  readonly host: string;
  /** Which of the processes that ever had this pid; empty where the system does not tell. */
  readonly process: string;
  /** Epoch milliseconds. */
  readonly time: number;
  readonly token: string;
}

/**
 * Takes the right to write a file: `<path>.lock`, created exclusively, says who has it. What a process
 * left behind that is gone is taken over; what cannot be judged counts as held, since two writers
 * would break the chain.
 */
export function lockForWriting(path: string): WriterLock | WriterHolder {
  const lock = `${path}.lock`;
  const mine = ownContent();
  const holder = create(lock, mine) ? null : readText(lock);
  if (holder === null) return { release: () => release(lock, mine) };
  if (isAlive(holder)) return { holder: nameOf(holder, lock) };
  return takeOver(lock, holder, mine)
    ? { release: () => release(lock, mine) }
    : { holder: nameOf(readText(lock), lock) };
}

function ownContent(): string {
  const content: LockContent = {
    pid: process.pid,
    host: hostname(),
    process: processName(process.pid),
    time: Date.now(),
    token: randomUUID(),
  };
  return JSON.stringify(content);
}

function create(lock: string, content: string): boolean {
  let fd: number;
  try {
    fd = openSync(lock, "wx", 0o600);
  } catch (error) {
    if (isFault(error, "EEXIST")) return false;
    throw error;
  }
  try {
    writeSync(fd, content);
  } finally {
    closeSync(fd);
  }
  return true;
}

/**
 * Replaces a dead holder's lock. A folder made for that moment lets one process do so at a time:
 * otherwise a second one could take away the lock that the first has just made.
 */
function takeOver(lock: string, dead: string, mine: string): boolean {
  const turn = `${lock}.takeover`;
  try {
    mkdirSync(turn);
  } catch (error) {
    if (isFault(error, "EEXIST")) return false;
    throw error;
  }
  try {
    if (readText(lock) !== dead) return false;
    unlinkSync(lock);
    return create(lock, mine);
  } finally {
    rmdirSync(turn);
  }
}

function release(lock: string, mine: string): void {
  try {
    if (readText(lock) === mine) unlinkSync(lock);
  } catch {
    // A lock that cannot be deleted is judged by its process at the next start.
  }
}

/** Empty where there is no lock, as after a release in just this moment. */
function readText(lock: string): string {
  try {
    return readFileSync(lock, "utf8");
  } catch (error) {
    if (isFault(error, "ENOENT")) return "";
    throw error;
  }
}

function parse(text: string): LockContent | null {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== "object" || value === null) return null;
    const { pid, host, process: name, time } = value as Partial<Record<keyof LockContent, unknown>>;
    const whole =
      Number.isSafeInteger(pid) &&
      typeof host === "string" &&
      typeof name === "string" &&
      typeof time === "number";
    // Every field was just looked at; the token is only compared as part of the text.
    return whole ? (value as LockContent) : null;
  } catch {
    return null;
  }
}

function isAlive(text: string): boolean {
  const holder = parse(text);
  // Not readable: perhaps just being written. On another machine: cannot be asked.
  if (holder === null || holder.host !== hostname()) return true;
  const now = processName(holder.pid);
  if (holder.process !== "" && (now !== "" || process.platform === "linux")) {
    return now === holder.process;
  }
  if (holder.pid !== process.pid) return answers(holder.pid);
  // The same pid, as after the restart of a container: older than this process, so another one's.
  return holder.time >= Date.now() - process.uptime() * 1000;
}

function answers(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return !isFault(error, "ESRCH");
  }
}

/** On Linux a name that a later process with the same pid does not share: boot, and start since boot. */
function processName(pid: number): string {
  try {
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The second field is the program's name in parentheses and may hold anything; see proc_pid_stat(5).
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const start = fields[19];
    return start === undefined ? "" : `${boot}:${start}`;
  } catch {
    return "";
  }
}

function nameOf(text: string, lock: string): string {
  const holder = parse(text);
  const who = holder === null ? "another writer" : `process ${holder.pid} on ${holder.host}`;
  return `${who} (${lock}; delete it only when that writer is gone)`;
}
