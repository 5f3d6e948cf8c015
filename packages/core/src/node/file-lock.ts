import { randomUUID } from "node:crypto";
import { readFile, unlink, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { setTimeout as wait } from "node:timers/promises";
import { threadId } from "node:worker_threads";
import { parseStrictJson } from "../bundle/strict-json.ts";
import { InterlatchError } from "../errors/errors.ts";
import { closed, place } from "../policy/shape.ts";
import { integer, text } from "../policy/shape-values.ts";

/** Longer than any holder needs by far: it writes one small file. */
const PATIENCE_MS = 5_000;
const PAUSE_MS = 5;

/** Who holds a lock. */
interface Holder {
  readonly host: string;
  readonly pid: number;
  readonly thread: number;
  readonly token: string;
}

const LOCK_LIMITS = { bytes: 4_096, depth: 1 } as const;
const holderFields = closed<Holder>({
  host: text(1_024),
  pid: integer(1),
  thread: integer(0),
  token: text(64),
});

/** The tokens this process holds, in all its threads' own copies of this module; see {@link isGone}. */
const HELD = Symbol.for("interlatch.file-lock.held");

function held(): Set<string> {
  const shared = globalThis as { [HELD]?: Set<string> };
  return (shared[HELD] ??= new Set());
}

/**
 * Runs `task` while this process alone holds the lock file, across processes and threads. A lock whose holder
 * died is taken away; one whose holder cannot be judged (another host, another process of that number) is waited
 * for and never broken, because two winners would be worse than none.
 *
 * @param patienceMs - how long to wait for the lock, in milliseconds
 * @throws ERR_ROLLBACK_STATE when the lock does not become free in that time
 */
export async function withFileLock<T>(
  path: string,
  task: () => Promise<T>,
  patienceMs: number = PATIENCE_MS,
): Promise<T> {
  const holder: Holder = {
    host: hostname(),
    pid: process.pid,
    thread: threadId,
    token: randomUUID(),
  };
  held().add(holder.token);
  try {
    await acquire(path, JSON.stringify(holder), patienceMs);
    try {
      return await task();
    } finally {
      await unlink(path);
    }
  } finally {
    held().delete(holder.token);
  }
}

async function acquire(path: string, content: string, patienceMs: number): Promise<void> {
  const end = performance.now() + patienceMs;
  while (!(await create(path, content))) {
    if (await removeDead(path)) continue;
    if (performance.now() > end) {
      throw new InterlatchError(
        "ERR_ROLLBACK_STATE",
        `${path} is locked. If no process is using it, remove the file.`,
      );
    }
    await wait(PAUSE_MS + Math.random() * PAUSE_MS);
  }
}

/** Creates the lock unless it exists. A holder that dies before it wrote its name leaves a lock that is never broken. */
async function create(path: string, content: string): Promise<boolean> {
  try {
    await writeFile(path, content, { flag: "wx", mode: 0o600 });
    return true;
  } catch (error) {
    if (isFault(error, "EEXIST")) return false;
    throw error;
  }
}

/**
 * Takes a dead holder's lock away. Only one process at a time may do so, under a lock of its own: otherwise a slow one
 * would take away the lock that a quick one made meanwhile.
 */
async function removeDead(path: string): Promise<boolean> {
  if ((await abandoned(path)) === undefined) return false;
  const breaking = `${path}.break`;
  if (!(await create(breaking, String(process.pid)))) return false;
  try {
    const content = await abandoned(path);
    // Read once more after its holder was found gone: it may have let go and left between the reading and the finding,
    // and the lock that is there now be another's.
    if (content === undefined || (await readLock(path)) !== content) return false;
    await unlink(path);
    return true;
  } finally {
    await unlink(breaking);
  }
}

/** What stands in the lock, if its holder is gone. */
async function abandoned(path: string): Promise<string | undefined> {
  const content = await readLock(path);
  const holder = content === undefined ? undefined : readHolder(content);
  return holder !== undefined && isGone(holder) ? content : undefined;
}

async function readLock(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (isFault(error, "ENOENT")) return undefined;
    throw error;
  }
}

/** What a lock says of its holder. One that says nothing sound is not judged and so not broken. */
function readHolder(content: string): Holder | undefined {
  try {
    const bytes = new TextEncoder().encode(content);
    return holderFields(parseStrictJson(bytes, LOCK_LIMITS), place("lock", "ERR_ROLLBACK_STATE"));
  } catch {
    return undefined;
  }
}

/** Whether a holder can never let go. Only what is certain counts. */
function isGone({ host, pid, thread, token }: Holder): boolean {
  if (host !== hostname()) return false;
  // Our own number without our own token: an earlier life of this container, where numbers repeat.
  if (pid === process.pid) return thread === threadId && !held().has(token);
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return isFault(error, "ESRCH");
  }
}

/** Whether a file system call failed with this code. */
export function isFault(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}
