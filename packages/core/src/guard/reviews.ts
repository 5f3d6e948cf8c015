import { type Approval, isOpen } from "../approvals/approval.ts";
import { CheckedStore } from "../approvals/checked-store.ts";
import { ApprovalDesk } from "../approvals/desk.ts";
import { memoryApprovals } from "../approvals/memory.ts";
import type { ApprovalStore } from "../approvals/store.ts";
import { consume, giveBack, isPast } from "../approvals/transitions.ts";
import { waitFor } from "../approvals/waiting.ts";
import { isInterlatchError } from "../errors/errors.ts";
import type { DecisionCode } from "../decision/codes.ts";
import { AskedCalls } from "./asked-calls.ts";
import type { LoadedBundle } from "./bundles.ts";
import { answersOf, requestOf } from "./host-answer.ts";
import { decideAgain, judgeChange, noteOf, type Settled } from "./decide-again.ts";
import { denied, digestOf, type JudgeContext, type Judged } from "./judge.ts";
import type { StopCheck } from "./parts.ts";
import { questionOf } from "./question.ts";
import type { OnReview, ReviewManner } from "./review.ts";

/** How many questions about one tool a session may have pending or rejected. */
const MOST_REVIEWS = 3;

/** How often one call is asked about again because the policy has come to ask for more. */
const MOST_ROUNDS = 3;

/** A timer may fire so many milliseconds before the clock has come as far. */
const EARLY_MS = 10;

/** Milliseconds between two looks at a store that does not tell of changes. */
const POLL_MS = 1_000;

/** What reviews work with. */
export interface ReviewParts {
  /** `undefined`: this process. */
  readonly store: ApprovalStore | undefined;
  readonly onReview: OnReview | undefined;
  /** Epoch milliseconds. Throws where the host's clock fails. */
  clock(): number;
  bundle(now: number): LoadedBundle | null;
  readonly stop: StopCheck | null;
  requested(approval: Approval): void;
  /** It is over, or approved. */
  decided(approval: Approval): void;
  failed(error: unknown): void;
}

/** An approval, or the call that is denied instead. */
export type Found =
  | { readonly kind: "found"; readonly approval: Approval }
  | { readonly kind: "denied"; readonly judged: Judged };

/**
 * Reviews of one guard: asks, waits, takes answers, decides again, uses up. It stands in a module of its own, which is
 * loaded when the first call needs a review.
 */
export class Reviews {
  /** Where answers are taken. */
  readonly approvals: ApprovalDesk;
  readonly #parts: ReviewParts;
  readonly #store: CheckedStore;
  readonly #calls = new AskedCalls();
  readonly #closing = new AbortController();
  #latest = -Infinity;

