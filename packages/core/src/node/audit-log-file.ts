import {
  closeSync,
  fdatasync,
  fdatasyncSync,
  fstatSync,
  ftruncateSync,
  statSync,
  writeSync,
} from "node:fs";
import { chainedLine, lineHash } from "../audit/chain.ts";
import type { AuditHead } from "../audit/chain.ts";

/** The end of a log: its last record and its size in bytes. */
export interface LogEnd {
  readonly head: AuditHead;
  readonly size: number;
}

/**
 * A log file that is open for writing. It writes groups of events: {@link LogFile.write} hands them to
 * the operating system, a sync makes them survive a crash, and only then is the group kept. A group
 * that fails on the way is cut off again before the next is written, so that the file never
 * holds what its caller was told it does not hold.
 */
export class LogFile {
  readonly path: string;
  readonly #fd: number;
  readonly #inode: number;
  /** The end of what is kept. */
  #kept: LogEnd;
  /** The end of what is written, where that is further. */
  #written: LogEnd | null = null;
  /** A write or sync failed: behind what is kept, the file holds anything. */
  #soiled = false;

  /** @param fd - open for reading and appending; closed by {@link LogFile.close} */
  constructor(path: string, fd: number, kept: LogEnd) {
    this.path = path;
    this.#fd = fd;
    this.#inode = fstatSync(fd).ino;
    this.#kept = kept;
  }

  /** The last record that survives a crash. */
  get head(): AuditHead {
    return this.#kept.head;
  }

  /** Chains events, given as JSON, to the end of the log and writes them. Throws what the system says. */
  write(events: readonly string[]): void {
    this.#prepare();
    const end = this.#written ?? this.#kept;
    let { seq, hash } = end.head;
    let text = "";
    for (const json of events) {
      seq += 1;
      const line = chainedLine(json, seq, hash);
      hash = lineHash(line);
      text += `${line}\n`;
    }
    const bytes = Buffer.from(text);
    this.#soiled = true;
    writeFully(this.#fd, bytes);
    this.#soiled = false;
    this.#written = { head: { seq, hash }, size: end.size + bytes.length };
  }

  /** Makes what was written survive a crash. */
  sync(done: (error: Error | null) => void): void {
    fdatasync(this.#fd, (error) => done(this.#settle(error)));
  }

  /** {@link LogFile.sync} for when nothing can be waited for. Throws what the system says. */
  syncNow(): void {
    try {
      fdatasyncSync(this.#fd);
    } catch (error) {
      this.#soiled = true;
      this.#written = null;
      throw error;
    }
    this.#settle(null);
  }

  close(): void {
    closeSync(this.#fd);
  }

  #settle(error: Error | null): Error | null {
    if (error === null) this.#kept = this.#written ?? this.#kept;
    // After a failed sync the system may have forgotten the pages: only writing them again is safe.
    else this.#soiled = true;
    this.#written = null;
    return error;
  }

  /**
   * Cuts off what a failure left behind, and looks whether the file is still the one that was opened, and
   * still as long: a log that somebody deleted, replaced, cut or wrote to must not go on as if whole.
   */
  #prepare(): void {
    if (this.#soiled) {
      ftruncateSync(this.#fd, this.#kept.size);
      this.#soiled = false;
      this.#written = null;
    }
    const { size } = this.#written ?? this.#kept;
    const found = statSync(this.path);
    if (found.ino !== this.#inode || found.size !== size) {
      throw new Error(`the file was changed by somebody else: ${found.size} bytes, not ${size}`);
    }
  }
}

/** One write may take less than it is given, as on a full disk. */
export function writeFully(fd: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length;) {
    const taken = writeSync(fd, bytes, at, bytes.length - at);
    if (taken === 0) throw new Error("the disk takes no more bytes");
    at += taken;
  }
}
