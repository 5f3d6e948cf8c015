import { recordCall, reserveLimits } from "./authorise.ts";
import { denied, type Judged } from "./judge.ts";
import type { OpenCall } from "./open-calls.ts";
import type { GuardParts } from "./parts.ts";
import { evaluationName } from "./records.ts";
import { rejudge } from "./rejudge.ts";
import { askReviewer, reviewObstacle, type OnReview } from "./review.ts";
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

/** Limits that a reviewer has just approved to go past, by rule name. */
type Waived = ReadonlySet<string>;
const NONE_WAIVED: Waived = new Set();

/** Takes a judged call from `allow` or `review` to the right to run: review, limits, record, in this order. */
export class Authoriser {
  readonly #parts: GuardParts;

  constructor(parts: GuardParts) {
    this.#parts = parts;
  }

  /** Gives the denied call where a step refuses or fails; never throws, never rejects. */
  authorise(judged: Judged, open: OpenCall): Awaitable<Authorised | Judged> {
    const stop = (call: Judged): Judged => {
      open.close(false);
      return call;
    };
    const failed = (error: unknown): Judged => {
      this.#parts.failed(error);
      return stop(denied(judged, "internal_error"));
    };
    try {
      const made =
        judged.decision.effect === "review"
          ? this.#review(judged, open, NONE_WAIVED)
          : this.#commit(judged, open, NONE_WAIVED, undefined);
      if (!isPromise(made)) return isAuthorised(made) ? made : stop(made);
      return made.then((late) => (isAuthorised(late) ? late : stop(late)), failed);
    } catch (error) {
      return failed(error);
    }
  }

  #review(judged: Judged, open: OpenCall, waived: Waived): Awaitable<Authorised | Judged> {
    const { onReview } = this.#parts;
    const obstacle = reviewObstacle(judged, onReview);
    if (onReview === undefined || obstacle !== null) {
      return denied(judged, obstacle ?? "review_unavailable");
    }
    return this.#ask(judged, open, waived, onReview);
  }

  async #ask(
    judged: Judged,
    open: OpenCall,
    waived: Waived,
    onReview: OnReview,
  ): Promise<Authorised | Judged> {
    const { clock, bundle, failed } = this.#parts;
    const result = await askReviewer(judged, onReview).catch((error: unknown) => {
      failed(error);
      return { approved: false, code: "review_unavailable" } as const;
    });
    if (!result.approved) return denied(judged, result.code);
    const now = clock();
    const again = rejudge(judged, { bundle: bundle(now), now });
    if (again.decision.effect === "deny") return again;
    const { code, rule } = judged.decision;
    const waive = code === "rate_limited" && rule !== null ? new Set([...waived, rule]) : waived;
    const reason = `approved by ${result.reviewer}`;
    const decision = { ...again.decision, effect: "allow", code: "approved", reason } as const;
    const approved = { ...again, decision: Object.freeze(decision) };
    return this.#commit(approved, open, waive, result.reviewer);
  }

  #commit(
    judged: Judged,
    open: OpenCall,
    waived: Waived,
    reviewer: string | undefined,
  ): Awaitable<Authorised | Judged> {
    const { limits, audit, clock, auditFailed } = this.#parts;
    return when(reserveLimits(judged, limits, clock(), waived), (reserved) => {
      if (reserved.decision.effect === "deny") return reserved;
      if (reserved.decision.effect === "review") return this.#review(reserved, open, waived);
      const evaluation = evaluationName();
      return when(
        recordCall(reserved, evaluation, clock(), audit, reviewer, auditFailed),
        (recorded): Authorised | Judged =>
          recorded.decision.effect === "deny" ? recorded : { judged: recorded, evaluation, open },
      );
    });
  }
}
