import { payloadDigest } from "../bundle/digest.ts";
import { type Envelope, readEnvelope } from "../bundle/envelope.ts";
import { parseInstant } from "../bundle/instant.ts";
import { moveForward } from "../bundle/never-backwards.ts";
import type { RollbackStore } from "../bundle/rollback.ts";
import { parseStrictJson } from "../bundle/strict-json.ts";
import { InterlatchError, isInterlatchError } from "../errors/errors.ts";
import { type TrustRootDocument, checkTrustRootDocument } from "./document.ts";
import { type Keyring, openKeyring } from "./keyring.ts";
import { verifySigners } from "./signers.ts";

/** A trust root that was verified here. Nothing else passes for one: a look-alike object is refused. */
export interface TrustRoot {
  readonly version: number;
  /** Lower-case hexadecimal SHA-256 of the payload. */
  readonly digest: string;
  /** `YYYY-MM-DDThh:mm:ssZ`; from then on it verifies nothing. */
  readonly expires: string;
  readonly document: TrustRootDocument;
}

/** See {@link openTrustRoot}. */
export interface TrustRootOptions {
  /** `trust.json`: the signed envelope, as text or bytes. */
  readonly document: string | Uint8Array;
  /**
   * SHA-256 of the payload of `document`, `sha256:<hex>` or `<hex>`; `interlatch trust init` prints it. It stands in
   * the host's code or environment. There is no trust on first use.
   */
  readonly digest: string;
  /** Later roots in order, each with the next version, signed by enough keys of the one before and of its own. */
  readonly updates?: readonly (string | Uint8Array)[];
  /** Epoch milliseconds. */
  readonly now: number;
  /** Keeps the highest version under the key `root`, so that an older root is refused after a restart. */
  readonly rollback?: RollbackStore;
}

/** Deeper than a trust root is by a few levels. */
const ROOT_LIMITS = { bytes: 1_048_576, depth: 16 } as const;
const MAX_UPDATES = 1_024;

/** Made here and nowhere else; being a key of this map is what makes a {@link TrustRoot} one. */
const keyrings = new WeakMap<TrustRoot, Keyring>();

/**
 * Opens a trust root: the pinned one, then stepwise every update (the rotation of The Update Framework,
 * specification 1.0 section 5.3). The result answers whose signatures count.
 *
 * @throws ERR_TRUST_ROOT_DIGEST when `document` is not the pinned one
 * @throws ERR_TRUST_ROOT when a root is malformed, skips a version or lacks signatures; the cause says more
 * @throws ERR_TRUST_ROOT_EXPIRED when the last root is past its end
 * @throws ERR_TRUST_ROOT_ROLLBACK when a later root, or another one of this version, was in use
 * @throws ERR_ROLLBACK_STATE when the store fails
 * @throws ERR_OPTIONS when there is no pin, or no clock
 * @example
 * ```ts
 * import { memoryRollback, openTrustRoot } from "@interlatch/core";
 *
 * const open = (trustJson: string, pinned: string) =>
 *   openTrustRoot({
 *     document: trustJson,
 *     digest: pinned, // "sha256:9f2b…", from your code or environment
 *     now: Date.now(),
 *     rollback: memoryRollback(),
 *   });
 * ```
 */
export async function openTrustRoot(options: TrustRootOptions): Promise<TrustRoot> {
  const { document, updates = [], now, rollback } = options;
  const pinned = pinOf(options.digest);
  if (!Number.isFinite(now)) throw new InterlatchError("ERR_OPTIONS", "now is not a time.");
  if (updates.length > MAX_UPDATES) {
    throw new InterlatchError("ERR_OPTIONS", `At most ${MAX_UPDATES} updates are read.`);
  }
  let current = await openPinned(document, pinned, now);
  for (const update of updates) current = await openUpdate(update, current, now);
  return finish(current, now, rollback);
}