  constructor(parts: ReviewParts) {
    this.#parts = parts;
    this.#store = new CheckedStore(parts.store ?? memoryApprovals());
    this.approvals = new ApprovalDesk({
      store: this.#store,
      now: () => this.#now(),
      judge: (approval, edited) =>
        judgeChange(this.#calls.of(approval), approval, edited, this.#context()),
      decided: (approval) => {
        if (!isOpen(approval)) this.#calls.forget(approval);
        parts.decided(approval);
      },
      failed: (error) => parts.failed(error),
    });
  }

  /**
   * Whether people are being asked about this very call. A policy that has come to allow it changes nothing until they
   * have answered: they may reject it, or change it.
   */
  holds(judged: Judged): boolean {
    return this.#calls.has(judged);
  }

  /** Ends all waiting; the questions stay open. */
  close(): void {
    this.#closing.abort();
  }

  /** Asks about a call, or finds what was asked about it; without `mayOpen` only the latter. */
  async open(judged: Judged, mayOpen: boolean): Promise<Found> {
    return this.#orDenied(judged, () => this.#ask(judged, [], null, mayOpen));
  }

  /** The approval that was opened last for a call, in whatever state; one past its time is marked so. */
  async find(judged: Judged): Promise<Approval | null> {
    const draft = this.#draft(judged, [], null);
    if (draft.kind === "denied") return null;
    const { key } = draft.approval;
    const last = await this.#store.latest(key);
    if (last === null || last.key !== key) return null;
    if (!isOpen(last) || !isPast(last, this.#now())) return last;
    await this.approvals.expire(last);
    return this.#store.get(last.id);
  }

  /**
   * Asks about a call, waits as far as the caller wants, and decides it again once it is approved. Never rejects for a
   * store that fails.
   *
   * @param limits - by rule name: those that it would go past
   */
  async settle(judged: Judged, limits: readonly string[], manner: ReviewManner): Promise<Settled> {
    return this.#orDenied(judged, () => this.#settle(judged, limits, manner));
  }

  /** Uses an approval up. Of any number of hosts one gets it. */
  async consume(judged: Judged, approval: Approval): Promise<Found> {
    return this.#orDenied(judged, async () => {
      const now = this.#now();
      const next = consume(approval, digestOf(judged), now);
      if (next.ok) {
        if (await this.#store.replace(approval, next.approval)) {
          this.#calls.forget(approval);
          return { kind: "found", approval: next.approval };
        }
        const winner = await this.#store.get(approval.id);
        return this.#ended(judged, winner ?? approval);
      }
      if (next.code === "approval_expired") return this.#expired(judged, approval);
      return this.#stop(judged, approval, "approval_mismatch");
    });
  }

  /** Gives back what {@link consume} took, where the call did not run after all. */
  async giveBack(approval: Approval): Promise<void> {
    try {
      const back = giveBack(approval, this.#now());
      if (back.ok) await this.#store.replace(approval, back.approval);
    } catch (error) {
      // It stays consumed: then somebody has to be asked once more.
      this.#parts.failed(error);
    }
  }

  async #settle(judged: Judged, limits: readonly string[], manner: ReviewManner): Promise<Settled> {
    let instead: Approval | null = null;
    for (let round = 0; round < MOST_ROUNDS; round++) {
      const asked = await this.#ask(judged, limits, instead, manner.mayOpen);
      if (asked.kind === "denied") return asked;
      const answered =
        asked.approval.state === "approved"
          ? asked
          : await this.#waitFor(judged, asked.approval, manner);
      if (answered.kind === "denied") return answered;
      const { approval } = answered;
      const again = decideAgain(judged, approval, this.#context());
      if (again !== null) return again;
      instead = approval;
      await this.approvals.supersede(approval, "the policy in force asks for another approval");
    }
    return this.#stop(judged, instead, "approval_superseded");
  }

  /** The open approval of a call. An old one that does not cover what is asked now makes room for another. */
  async #ask(
    judged: Judged,
    limits: readonly string[],
    instead: Approval | null,
    mayOpen: boolean,
  ): Promise<Found> {
    const draft = this.#draft(judged, limits, instead);
    if (draft.kind === "denied") return draft;
    const { key } = draft.approval;
    const last = await this.#store.latest(key);
    if (last !== null && last.key !== key) return this.#stop(judged, null, "approval_mismatch");
    if (last !== null && !isReplaceable(last)) {
      if (!isOpen(last)) return this.#ended(judged, last);
      if (isPast(last, this.#now())) return this.#expired(judged, last);
      if (limits.every((rule) => last.limits.includes(rule))) return this.#joined(judged, last);
      await this.approvals.supersede(last, "the call would go past another limit");
      const next = this.#draft(judged, limits, last);
      return next.kind === "denied" ? next : this.#put(judged, next.approval);
    }
    if (!mayOpen) {
      this.#calls.forget(draft.approval);
      if (last !== null) return this.#ended(judged, last);
      const detail = "it came to run before anybody was asked";
      return this.#stop(judged, null, "review_unavailable", detail);
    }
    return this.#put(judged, draft.approval);
  }

  async #put(judged: Judged, draft: Approval): Promise<Found> {
    const opening = await this.#store.open(draft, MOST_REVIEWS);
    switch (opening.kind) {
      case "full":
        return this.#stop(judged, null, "review_budget");
      case "rejected":
        return this.#stop(judged, opening.approval, "approval_rejected");
      case "opened":
      case "joined": {
        const { approval } = opening;
        const isOwn = opening.kind === "joined" || approval.id === draft.id;
        if (approval.key !== draft.key || !isOwn || !isOpen(approval)) {
          return this.#stop(judged, null, "approval_mismatch");
        }
        if (opening.kind === "opened") this.#parts.requested(approval);
        return this.#joined(judged, approval);
      }
    }
  }

  #joined(judged: Judged, approval: Approval): Found {
    this.#calls.keep(approval, judged);
    return { kind: "found", approval };
  }

  #draft(judged: Judged, limits: readonly string[], instead: Approval | null): Found {
    const approval = questionOf(judged, limits, instead, this.#now());
    if (approval === null) return this.#stop(judged, null, "review_unavailable");
    const isOfNobody = approval.user === null && approval.demands.some(({ by }) => by === "user");
    if (!isOfNobody) return { kind: "found", approval };
    const detail = "a rule asks the user, and the ticket names none";
    return this.#stop(judged, null, "review_unavailable", detail);
  }

  /** Asks the host and waits, as far as the caller wants; then looks at what has become of it. */
  async #waitFor(judged: Judged, approval: Approval, manner: ReviewManner): Promise<Found> {
    const { waitMs, signal, elsewhere } = manner;
    const { onReview } = this.#parts;
    const stop = new AbortController();
    let isHeard = onReview === undefined;
    if (onReview !== undefined || waitMs > 0) {
      const left = Date.parse(approval.expiresAt) - this.#now() + EARLY_MS;
      if (onReview !== undefined) {
        void this.#askHost(judged, approval, onReview).then((heard) => {
          isHeard = heard;
          if (waitMs <= 0) stop.abort();
        });
      }
      await waitFor({
        isOver: async () => (await this.#store.get(approval.id))?.state !== "pending",
        watch: (changed) => this.#store.watch(approval.id, changed),
        pollMs: this.#store.tells ? null : POLL_MS,
        timeoutMs: waitMs > 0 ? Math.min(waitMs, left) : left,
        signals: [stop.signal, this.#closing.signal, ...(signal === undefined ? [] : [signal])],
      });
    }
    const now = await this.#store.get(approval.id);
    if (now === null || now.key !== approval.key) {
      return this.#stop(judged, null, "approval_mismatch");
    }
    if (now.state === "approved") return { kind: "found", approval: now };
    if (now.state !== "pending") return this.#ended(judged, now);
    if (isPast(now, this.#now())) return this.#expired(judged, now);
    // As every call is denied from now on; the question stays for whoever takes over.
    if (this.#closing.signal.aborted) return this.#stop(judged, now, "no_bundle");
    if (isHeard || elsewhere || waitMs > 0) return this.#stop(judged, now, "review_pending");
    // Nobody else can answer: left open, it would count as one that a person still looks at.
    await this.approvals.supersede(now, "the host could not be asked");
    return this.#stop(judged, now, "review_unavailable");
  }

  /** Whether the host gave an answer that counts. */
  async #askHost(judged: Judged, approval: Approval, onReview: OnReview): Promise<boolean> {
    try {
      const request = requestOf(judged, approval);
      const given: unknown = request === null ? null : await onReview(request);
      let counted = false;
      for (const answer of answersOf(given, approval)) {
        counted = (await this.approvals.decide(answer)).ok || counted;
      }
      return counted;
    } catch (error) {
      this.#parts.failed(error);
      return false;
    }
  }

  async #expired(judged: Judged, approval: Approval): Promise<Found & { kind: "denied" }> {
    await this.approvals.expire(approval);
    return this.#stop(judged, approval, "approval_expired");
  }

  /** The denial of a call whose approval is over. */
  #ended(judged: Judged, approval: Approval): Found & { kind: "denied" } {
    const detail = approval.state === "cancelled" ? "the request was taken back" : undefined;
    return this.#stop(judged, approval, CODES[approval.state], detail);
  }

