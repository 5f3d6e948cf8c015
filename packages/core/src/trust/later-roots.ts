import { payloadDigest } from "../bundle/digest.ts";
import { InterlatchError, isInterlatchError } from "../errors/errors.ts";
import { asTrustRoot, type OpenedRoot, openRootDocument, readRootEnvelope } from "./opened-root.ts";
import { verifySigners } from "./signers.ts";
import type { TrustSource } from "./source.ts";

/**
 * How many roots one look at a source follows. A team makes a few a year; a source that answers for ever must not keep
 * the guard from its bundle. The next look goes on.
 */
const MAX_STEPS = 64;

const MAX_UPDATES = 1_024;

/**
 * Opens later roots in order, beginning with the one after `from`.
 *
 * @throws ERR_OPTIONS when there are more than 1,024, which nobody made by hand
 * @throws ERR_TRUST_ROOT, as {@link openNextRoot}
 */
export async function openLaterRoots(
  updates: readonly (string | Uint8Array)[],
  from: OpenedRoot,
  now: number,
): Promise<OpenedRoot> {
  if (updates.length > MAX_UPDATES) {
    throw new InterlatchError("ERR_OPTIONS", `At most ${MAX_UPDATES} updates are read.`);
  }
  let last = from;
  for (const update of updates) last = await openNextRoot(update, last, now);
  return last;
}

/**
 * Opens the root after another: signed by enough root keys of the one before and of its own, and the very next version.
 *
 * @throws ERR_TRUST_ROOT; its cause says more
 */
async function openNextRoot(
  update: string | Uint8Array,
  before: OpenedRoot,
  now: number,
): Promise<OpenedRoot> {
  const { version } = before.keyring.document;
  return asTrustRoot(`The trust root after version ${version} is not valid.`, async () => {
    const envelope = readRootEnvelope(update);
    // Signatures before content: the old root's keys say whether there is anything to read.
    await verifySigners(envelope, before.keyring, "root", now);
    const keyring = await openRootDocument(envelope);
    if (keyring.document.version !== version + 1) {
      throw new InterlatchError(
        "ERR_TRUST_ROOT",
        `Version ${keyring.document.version} does not follow version ${version}.`,
      );
    }
    await verifySigners(envelope, keyring, "root", now);
    return { keyring, digest: await payloadDigest(envelope.payload) };
  });
}

/** How far a source led. */
export interface LaterRoots {
  readonly last: OpenedRoot;
  /** Why it led no further; `null`: there is nothing later. */
  readonly problem: InterlatchError | null;
}

/** Follows a source from root to root. What cannot be read or is not valid ends the way and takes nothing back. */
export async function followRoots(
  from: OpenedRoot,
  source: TrustSource,
  now: number,
): Promise<LaterRoots> {
  let last = from;
  try {
    for (let step = 0; step < MAX_STEPS; step += 1) {
      const update = await readRoot(source, last.keyring.document.version + 1);
      if (update === null) break;
      last = await openNextRoot(update, last, now);
    }
    return { last, problem: null };
  } catch (error) {
    // `readRoot` and `openNextRoot` throw nothing else.
    if (!isInterlatchError(error)) throw error;
    return { last, problem: error };
  }
}

async function readRoot(source: TrustSource, version: number): Promise<Uint8Array | null> {
  let found: unknown;
  try {
    found = await source.read(version);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw unreadable(source, version, why, cause);
  }
  if (found === null || found instanceof Uint8Array) return found;
  throw unreadable(source, version, "it gave neither bytes nor null");
}

function unreadable(
  source: TrustSource,
  version: number,
  why: string,
  cause?: unknown,
): InterlatchError {
  return new InterlatchError(
    "ERR_BUNDLE_UNREACHABLE",
    `Version ${version} of the trust root cannot be read from ${source.name}: ${why}.`,
    { cause },
  );
}
