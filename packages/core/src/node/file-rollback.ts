import { mkdir, readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { laterOf } from "../bundle/memory-rollback.ts";
import { sha256Digest } from "../bundle/payload-check.ts";
import type { RollbackEntry, RollbackStore } from "../bundle/rollback.ts";
import { parseStrictJson } from "../bundle/strict-json.ts";
import { InterlatchError, isInterlatchError } from "../errors/errors.ts";
import { closed, optional, place } from "../policy/shape.ts";
import { finite, integer, mapOf, oneOf, text } from "../policy/shape-values.ts";
import { isFault, withFileLock } from "./file-lock.ts";
import { replaceFile } from "./replace-file.ts";

interface RollbackState {
  readonly format: 1;
  readonly entries: { readonly [key: string]: RollbackEntry };
  /** The last time seen, in epoch milliseconds. Left out: none was. */
  readonly seen?: number;
}

const LIMITS = { bytes: 4_194_304, depth: 3 } as const;

const state = closed<RollbackState>({
  format: oneOf([1]),
  entries: mapOf(
    text(512),
    closed<RollbackEntry>({ version: integer(1), digest: sha256Digest }),
    10_000,
  ),
  seen: optional(finite),
});

/**
 * Keeps the rollback state in a file. Every change is written beside it, flushed, renamed over it and the folder
 * flushed, under a lock that holds across processes, so that of two bundles of one version exactly one wins.
 *
 * A missing file is a fresh start; its folder is made. A file that cannot be read or understood is never one: whoever
 * could damage it could otherwise bring back any older bundle. A file restored from a backup is an older state; use
 * `minVersion` where that can happen.
 *
 * All of it rejects with `ERR_ROLLBACK_STATE`.
 *
 * @example
 * ```ts
 * import { fileRollback } from "@interlatch/core/node";
 * const rollback = fileRollback("/var/lib/acme/interlatch-rollback.json");
 * ```
 */
export function fileRollback(path: string): RollbackStore {
  return {
    get: (key) => guarded(path, async () => entryOf(await readState(path), key)),
    advance: (key, entry) => guarded(path, () => advance(path, key, entry)),
    seen: (now) => guarded(path, () => seen(path, now)),
  };
}

async function advance(path: string, key: string, entry: RollbackEntry): Promise<RollbackEntry> {
  const after = await changeState(path, (before) => {
    const known = entryOf(before, key);
    const kept = laterOf(known, entry);
    return kept === known ? before : { ...before, entries: { ...before.entries, [key]: kept } };
  });
  return entryOf(after, key) ?? entry; // what was just kept
}

async function seen(path: string, now: number): Promise<number> {
  const { seen: last = now } = await changeState(path, (before) =>
    before.seen !== undefined && before.seen >= now ? before : { ...before, seen: now },
  );
  return last;
}

/** Changes the state while nobody else does; a `change` that gives the same writes nothing. */
async function changeState(
  path: string,
  change: (before: RollbackState) => RollbackState,
): Promise<RollbackState> {
  await mkdir(dirname(path), { recursive: true });
  return withFileLock(`${path}.lock`, async () => {
    const before = await readState(path);
    const after = change(before);
    if (after !== before) {
      const text = `${JSON.stringify(after, null, 2)}\n`;
      // A state that could not be read again would keep every bundle out from now on.
      stateOf(new TextEncoder().encode(text));
      await replaceFile(path, text);
    }
    return after;
  });
}

async function readState(path: string): Promise<RollbackState> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(path);
  } catch (error) {
    if (isFault(error, "ENOENT")) return { format: 1, entries: Object.create(null) };
    throw error;
  }
  return stateOf(bytes);
}

function stateOf(bytes: Uint8Array): RollbackState {
  return state(parseStrictJson(bytes, LIMITS), place("rollback state", "ERR_ROLLBACK_STATE"));
}

function entryOf({ entries }: RollbackState, key: string): RollbackEntry | undefined {
  return Object.hasOwn(entries, key) ? entries[key] : undefined;
}

async function guarded<T>(path: string, task: () => Promise<T>): Promise<T> {
  try {
    return await task();
  } catch (error) {
    if (isInterlatchError(error, "ERR_ROLLBACK_STATE")) throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw new InterlatchError("ERR_ROLLBACK_STATE", `The rollback state ${path}: ${why}`, {
      cause: error,
    });
  }
}