  #stop(
    judged: Judged,
    approval: Approval | null,
    code: DecisionCode,
    detail?: string,
  ): Found & { kind: "denied" } {
    const stopped = denied(judged, code, detail === undefined ? {} : { detail });
    return {
      kind: "denied",
      judged: approval === null ? stopped : { ...stopped, approval: noteOf(approval) },
    };
  }

  async #orDenied<Result>(
    judged: Judged,
    step: () => Promise<Result>,
  ): Promise<Result | { kind: "denied"; judged: Judged }> {
    try {
      return await step();
    } catch (error) {
      this.#parts.failed(error);
      const code = isInterlatchError(error, "ERR_STORE") ? "store_unavailable" : "internal_error";
      return { kind: "denied", judged: denied(judged, code) };
    }
  }

  #context(): Pick<JudgeContext, "bundle" | "now" | "stop"> {
    const now = this.#now();
    return { bundle: this.#parts.bundle(now), now, stop: this.#parts.stop };
  }

  /** A clock that is set back must not give time to what has run out. */
  #now(): number {
    this.#latest = Math.max(this.#latest, this.#parts.clock());
    return this.#latest;
  }
}

/** What a call is denied with whose approval stands there. */
const CODES: Readonly<Record<Approval["state"], DecisionCode>> = {
  pending: "review_pending",
  approved: "approval_used",
  rejected: "approval_rejected",
  expired: "approval_expired",
  cancelled: "review_unavailable",
  superseded: "approval_superseded",
  consumed: "approval_used",
};

/** Whether the same call may be asked about anew: the last time it ran, or another question took its place. */
function isReplaceable({ state }: Approval): boolean {
  return state === "consumed" || state === "superseded";
}
