import type { Approval } from "../approvals/approval.ts";
import type { AuditEvent } from "../audit/record.ts";
import type { Decision } from "../decision/decision.ts";
import { deniedError, type Denial } from "../fallback/denial.ts";
import { SessionMemory } from "../sessions/memory.ts";
import { copyForTool } from "../snapshot/copy.ts";
import { peekLimits } from "./authorise.ts";
import { Authoriser, isAuthorised, type Authorised } from "./authoriser.ts";
import {
  isAsyncGeneratorFunction,
  isStream,
  TrackedStream,
  track,
  type Ending,
} from "./execution.ts";
import type { LoadedBundle } from "./bundles.ts";
import type {
  CallInput,
  Execute,
  OpenedCall,
  OpenOptions,
  OpenReviewsOptions,
  RunOptions,
} from "./guard.ts";
import { denied, judge, NAMELESS, nameOf, refuse, seal, type Judged } from "./judge.ts";
import { OpenCalls, type OpenCall } from "./open-calls.ts";
import { Denials } from "./denials.ts";
import type { GuardParts } from "./parts.ts";
import { outcomeEvent } from "./records.ts";
import { reviewObstacle } from "./review.ts";
import { shadowing } from "./shadowing.ts";
import { allParts, noParts, onePart, streamOf } from "./stream-parts.ts";
import { isPromise } from "./wait.ts";

/**
 * The state machine of a call: judge, authorise, execute, record; or deny, record and fall back. It stays
 * synchronous where nothing waits. A failure of the guard itself is caught in {@link Enforcer.judge} and in
 * {@link Authoriser.authorise}, and denies.
 */
export class Enforcer {
  readonly #parts: GuardParts;
  readonly #authoriser: Authoriser;
  readonly #open = new OpenCalls();
  readonly #sessions = new SessionMemory();
  readonly #denials: Denials;

