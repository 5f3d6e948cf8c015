import type { AuditEvent } from "../audit/record.ts";
import type { Decision } from "../decision/decision.ts";
import type { Denial } from "../fallback/denial.ts";
import { fallBack } from "../fallback/fallback.ts";
import { SessionMemory } from "../sessions/memory.ts";
import { copyForTool } from "../snapshot/copy.ts";
import { peekLimits } from "./authorise.ts";
import { Authoriser, isAuthorised, type Authorised } from "./authoriser.ts";
import { isAsyncGeneratorFunction, isStream, TrackedStream, track, type Ending } from "./execution.ts";
import type { LoadedBundle } from "./bundles.ts";
import type { CallInput, Execute, OpenedCall, OpenOptions, RunOptions } from "./guard.ts";
import { denied, digestOf, judge, refuse, type Judged } from "./judge.ts";
import { OpenCalls } from "./open-calls.ts";
import type { GuardParts } from "./parts.ts";
import { callEvent, evaluationName, outcomeEvent } from "./records.ts";
import { reviewObstacle } from "./review.ts";
import { isPromise } from "./wait.ts";

/** Denials of one content in a session before the words change. */
const DENIALS_BEFORE_REPEATED = 3;

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

  constructor(parts: GuardParts) {
    this.#parts = parts;
    this.#authoriser = new Authoriser(parts);
  }

  get openCalls(): number {
    return this.#open.size;
  }

  preview(call: CallInput): Decision {
    const judged = this.judge(call);
    if (judged.decision.effect === "deny") return judged.decision;
    try {
      return peekLimits(judged, this.#parts.limits, judged.time).decision;
    } catch (error) {
      this.#parts.failed(error);
      return denied(judged, "store_unavailable").decision;
    }
  }

  judge(call: CallInput): Judged {
    const { tickets, clock, recordTime, failed } = this.#parts;
    let bundle: LoadedBundle | null = null;
    try {
      const now = clock();
      bundle = this.#parts.bundle(now);
      return judge(call, { tickets, bundle, now });
    } catch (error) {
      failed(error);
      return refuse({ id: null, tool: "", run: null, bundle, time: recordTime() }, "internal_error");
    }
  }

  openBatch(calls: readonly CallInput[], { leave }: OpenOptions): readonly OpenedCall[] {
    const times = new Map<unknown, number>();
    for (const { id } of calls) times.set(id, (times.get(id) ?? 0) + 1);
    return calls.map((call) => {
      let judged = this.judge(call);
      // Which of the two was meant cannot be told, so neither runs.
      if (judged.id !== null && (times.get(judged.id) ?? 0) > 1) {
        judged = denied(judged, "duplicate_call_id");
      }
      if (judged.decision.effect === "review") {
        const obstacle = reviewObstacle(judged, this.#parts.onReview);
        if (obstacle !== null) judged = denied(judged, obstacle);
      }
      if (judged.decision.effect !== "deny") return { decision: judged.decision };
      if (leave !== undefined && fallBackOf(judged).kind === leave) {
        return { decision: judged.decision };
      }
      const denial = this.#deny(judged);
      return { decision: denial.decision, denial };
    });
  }

  run<Result, Denied>(
    call: CallInput,
    execute: Execute<Result>,
    options: RunOptions<Denied>,
  ): Result | Denied | Promise<Awaited<Result> | Denied> {
    const giveUp = (judged: Judged): Denied => {
      const denial = this.#deny(judged);
      // Without `denied` the caller gets the denial itself, which is then what `Denied` stands for.
      return options.denied === undefined ? (denial as Denied) : options.denied(denial);
    };
    const judged = this.judge(call);
    if (judged.decision.effect === "deny") return giveUp(judged);
    const open = this.#open.take(judged, call.batch);
    if (open === null) return giveUp(denied(judged, "duplicate_call_id"));

    const authorised = this.#authoriser.authorise(judged, open);
    if (!isPromise(authorised)) {
      if (!isAuthorised(authorised)) return giveUp(authorised);
      const { start, ended } = this.#begin(authorised, execute);
      return track(start, ended);
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

  /** Starts the clock of an execution and says how to begin and to end it. */
  #begin<Result>(
    { judged, evaluation, open }: Authorised,
    execute: Execute<Result>,
  ): { start: () => Result; ended: (ending: Ending) => void } {
    const { decision, snapshot, tool, id } = judged;
    const began = this.#parts.recordTime();
    this.#parts.decided(judged);
    return {
      start: () => execute(snapshot === null ? {} : copyForTool(snapshot), { decision }),
      ended: (ending) => {
        open.close(ending === "executed");
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
    giveUp: (judged: Judged) => Denied,
  ): Result | Denied {
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
    giveUp: (judged: Judged) => Denied,
  ): TrackedStream {
    let ended: ((ending: Ending) => void) | null = null;
    const open = async (): Promise<AsyncGenerator<unknown, unknown, unknown>> => {
      const made = await authorised;
      if (!isAuthorised(made)) return onePart(giveUp(made));
      const begun = this.#begin(made, execute);
      ended = begun.ended;
      const stream = begun.start();
      return isStream(stream) ? allParts(stream) : onePart(stream);
    };
    return new TrackedStream(open, (ending) => ended?.(ending));
  }

  /** Records a denied call and makes what the agent gets instead. */
  #deny(refused: Judged): Denial {
    const judged = this.#repeated(refused);
    const { id, tool } = judged;
    const denial = fallBackOf(judged);
    const evaluation = evaluationName();
    const now = this.#parts.recordTime();
    this.#append(callEvent(judged, evaluation, now));
    const how = { outcome: "blocked", fallback: denial.kind, durationMs: 0 } as const;
    this.#append(outcomeEvent({ evaluation, call: id, tool }, now, how));
    this.#parts.decided(judged);
    return denial;
  }

  /** The fourth and later denials of one content in a session say so. A limit frees itself, so it does not count. */
  #repeated(judged: Judged): Judged {
    if (judged.run === null || judged.decision.code === "rate_limited") return judged;
    const count = this.#sessions.denied(judged.run.sessionKey, digestOf(judged));
    return count > DENIALS_BEFORE_REPEATED ? denied(judged, "repeated") : judged;
  }

  #append(event: AuditEvent): void {
    const { audit, auditFailed } = this.#parts;
    try {
      const kept = audit.append(event, { durable: false });
      kept?.catch((error: unknown) => auditFailed(error));
    } catch (error) {
      auditFailed(error);
    }
  }
}

/** What the agent gets instead. Pure, so that it can be asked for before anything is recorded. */
function fallBackOf({ id, tool, decision, bundle, request, verdict }: Judged): Denial {
  const evaluator = bundle?.evaluator ?? null;
  return fallBack({ id, tool, decision, deciding: verdict.deciding, evaluator, request });
}

/** Some frameworks take the last part for the result, others what the generator returns. */
async function* onePart(part: unknown): AsyncGenerator<unknown, unknown, unknown> {
  yield part;
  return part;
}

async function* allParts(
  stream: AsyncIterable<unknown>,
): AsyncGenerator<unknown, unknown, unknown> {
  // What a generator returns is its result in some frameworks.
  return yield* stream;
}
