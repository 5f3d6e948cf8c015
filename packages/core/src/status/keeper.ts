import { hostClock, textOf, type HostClock } from "../guard/host-parts.ts";
import type { LoadedBundle } from "../guard/bundles.ts";
import type { Emitter } from "../guard/emitter.ts";
import type { Logger } from "../guard/events.ts";
import { refuse, type CallBase, type Judged } from "../guard/judge.ts";
import type { GuardStatus, StatusHealth } from "../guard/status.ts";
import type { RunIdentity } from "../guard/tickets.ts";
import type { RollbackStore } from "../bundle/rollback.ts";
import { InterlatchError, isInterlatchError } from "../errors/errors.ts";
import type { TrustRoot } from "../trust/root.ts";
import { StatusInUse, type Stop } from "./in-use.ts";
import type { StatusOptions } from "./options.ts";
import { Poll } from "./poll.ts";
import { inTime, readSource } from "./read-source.ts";
import { killWords } from "./words.ts";
import { MAX_STATUS_LIFE_MS, type VerifiedStatus, verifyStatus } from "./verify.ts";

/** What a status is kept with. */
export interface StatusParts {
  readonly audience: string;
  readonly rollback: RollbackStore;
  readonly emitter: Pick<Emitter, "emit">;
  readonly logger: Logger | undefined;
  /** The trust root in use, looked for anew. */
  trust(): Promise<TrustRoot>;
  /** Epoch milliseconds. */
  clock(): number;
  /** The bundle in force. */
  bundle(): LoadedBundle | null;
  /** Looks for a bundle again. */
  renew(): void;
}

const DEFAULT_POLL_SECONDS = 60;

/** So many periods without a look, and a call asks for one: the timer does not run. */
const MISSED_PERIODS = 2;

/** What may come right by itself, so that a guard starts all the same, and denies until it has. */
const MAY_COME: ReadonlySet<string> = new Set([
  "ERR_BUNDLE_UNREACHABLE",
  "ERR_STATUS_EXPIRED",
  "ERR_BUNDLE_NOT_CURRENT",
  "ERR_BUNDLE_REVOKED",
]);

/** Whether what was refused, a status or the bundle it does not name, may be followed by one that is not. */
export function mayCome(error: unknown): boolean {
  return isInterlatchError(error) && MAY_COME.has(error.code);
}

/**
 * Keeps the status in use, looks for the next one, and says at each call whether it stops it. One that cannot be had or
 * is not valid changes nothing: the one in use ends by itself.
 */
export class StatusKeeper {
  readonly #options: StatusOptions;
  readonly #parts: StatusParts;
  readonly #clock: HostClock;
  readonly #poll: Poll;
  readonly #outdated = new Map<string, number>();
  #current: StatusInUse | null = null;
  #lastError: GuardStatus["lastError"] = null;
  #lastLook = -Infinity;
  #isStarted = false;
  /** The digest of the status that listeners know to be stale; `""`: that none was seen. */
  #toldStale: string | null = null;