/** The keys of a trust root that {@link openTrustRoot} made and that has not ended. */
export function keyringOf(root: TrustRoot, now: number): Keyring {
  const keyring = keyrings.get(root);
  if (keyring === undefined) {
    throw new InterlatchError("ERR_OPTIONS", "trust is not a trust root opened by openTrustRoot.");
  }
  refuseExpired(keyring.document, now);
  return keyring;
}

interface Opened {
  readonly keyring: Keyring;
  readonly digest: string;
}

async function openPinned(
  document: string | Uint8Array,
  pinned: string,
  now: number,
): Promise<Opened> {
  return asTrustRoot("The trust root is not valid.", async () => {
    const envelope = readRootEnvelope(document);
    const digest = await payloadDigest(envelope.payload);
    // First of all: of a root that is not the pinned one nothing is believed, not even what is wrong with it.
    if (digest !== pinned) {
      throw new InterlatchError(
        "ERR_TRUST_ROOT_DIGEST",
        `The trust root has the digest sha256:${digest}; sha256:${pinned} is pinned.`,
      );
    }
    const keyring = await openDocument(envelope);
    await verifySigners(envelope, keyring, "root", now);
    return { keyring, digest };
  });
}

async function openUpdate(
  update: string | Uint8Array,
  before: Opened,
  now: number,
): Promise<Opened> {
  const { version } = before.keyring.document;
  return asTrustRoot(`The trust root after version ${version} is not valid.`, async () => {
    const envelope = readRootEnvelope(update);
    // Signatures before content: the old root's keys say whether there is anything to read.
    await verifySigners(envelope, before.keyring, "root", now);
    const keyring = await openDocument(envelope);
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

async function finish(
  { keyring, digest }: Opened,
  now: number,
  rollback: RollbackStore | undefined,
): Promise<TrustRoot> {
  const { document } = keyring;
  // Only the last root must be in time: a host that was off for long walks over ended ones.
  refuseExpired(document, now);
  if (rollback !== undefined) {
    const entry = { version: document.version, digest };
    await moveForward(rollback, "root", entry, "ERR_TRUST_ROOT_ROLLBACK");
  }
  const root = Object.freeze({
    version: document.version,
    digest,
    expires: document.expires,
    document,
  });
  keyrings.set(root, keyring);
  return root;
}

function readRootEnvelope(document: string | Uint8Array): Envelope {
  const bytes =
    typeof document === "string" ? new TextEncoder().encode(document) : document.slice();
  return readEnvelope(bytes, "trust-root");
}

async function openDocument({ payload }: Envelope): Promise<Keyring> {
  return openKeyring(checkTrustRootDocument(parseStrictJson(payload, ROOT_LIMITS)));
}

function pinOf(digest: string): string {
  const pinned = /^(?:sha256:)?([0-9a-f]{64})$/.exec(digest)?.[1];
  if (pinned === undefined) {
    throw new InterlatchError(
      "ERR_OPTIONS",
      "The digest of the trust root must be pinned: sha256: and 64 lower-case hexadecimal digits.",
    );
  }
  return pinned;
}

function refuseExpired({ expires, version }: TrustRootDocument, now: number): void {
  const end = parseInstant(expires);
  if (end === undefined || !(now < end)) {
    throw new InterlatchError(
      "ERR_TRUST_ROOT_EXPIRED",
      `Version ${version} of the trust root ended ${expires}.`,
    );
  }
}

/** What the envelope's reader found is a fault of the trust root here, and not of a bundle. */
async function asTrustRoot<T>(message: string, open: () => Promise<T>): Promise<T> {
  try {
    return await open();
  } catch (error) {
    if (isInterlatchError(error) && !error.code.startsWith("ERR_BUNDLE_")) throw error;
    const why = error instanceof Error ? ` ${error.message}` : "";
    throw new InterlatchError("ERR_TRUST_ROOT", `${message}${why}`, { cause: error });
  }
}
