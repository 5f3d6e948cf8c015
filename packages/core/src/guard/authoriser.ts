import type { Approval } from "../approvals/approval.ts";
import { recordCall, releaseLimits, reserveLimits } from "./authorise.ts";
import type { RunOptions } from "./guard.ts";
import { denied, type Judged } from "./judge.ts";
import type { OpenCall } from "./open-calls.ts";
import type { GuardParts } from "./parts.ts";
import { evaluationName } from "./records.ts";
import { reviewObstacle, type ReviewManner } from "./review.ts";
import type { Found, Reviews } from "./reviews.ts";
import { shadowing } from "./shadowing.ts";
import { isPromise, when, type Awaitable } from "./wait.ts";

/** A call that may run: everything was asked, reserved and written. */
export interface Authorised {
  readonly judged: Judged;
  /** The name its two records share. */
  readonly evaluation: string;
  readonly open: OpenCall;
}

/** By an own property: one that a polluted `Object.prototype` lends to every object would let denied calls run. */
export function isAuthorised(made: Authorised | Judged): made is Authorised {
  return Object.hasOwn(made, "evaluation");
}

/** What a call says about the reviews it may need. */
type ReviewOptions = Pick<RunOptions<unknown>, "reviews" | "reviewTimeout" | "signal">;

const NONE_WAIVED: ReadonlySet<string> = new Set();

/** Takes a judged call from `allow` or `review` to the right to run: review, limits, record, in this order. */
export class Authoriser {
  readonly #parts: GuardParts;

  constructor(parts: GuardParts) {
    this.#parts = parts;
  }

  /** Gives the denied call where a step refuses or fails; never throws, never rejects. */
  authorise(
    judged: Judged,
    open: OpenCall,
    options: ReviewOptions,
  ): Awaitable<Authorised | Judged> {
    const stop = (call: Judged): Judged => {
      open.close(false);
      return call;
    };
    const failed = (error: unknown): Judged => {
      this.#parts.failed(error);
      return stop(denied(judged, "internal_error"));
    };
    try {
      const made = this.#start(judged, open, options);
      if (!isPromise(made)) return isAuthorised(made) ? made : stop(made);
      return made.then((late) => (isAuthorised(late) ? late : stop(late)), failed);
    } catch (error) {
      return failed(error);
    }
  }

  #start(judged: Judged, open: OpenCall, options: ReviewOptions): Awaitable<Authorised | Judged> {
    const { reviews } = this.#parts;
    if (judged.decision.effect === "review" || reviews.holds(judged)) {
      return this.#review(judged, open, options);
    }
    return when(this.#commit(judged, open, NONE_WAIVED), (made) =>
      isAuthorised(made) || made.decision.effect !== "review"
        ? made
        : this.#review(made, open, options),
    );
  }

  /** The approval that was opened last for this call. Rejects where the store fails. */
  async find(judged: Judged): Promise<Approval | null> {
    return (await this.#parts.reviews.load()).find(judged);
  }

  /**
   * Asks people about a call and waits for nobody. Never rejects.
   *
   * @param mayOpen - `false`: only if they were asked before
   */
  async ask(judged: Judged, mayOpen: boolean): Promise<Found> {
    try {
      return await (await this.#parts.reviews.load()).open(judged, mayOpen);
    } catch (error) {
      this.#parts.failed(error);
      return { kind: "denied", judged: denied(judged, "internal_error") };
    }
  }

  #review(judged: Judged, open: OpenCall, options: ReviewOptions): Awaitable<Authorised | Judged> {
    const { canReview, canAnswerLater, reviewTimeout, reviews } = this.#parts;
    const { signal } = options;
    if (options.reviews === false) return denied(judged, "review_unavailable");
    const waitMs = millisecondsOf(options.reviewTimeout ?? reviewTimeout);
    const isOpened = options.reviews === "opened";
    const isAsked = options.reviews === true || isOpened;
    const canAsk = canReview || isAsked || waitMs > 0;
    const obstacle = reviewObstacle(judged, canAsk || reviews.isUsed);
    if (obstacle !== null) return denied(judged, obstacle);
    const manner: ReviewManner = {
      // What is allowed by now is asked about no more: only the question that is open counts.
      mayOpen: canAsk && !isOpened && judged.decision.effect === "review",
      elsewhere: canAnswerLater || isAsked,
      waitMs,
      ...(signal === undefined ? {} : { signal }),
    };
    return this.#reviewed(judged, open, manner);
  }

  /** Each turn goes past one more limit, for which people were asked, so it ends. */
  async #reviewed(
    judged: Judged,
    open: OpenCall,
    manner: ReviewManner,
  ): Promise<Authorised | Judged> {
    const reviews = await this.#parts.reviews.load();
    const limits = new Set<string>();
    for (let asking = judged; ;) {
      const { code, rule } = asking.decision;
      if (code === "rate_limited" && rule !== null) limits.add(rule);
      const settled = await reviews.settle(asking, [...limits], manner);
      if (settled.kind === "denied") return settled.judged;
      const used = await reviews.consume(settled.judged, settled.approval);
      if (used.kind === "denied") return used.judged;
      const made = await this.#commitReviewed(settled.judged, open, reviews, used.approval);
      if (isAuthorised(made) || made.decision.effect !== "review") return made;
      if (made.decision.rule === null || limits.has(made.decision.rule)) {
        return denied(made, "internal_error");
      }
      // The call as it was asked, by which its approval is found; a reviewer may have changed what would run.
      const { reason, at } = made.decision;
      const decision = { ...asking.decision, code: made.decision.code, rule: made.decision.rule };
      asking = { ...asking, decision: Object.freeze({ ...decision, reason, at }) };
    }
  }

  /** The approval was used up first, so that no other host has it; where the call does not run, it is given back. */
  async #commitReviewed(
    judged: Judged,
    open: OpenCall,
    reviews: Reviews,
    used: Approval,
  ): Promise<Authorised | Judged> {
    let made: Authorised | Judged | null = null;
    try {
      made = await this.#commit(judged, open, new Set(used.limits));
      return made;
    } finally {
      if (made === null || !isAuthorised(made)) await reviews.giveBack(used);
    }
  }

  /** @param waived - limits by rule name that people have approved to go past */
  #commit(
    judged: Judged,
    open: OpenCall,
    waived: ReadonlySet<string>,
  ): Awaitable<Authorised | Judged> {
    const { limits, audit, clock, auditFailed } = this.#parts;
    const now = clock();
    return when(reserveLimits(judged, limits, now, waived), (reserved) => {
      if (reserved.decision.effect !== "allow") return reserved;
      const evaluation = evaluationName();
      const beside = shadowing()?.countShadow(reserved, limits, clock()) ?? reserved;
      return when(beside, (counted) =>
        when(
          recordCall(counted, evaluation, clock(), audit, auditFailed),
          (recorded): Awaitable<Authorised | Judged> =>
            recorded.decision.effect === "deny"
              ? when(releaseLimits(judged, limits, now, waived), () => recorded)
              : { judged: recorded, evaluation, open },
        ),
      );
    });
  }
}

/** What is no number of milliseconds is no time to wait. */
function millisecondsOf(value: unknown): number {
  return typeof value === "number" && value > 0 ? value : 0;
}