  /** @param options - checked */
  constructor(options: StatusOptions, parts: StatusParts) {
    this.#options = options;
    this.#parts = parts;
    this.#clock = hostClock(() => parts.clock());
    this.#poll = new Poll(
      () => this.#look(),
      () => this.#periodMs(),
    );
  }

  get lastError(): GuardStatus["lastError"] {
    return this.#lastError;
  }

  /** Of the status in use; `null`: none was seen yet. */
  get health(): StatusHealth | null {
    if (this.#current === null) return null;
    const { document, digest, signers, expires } = this.#current.status;
    const { version, issued, kill } = document;
    return Object.freeze({
      version,
      digest,
      issued,
      expires: document.expires,
      signers,
      source: this.#options.source.name,
      isStale: !(this.#clock.nowOrLast() < expires),
      kills: killWords(kill),
    });
  }

  /**
   * The first look, before a guard starts; from then on one follows the other.
   *
   * @throws InterlatchError for a status that is not valid. One that cannot be reached, or has ended, may come yet.
   */
  async start(): Promise<void> {
    try {
      await this.refresh();
      this.#isStarted = true;
    } catch (error) {
      if (!mayCome(error)) throw error;
      this.#isStarted = true;
    }
  }

  /** Reads the source now. @throws InterlatchError why there is no other status in use than before */
  refresh(): Promise<void> {
    return this.#poll.now();
  }

  /** The source says that it changed. */
  renew(): void {
    this.#poll.soon();
  }

  close(): void {
    this.#poll.close();
  }

  /**
   * Whether a bundle that was verified may take over: only the one that the status names. Until one was seen any may,
   * and each call is denied.
   *
   * @throws ERR_BUNDLE_REVOKED, ERR_BUNDLE_NOT_CURRENT
   */
  admit(bundle: LoadedBundle): void {
    const standing = this.#current?.standing(bundle);
    if (standing === undefined || standing.kind === "current") return;
    const code = standing.kind === "revoked" ? "ERR_BUNDLE_REVOKED" : "ERR_BUNDLE_NOT_CURRENT";
    throw new InterlatchError(code, `By the status in use, ${standing.why}.`);
  }

  /** The denial of a call that the status stops; `null`: it does not. */
  stop(call: CallBase, run: RunIdentity, bundle: LoadedBundle): Judged | null {
    const now = call.time;
    const stop: Stop | null =
      this.#current === null
        ? { code: "status_stale", detail: "none was seen yet" }
        : this.#current.stop(call.tool, run, bundle, now);
    const isOver = stop !== null && stop.code !== "killed";
    if (isOver || now - this.#lastLook > MISSED_PERIODS * this.#periodMs()) this.#poll.ask(now);
    if (stop === null) return null;
    if (stop.code === "status_stale") this.#tellStale();
    return refuse(call, stop.code, stop.detail);
  }

  #periodMs(): number {
    const { pollSeconds = DEFAULT_POLL_SECONDS } = this.#options;
    const wished = this.#current?.status.document.refresh ?? Infinity;
    return Math.min(pollSeconds, wished) * 1_000;
  }

  async #look(): Promise<void> {
    try {
      this.#lastLook = this.#clock.now();
      await inTime(this.#read());
      this.#lastError = null;
    } catch (error) {
      this.#rejected(error);
      throw error;
    } finally {
      const { bundle } = this.#parts;
      const inForce = bundle();
      const isCurrent = inForce !== null && this.#current?.standing(inForce).kind === "current";
      // A guard that starts looks for its first bundle itself.
      if (this.#isStarted && !isCurrent) this.#parts.renew();
      const end = this.#current?.status.expires ?? -Infinity;
      if (!(this.#clock.nowOrLast() < end)) this.#tellStale();
    }
  }

  async #read(): Promise<void> {
    const { audience, rollback, trust } = this.#parts;
    const root = await trust();
    const bytes = await readSource(this.#options.source);
    const revokedKeys = this.#current?.status.document.revoked.keys ?? [];
    const now = this.#clock.now();
    const demands = { trust: root, audience, now, rollback, revokedKeys };
    const status = await verifyStatus(bytes, demands);
    this.#options.source.accepted?.(bytes);
    if (status.digest !== this.#current?.status.digest) this.#use(status, root, now);
  }

  /** One pointer changes: the calls from here on are asked about by this status. */
  #use(status: VerifiedStatus, root: TrustRoot, now: number): void {
    const before = this.#current?.status.document;
    // A look that was given up may end after a later one.
    if (before !== undefined && status.document.version < before.version) return;
    this.#outdate(before?.streams ?? {}, status, now);
    this.#current = new StatusInUse(status, {
      mode: this.#options.staleMode ?? "reads",
      threshold: root.document.roles.bundle.threshold,
      outdated: this.#outdated,
    });
    this.#toldStale = null;
    const { emitter, logger } = this.#parts;
    const { version, issued, expires, kill } = status.document;
    const source = this.#options.source.name;
    logger?.debug({ version, digest: status.digest, source }, `status ${version} is in use`);
    emitter.emit("status.loaded", { version, digest: status.digest, issued, expires, source });
    if (JSON.stringify(kill) === JSON.stringify(before?.kill ?? {})) return;
    const what = killWords(kill);
    const words =
      what.length === 0 ? "the kill switch is off" : `the kill switch is on: ${what.join(", ")}`;
    logger?.warn({ version, reason: kill.reason }, words);
    emitter.emit("killed", { version, what, reason: kill.reason ?? null });
  }

  /** A bundle that was current goes on until the first status ends that names another: the other has to arrive first. */
  #outdate(
    streams: VerifiedStatus["document"]["streams"],
    next: VerifiedStatus,
    now: number,
  ): void {
    const kept = this.#outdated;
    for (const { digest } of Object.values(streams)) {
      kept.set(digest, next.expires);
    }
    for (const { digest } of Object.values(next.document.streams)) kept.delete(digest);
    for (const [digest, until] of kept) {
      if (until + MAX_STATUS_LIFE_MS < now) kept.delete(digest);
    }
  }

  #rejected(error: unknown): void {
    const code = isInterlatchError(error) ? error.code : "ERR_BUNDLE_UNREACHABLE";
    const message = textOf(error);
    const source = this.#options.source.name;
    // Once, and not at every look.
    if (this.#lastError?.message !== message) this.#parts.logger?.warn({ code, source }, message);
    this.#lastError = { code, message };
    this.#parts.emitter.emit("status.rejected", { code, message, source });
  }

  #tellStale(): void {
    const status = this.#current?.status;
    const name = status?.digest ?? "";
    if (this.#toldStale === name) return;
    this.#toldStale = name;
    const { emitter, logger } = this.#parts;
    const version = status?.document.version ?? null;
    const expires = status?.document.expires ?? null;
    logger?.warn(
      { version, expires },
      "the status is stale: calls are denied until the next one comes",
    );
    emitter.emit("status.stale", { version, expires });
  }
}
