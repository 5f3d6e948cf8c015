import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { InterlatchError } from "../errors/errors.ts";
import type { DecidedCall } from "../guard/events.ts";
import type { Guard } from "../guard/guard.ts";

/** Lines that wait for the disk. Beyond it calls are not recorded: a full disk must not fill the memory too. */
const MAX_WAITING = 10_000;

/** Calls that are being recorded. */
export interface CallRecording {
  /** How many calls stand in the file, wait to be written, and could not be recorded. */
  status(): { readonly written: number; readonly waiting: number; readonly lost: number };
  /** Settles when all that was decided so far is written. Rejects with `ERR_FILE` when writing has failed. */
  flush(): Promise<void>;
  /** Ends the recording: nothing that is decided later is written. Rejects as `flush` does. */
  close(): Promise<void>;
}

/**
 * Writes every call that a guard decides to a file, one JSON object a line, for `interlatch replay`. The audit log
 * holds commitments to arguments and never their values; **this file holds the values, and who acted**: keep it like
 * the data itself, and only as long as it is needed. It is made readable by its owner alone, and a file that others
 * may read is refused. A call whose arguments or identity could not be read cannot be replayed and counts as lost.
 *
 * A recording that fails stops no call. `status()` says what was lost.
 *
 * @param guard - the guard whose calls are recorded, from now on
 * @param path - a file; calls are added to one that is there
 * @throws ERR_FILE when the file cannot be opened, is no ordinary file, or is open to others
 *
 * @example
 * ```ts
 * import { createGuard, fileAudit, recordCalls } from "@interlatch/core/node";
 * const guard = await createGuard({
 *   bundle: "acme-support-3.bundle.json",
 *   trust: "trust.json#sha256:…",
 *   audience: "staging",
 *   audit: fileAudit("audit/"),
 * });
 * const recording = await recordCalls(guard, "calls.jsonl");
 * // … the agent works …
 * await recording.close();
 * ```
 */
export async function recordCalls(guard: Pick<Guard, "on">, path: string): Promise<CallRecording> {
  const file = await openPrivate(path);
  const counts = { written: 0, waiting: 0, lost: 0 };
  let writing: Promise<void> = Promise.resolve();
  let failure: InterlatchError | null = null;
  const write = async (line: string): Promise<void> => {
    try {
      await file.appendFile(line);
      counts.written += 1;
    } catch (cause) {
      counts.lost += 1;
      failure ??= cannot(path, "cannot be written", cause);
    } finally {
      counts.waiting -= 1;
    }
  };
  const leave = guard.on("call", (event) => {
    const line = lineOf(event);
    if (line === null || counts.waiting >= MAX_WAITING) {
      counts.lost += 1;
      return;
    }
    counts.waiting += 1;
    // One after the other: two writes at once could mix their lines.
    writing = writing.then(() => write(line));
  });
  const flush = async (): Promise<void> => {
    await writing;
    if (failure !== null) throw failure;
  };
  return {
    status: () => ({ ...counts }),
    flush,
    close: async () => {
      leave();
      await writing;
      await file.close();
      await flush();
    },
  };
}

/** One line of `calls.jsonl`; `null`: the call cannot be replayed. */
function lineOf({ time, call, tool, asked, identity, decision }: DecidedCall): string | null {
  if (asked === null || identity === null) return null;
  const { effect, code, rule, bundle } = decision;
  const line = {
    v: 1,
    time: new Date(time).toISOString(),
    tool,
    arguments: asked,
    ...identity,
    ...(call === null ? {} : { id: call }),
    effect,
    code,
    rule,
    ...(bundle === null ? {} : { bundle: bundle.digest }),
  };
  return `${JSON.stringify(line)}\n`;
}

async function openPrivate(path: string): Promise<FileHandle> {
  // Without waiting: opening a pipe that nobody reads would not return. Windows has neither the flag nor the pipe.
  const flags =
    constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | (constants.O_NONBLOCK ?? 0);
  const file = await open(path, flags, 0o600).catch((cause: unknown) => {
    throw cannot(path, "cannot be opened", cause);
  });
  const found = await file.stat();
  // Windows keeps no such modes.
  const isOpen = process.platform !== "win32" && (found.mode & 0o077) !== 0;
  if (found.isFile() && !isOpen) return file;
  await file.close();
  throw cannot(
    path,
    found.isFile()
      ? `can be read by others: make its mode 600, or name another file`
      : "is not an ordinary file",
  );
}

function cannot(path: string, why: string, cause?: unknown): InterlatchError {
  const detail = cause instanceof Error ? `: ${cause.message}` : "";
  const message = `The recording of calls ${path} ${why}${detail}.`;
  return new InterlatchError("ERR_FILE", message, { cause });
}
