import { InterlatchError, isInterlatchError } from "../errors/errors.ts";
import { type Check, closed, found, optional, place, refuse } from "../policy/shape.ts";
import { integer, mapOf, oneOf } from "../policy/shape-values.ts";
import { laterOf, memoryRollback } from "./memory-rollback.ts";
import type { RollbackEntry, RollbackStore } from "./rollback.ts";
import { parseStrictJson } from "./strict-json.ts";

/** What a deployment holds at least: `interlatch.lock.json`, which `interlatch lock` writes. */
export interface Lockfile {
  readonly format: 1;
  /** The trust root that verified the bundles. */
  readonly root?: LockedVersion;
  /** By `<id>#<audience>`. */
  readonly streams: { readonly [stream: string]: LockedVersion };
}

/** A version, and what it is. */
export interface LockedVersion {
  readonly version: number;
  /** `sha256:HEX` of the payload. */
  readonly digest: string;
}

const LIMITS = { bytes: 1_048_576, depth: 4 } as const;
const MAX_STREAMS = 1_000;

const streamName: Check<string> = (value, at) =>
  typeof value === "string" && /^[^#]+#[^#]+$/.test(value)
    ? value
    : refuse(at, `expected ID#AUDIENCE, found ${found(value)}`);

const pin: Check<string> = (value, at) =>
  typeof value === "string" && /^sha256:[0-9a-f]{64}$/.test(value)
    ? value
    : refuse(at, `expected sha256: and 64 lower-case hexadecimal digits, found ${found(value)}`);

/** Made when it is asked for: what stands ready at the top of a module is loaded by hosts that have no lockfile. */
function lockfileCheck(): Check<Lockfile> {
  const lockedVersion = closed<LockedVersion>({ version: integer(1), digest: pin });
  return closed<Lockfile>({
    format: oneOf([1]),
    root: optional(lockedVersion),
    streams: mapOf(streamName, lockedVersion, MAX_STREAMS),
  });
}

/**
 * Reads a lockfile.
 *
 * @throws ERR_CONFIG when it is none
 */
export function readLockfile(lockfile: string | Uint8Array): Lockfile {
  const bytes = typeof lockfile === "string" ? new TextEncoder().encode(lockfile) : lockfile;
  try {
    return lockfileCheck()(parseStrictJson(bytes, LIMITS), place("lockfile", "ERR_CONFIG"));
  } catch (error) {
    if (!isInterlatchError(error) || error.code === "ERR_CONFIG") throw error;
    const message = `The lockfile cannot be read: ${error.message}`;
    throw new InterlatchError("ERR_CONFIG", message, { cause: error });
  }
}

/**
 * A rollback store that knows from the start what was deployed: the floor of a host whose own state is lost with each
 * start. Of the locked version exactly the locked content loads; older versions, and streams that are not locked, do
 * not; newer versions do, and are remembered as `rollback` remembers.
 *
 * @param lockfile - what `interlatch lock` wrote, as text or bytes
 * @param rollback - keeps what comes later; default: {@link memoryRollback}
 * @throws ERR_CONFIG when it is no lockfile. A stream that is not locked is refused `ERR_BUNDLE_ROLLBACK`.
 * @example
 * ```ts
 * import { lockedRollback } from "@interlatch/core";
 * declare const lockfile: string; // part of what you deploy
 * const rollback = lockedRollback(lockfile);
 * console.log(await rollback.get("bundle:my-agent#prod"));
 * ```
 */
export function lockedRollback(
  lockfile: string | Uint8Array,
  rollback: RollbackStore = memoryRollback(),
): RollbackStore {
  const { root, streams } = readLockfile(lockfile);
  const floorOf = (key: string): RollbackEntry | undefined => {
    if (key === "root") return root && entryOf(root);
    if (!key.startsWith("bundle:")) return undefined;
    const stream = key.slice("bundle:".length);
    // Own names only: what `mapOf` makes has no prototype.
    const locked = streams[stream];
    if (locked !== undefined) return entryOf(locked);
    throw new InterlatchError(
      "ERR_BUNDLE_ROLLBACK",
      `The lockfile does not name ${stream}: \`interlatch lock\` adds it.`,
    );
  };
  return {
    get: async (key) => {
      const floor = floorOf(key);
      const kept = await rollback.get(key);
      return floor === undefined ? kept : laterOf(kept, floor);
    },
    advance: async (key, entry) => {
      const floor = floorOf(key);
      // First of all: an older bundle then meets the locked one, and never an empty state.
      if (floor !== undefined) await rollback.advance(key, floor);
      return rollback.advance(key, entry);
    },
    ...(rollback.seen === undefined ? {} : { seen: rollback.seen.bind(rollback) }),
  };
}

function entryOf({ version, digest }: LockedVersion): RollbackEntry {
  return { version, digest: digest.slice("sha256:".length) };
}
