import { payloadDigest } from "../bundle/digest.ts";
import { parseInstant } from "../bundle/instant.ts";
import { moveForward } from "../bundle/never-backwards.ts";
import type { RollbackStore } from "../bundle/rollback.ts";
import { InterlatchError } from "../errors/errors.ts";
import { loading } from "../parts/load.ts";
import type { TrustRootDocument } from "./document.ts";
import type { Keyring } from "./keyring.ts";
import { asTrustRoot, type OpenedRoot, openRootDocument, readRootEnvelope } from "./opened-root.ts";
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
  const { updates = [], now, rollback } = options;
  if (!Number.isFinite(now)) throw new InterlatchError("ERR_OPTIONS", "now is not a time.");
  const pinned = await openPinned(options, now);
  const last =
    updates.length > 0
      ? await (await loadLaterRoots()).openLaterRoots(updates, pinned, now)
      : pinned;
  return finishRoot(last, now, rollback);
}

/** What follows from one root to the next: most hosts ship the last one and never need it. */
export function loadLaterRoots(): Promise<typeof import("./later-roots.ts")> {
  return loading("later trust roots", () => import("./later-roots.ts"));
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

/**
 * The pinned root, whether or not it has ended: a host that was off for long goes on from there.
 *
 * @throws ERR_TRUST_ROOT, ERR_TRUST_ROOT_DIGEST, ERR_OPTIONS
 */
export async function openPinned(
  { document, digest: pin }: Pick<TrustRootOptions, "document" | "digest">,
  now: number,
): Promise<OpenedRoot> {
  const pinned = pinOf(pin);
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
    const keyring = await openRootDocument(envelope);
    await verifySigners(envelope, keyring, "root", now);
    return { keyring, digest };
  });
}

/** Makes a root the one to trust, when it is in time and nothing later is remembered. */
export async function finishRoot(
  { keyring, digest }: OpenedRoot,
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
