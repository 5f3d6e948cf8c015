import { readEnvelope } from "../bundle/envelope.ts";
import type { RollbackStore } from "../bundle/rollback.ts";
import { InterlatchError, isInterlatchError } from "../errors/errors.ts";
import type { OpenedRoot } from "../trust/opened-root.ts";
import {
  finishRoot,
  loadLaterRoots,
  openPinned,
  type TrustRoot,
  type TrustRootOptions,
} from "../trust/root.ts";
import { trustedUntil, verifySigners } from "../trust/signers.ts";
import type { TrustSource } from "../trust/source.ts";
import type { BundleKeeper, LoadedBundle } from "./bundles.ts";
import type { Emitter } from "./emitter.ts";
import type { Logger } from "./events.ts";
import { textOf } from "./host-parts.ts";

/** What a {@link TrustFollower} works with. */
export interface TrustFollowerParts {
  readonly trust: Pick<TrustRootOptions, "document" | "digest">;
  readonly source: TrustSource;
  /** Whose bundles are judged anew when there is a later root. */
  readonly keepers: readonly BundleKeeper[];
  /** Epoch milliseconds. */
  clock(): number;
  readonly rollback: RollbackStore;
  readonly emitter: Emitter;
  readonly logger: Logger | undefined;
}

/**
 * Keeps the trust root of a guard whose later roots arrive by themselves. A root that cannot be read, or is not
 * valid, changes nothing: the one in force goes on until its end, which is how long anybody can keep a later one back.
 */
export class TrustFollower {
  readonly #parts: TrustFollowerParts;
  /** The envelopes of loaded bundles: a later root may list keys that the one before did not count. */
  readonly #envelopes = new WeakMap<LoadedBundle, Uint8Array>();
  #opened: OpenedRoot | null = null;
  #root: TrustRoot | null = null;
  #look: Promise<TrustRoot> | null = null;

  constructor(parts: TrustFollowerParts) {
    this.#parts = parts;
  }

  get name(): string {
    return this.#parts.source.name;
  }

  /** As the source's own. */
  watch(changed: () => void): () => void {
    return this.#parts.source.watch?.(changed) ?? (() => undefined);
  }

  /**
   * Looks for later roots, judges the bundles in force by the last one and returns it. Joins the look under way.
   *
   * @throws as `openTrustRoot`; `ERR_BUNDLE_UNREACHABLE` where the root that is missing may come yet
   */
  latest(): Promise<TrustRoot> {
    return (this.#look ??= this.#once().finally(() => {
      this.#look = null;
    }));
  }

  /** Remembers what a bundle was read from. One that was verified while a later root came is not trusted. */
  keep(bundle: LoadedBundle, envelope: Uint8Array, root: TrustRoot): LoadedBundle {
    const kept = root.digest === this.#opened?.digest ? bundle : { ...bundle, revoked: true };
    this.#envelopes.set(kept, envelope);
    return kept;
  }

  async #once(): Promise<TrustRoot> {
    const { source, trust, clock, emitter, logger } = this.#parts;
    const { followRoots } = await loadLaterRoots();
    const now = clock();
    const before = (this.#opened ??= await openPinned(trust, now));
    const { last, problem } = await followRoots(before, source, now);
    this.#opened = last;
    // Before anything that may fail: what a later root revokes stops, whether or not that root can be remembered.
    if (last !== before) await this.#judgeAgain(last, now);
    if (problem !== null) {
      const { code, message } = problem;
      logger?.warn({ code, source: source.name }, message);
      emitter.emit("trust.rejected", { code, message, source: source.name });
    }
    return this.#finish(last, now, problem);
  }

  async #finish(
    last: OpenedRoot,
    now: number,
    problem: InterlatchError | null,
  ): Promise<TrustRoot> {
    const { source, rollback, emitter, logger } = this.#parts;
    if (this.#root?.digest === last.digest) return this.#root;
    try {
      this.#root = await finishRoot(last, now, rollback);
    } catch (cause) {
      // What is missing may be the very root that could not be read: that is no reason to give up for good.
      if (problem === null) throw cause;
      const message = `${textOf(cause)} And no later one came: ${problem.message}`;
      throw new InterlatchError("ERR_BUNDLE_UNREACHABLE", message, { cause });
    }
    const { version, digest } = this.#root;
    logger?.info({ version, digest, source: source.name }, `trust root ${version} is in force`);
    emitter.emit("trust.loaded", { version, digest, source: source.name });
    return this.#root;
  }

  async #judgeAgain(root: OpenedRoot, now: number): Promise<void> {
    for (const keeper of this.#parts.keepers) {
      const { current } = keeper;
      const envelope = current === null ? undefined : this.#envelopes.get(current);
      if (current === null || envelope === undefined) continue;
      const judged = await this.#judge(current, envelope, root, now);
      this.#envelopes.set(judged, envelope);
      // What took its place meanwhile was kept under this root, or is not trusted.
      if (keeper.current === current) keeper.replace(judged);
    }
  }

  /** The same bundle as a later root sees it. */
  async #judge(
    bundle: LoadedBundle,
    envelope: Uint8Array,
    { keyring }: OpenedRoot,
    now: number,
  ): Promise<LoadedBundle> {
    const { emitter, logger } = this.#parts;
    const { status, identity } = bundle;
    try {
      const read = readEnvelope(envelope, "policy-bundle");
      const signers = await verifySigners(read, keyring, "bundle", now);
      const until = trustedUntil(keyring.document, signers);
      const expires = Math.min(Date.parse(status.expires), until);
      return { ...bundle, expires, revoked: false, status: Object.freeze({ ...status, signers }) };
    } catch (error) {
      const code = isInterlatchError(error) ? error.code : "ERR_TRUST_ROOT";
      const message = `Trust root ${keyring.document.version} takes the signatures of the bundle in force away: ${textOf(error)}`;
      logger?.error({ bundle: identity, code }, message);
      emitter.emit("bundle.revoked", { bundle: identity, code, message });
      return { ...bundle, revoked: true };
    }
  }
}