  constructor(parts: GuardParts) {
    this.#parts = parts;
    this.#authoriser = new Authoriser(parts);
    this.#denials = new Denials(parts, this.#sessions, {
      append: (event) => this.#append(event),
      run: (call, execute, options) => this.run(call, execute, options),
    });
  }

  get openCalls(): number {
    return this.#open.size;
  }

  preview(call: CallInput): Decision {
    const judged = this.judge(call);
    if (judged.decision.effect === "deny") return judged.decision;
    try {
      const { limits } = this.#parts;
      const peeked = peekLimits(judged, limits, judged.time);
      return (shadowing()?.peekShadow(peeked, limits, judged.time) ?? peeked).decision;
    } catch (error) {
      this.#parts.failed(error);
      return denied(judged, "store_unavailable").decision;
    }
  }

  judge(call: CallInput): Judged {
    const { tickets, clock, recordTime, failed, stop } = this.#parts;
    let name = NAMELESS;
    let bundle: LoadedBundle | null = null;
    try {
      // First of all, so that whatever fails is recorded and answered under the call's own id.
      name = nameOf(call);
      const now = clock();
      bundle = this.#parts.bundle(now);
      const judged = judge(call, name, { tickets, bundle, sessions: this.#sessions, stop, now });
      const shadow = this.#parts.shadow(now);
      return shadow === null ? judged : this.#besideShadow(judged, shadow);
    } catch (error) {
      failed(error);
      const base = { ...name, run: null, untrusted: false, bundle, time: recordTime() };
      return refuse(base, "internal_error");
    }
  }

  /** What is only watched must not be able to stop a call. */
  #besideShadow(judged: Judged, shadow: LoadedBundle): Judged {
    try {
      return shadowing()?.besideShadow(judged, shadow) ?? judged;
    } catch (error) {
      this.#parts.failed(error);
      return judged;
    }
  }

  /** As {@link judge}, for a decision that is not the caller's alone. */
  #judgeForAll(call: CallInput): Judged {
    const judged = this.judge(call);
    seal(judged);
    return judged;
  }

  openBatch(calls: readonly CallInput[], { leave }: OpenOptions): readonly OpenedCall[] {
    const { canReview } = this.#parts;
    return this.#judgeBatch(calls, canReview).map((judged) => this.#opened(judged, leave));
  }

  /** As {@link openBatch}; asks people about the calls that need it. */
  async openReviews(
    calls: readonly CallInput[],
    { leave, reviews }: OpenReviewsOptions,
  ): Promise<readonly OpenedCall[]> {
    const opened: OpenedCall[] = [];
    // One after the other: which of them the session's last question is must not be left to chance.
    for (const judged of this.#judgeBatch(calls, true)) {
      if (judged.decision.effect !== "review") {
        opened.push(this.#opened(judged, leave));
        continue;
      }
      const found = await this.#authoriser.ask(judged, reviews !== "opened");
      opened.push(
        found.kind === "denied"
          ? this.#opened(found.judged, leave)
          : { decision: judged.decision, approval: found.approval },
      );
    }
    return opened;
  }

  /** The approval of exactly this call; `null`: there is none, or it cannot be told which call it is. */
  async approvalOf(call: CallInput): Promise<Approval | null> {
    const judged = this.judge(call);
    return judged.snapshot === null ? null : this.#authoriser.find(judged);
  }

  #judgeBatch(calls: readonly CallInput[], canReview: boolean): readonly Judged[] {
    const batch = calls.map((call) => this.#judgeForAll(call));
    const times = new Map<string | null, number>();
    for (const { id } of batch) times.set(id, (times.get(id) ?? 0) + 1);
    return batch.map((judged) => {
      // Which of the two was meant cannot be told, so neither runs.
      if (judged.id !== null && (times.get(judged.id) ?? 0) > 1) {
        return denied(judged, "duplicate_call_id");
      }
      if (judged.decision.effect !== "review") return judged;
      const obstacle = reviewObstacle(judged, canReview || this.#parts.reviews.isUsed);
      return obstacle === null ? judged : denied(judged, obstacle);
    });
  }

  #opened(judged: Judged, leave: OpenOptions["leave"]): OpenedCall {
    if (judged.decision.effect !== "deny") return { decision: judged.decision };
    if (leave === "every" || leave?.includes(this.#denials.kindOf(judged)) === true) {
      return { decision: judged.decision };
    }
    const denial = this.#denials.deny(judged);
    return { decision: denial.decision, denial };
  }

  run<Result, Denied>(
    call: CallInput,
    execute: Execute<Result>,
    options: RunOptions<Denied>,
  ): Result | Denied | Promise<Awaited<Result> | Denied> {
    const give = (denial: Denial): Denied => {
      if (denial.kind === "throw") throw deniedError(denial);
      // Without `denied` the caller gets the denial itself, which is then what `Denied` stands for. What is no
      // function is no `denied` either: this is where a denial must not become an exception.
      return typeof options.denied === "function" ? options.denied(denial) : (denial as Denied);
    };
    const giveUp = (judged: Judged): Denied | Promise<Denied> => {
      const denial = this.#denials.denyOrHop(judged, call, options.fallbackTool);
      return denial instanceof Promise ? denial.then(give) : give(denial);
    };
    const judged = this.#judgeForAll(call);
    if (judged.decision.effect === "deny") return giveUp(judged);
    const open = this.#take(judged, call);
    if (typeof open === "string") return giveUp(denied(judged, open));

    const authorised = this.#authoriser.authorise(judged, open, options);
    if (!isPromise(authorised)) {
      if (!isAuthorised(authorised)) return giveUp(authorised);
      const { start, ended } = this.#begin(authorised, execute);
      // Declared a stream, so it is over where its parts are and not where it was handed out.
      return track(options.stream === true ? () => streamOf(start()) : start, ended);
    }
    if (options.stream === true || isAsyncGeneratorFunction(execute)) {
      // A stream goes out where a stream was expected; a denial is its only part.
      return this.#streamLater(authorised, execute, giveUp) as Result;
    }
    const later = Promise.resolve(authorised).then((made) =>
      isAuthorised(made) ? this.#executeLater(made, execute, giveUp) : giveUp(made),
    );
    return later as Promise<Awaited<Result> | Denied>;
  }

  /** The right to run this id, or why there is none. */
  #take(judged: Judged, call: CallInput): OpenCall | "duplicate_call_id" | "internal_error" {
    try {
      return this.#open.take(judged, call.batch) ?? "duplicate_call_id";
    } catch (error) {
      // A batch that is no object: whether the id was used in it cannot be told.
      this.#parts.failed(error);
      return "internal_error";
    }
  }

  /** Starts the clock of an execution and says how to begin and to end it. */
  #begin<Result>(
    { judged, evaluation, open }: Authorised,
    execute: Execute<Result>,
  ): { start: () => Result; ended: (ending: Ending) => void } {
    const { decision, snapshot, tool, id, run } = judged;
    const began = this.#parts.recordTime();
    this.#parts.decided(judged);
    return {
      start: () => execute(snapshot === null ? {} : copyForTool(snapshot), { decision }),
      ended: (ending) => {
        open.close(ending === "executed");
        // Parts of a stream and words of an error are read as well, so any ending counts.
        if (run !== null) this.#sessions.sawResult(run.sessionKey);
        const now = this.#parts.recordTime();
        const durationMs = Math.max(0, now - began);
        const how = { outcome: ending, fallback: null, durationMs } as const;
        this.#append(outcomeEvent({ evaluation, call: id, tool }, now, how));
      },
    };
  }

  /** After a wait a plain function can no longer hand out a stream: a framework would take the promise for a value. */
  #executeLater<Result, Denied>(
    authorised: Authorised,
    execute: Execute<Result>,
    giveUp: (judged: Judged) => Denied | Promise<Denied>,
  ): Result | Denied | Promise<Denied> {
    const { start, ended } = this.#begin(authorised, execute);
    let stray = false;
    const result = track(
      () => {
        const made = start();
        stray = isStream(made);
        return stray ? undefined : made;
      },
      (ending) => ended(stray ? "aborted" : ending),
    );
    // What is not a stray stream is what the tool returned.
    return stray ? giveUp(denied(authorised.judged, "cannot_wait")) : (result as Result);
  }

  #streamLater<Result, Denied>(
    authorised: PromiseLike<Authorised | Judged>,
    execute: Execute<Result>,
    giveUp: (judged: Judged) => Denied | Promise<Denied>,
  ): TrackedStream {
    let left: Ending | null = null;
    let ended: ((ending: Ending) => void) | null = null;
    // At once, and not when somebody reads: a denial is recorded also where nobody does.
    const answered = Promise.resolve(authorised).then(async (made): Promise<() => unknown> => {
      if (!isAuthorised(made)) {
        const part = await giveUp(made);
        return () => part;
      }
      const begun = this.#begin(made, execute);
      ended = begun.ended;
      if (left !== null) ended(left);
      return begun.start;
    });
    answered.catch(() => undefined); // whoever reads is told
    const open = async (leaving: boolean): Promise<AsyncGenerator<unknown, unknown, unknown>> => {
      if (leaving) return noParts();
      const start = await answered;
      const made = await start();
      return isStream(made) ? allParts(made) : onePart(made);
    };
    return new TrackedStream(open, (ending) => {
      left = ending;
      ended?.(ending);
    });
  }

  #append(event: AuditEvent): void {
    const { audit, auditFailed } = this.#parts;
    try {
      const kept = audit.append(event, { durable: false });
      if (kept !== undefined) Promise.resolve(kept).catch((error: unknown) => auditFailed(error));
    } catch (error) {
      auditFailed(error);
    }
  }
}
