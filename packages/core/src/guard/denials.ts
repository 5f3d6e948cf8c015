import type { AuditEvent } from "../audit/record.ts";
import { markDenial, type Denial } from "../fallback/denial.ts";
import { chosenFallback, fallBack, type DeniedCall } from "../fallback/fallback.ts";
import type { HopHost } from "../fallback/hop.ts";
import type { SessionMemory } from "../sessions/memory.ts";
import type { CallInput, RunOptions } from "./guard.ts";
import { denied, digestOf, type Judged } from "./judge.ts";
import type { GuardParts } from "./parts.ts";
import { callEvent, evaluationName, outcomeEvent } from "./records.ts";

/** A limit frees itself, and a review that waits is asked for again by whoever resumes the run. */
const PASSING: ReadonlySet<string> = new Set(["rate_limited", "review_pending"]);

/** Denials of one content in a session before the words change. */
const DENIALS_BEFORE_REPEATED = 3;

/** What denials need of the state machine around them. */
interface DenialHost extends Pick<HopHost, "run"> {
  append(event: AuditEvent): void;
}

/** The end of denied calls: counted, recorded, and answered with what the agent gets instead. */
export class Denials {
  readonly #parts: GuardParts;
  readonly #sessions: SessionMemory;
  readonly #host: DenialHost;

  constructor(parts: GuardParts, sessions: SessionMemory, host: DenialHost) {
    this.#parts = parts;
    this.#sessions = sessions;
    this.#host = host;
  }

  /** What the agent would get instead. Pure, so that it can be asked for before anything is recorded. */
  kindOf(judged: Judged): Denial["kind"] {
    const { allowThrow } = this.#parts;
    const about = deniedOf(judged);
    return about.evaluator?.hop?.isFor(about, chosenFallback(about)) === true
      ? "tool"
      : fallBack(about, { end: false, allowThrow }).kind;
  }

  /** Records a denied call and makes what the agent gets instead; a lesser tool is left aside. */
  deny(refused: Judged): Denial {
    const { instead, settled } = this.#refuse(refused);
    settled(instead.kind);
    return instead;
  }

  /** The same; a lesser tool runs where the policy names one that the caller has. */
  denyOrHop(
    refused: Judged,
    call: CallInput,
    find: RunOptions<unknown>["fallbackTool"],
  ): Denial | Promise<Denial> {
    const { about, instead, settled } = this.#refuse(refused);
    const chosen = chosenFallback(about);
    const hop = about.evaluator?.hop;
    if (typeof find === "function" && hop?.isFor(about, chosen) === true) {
      const { run } = this.#host;
      return hop.run(
        chosen,
        { denied: about, call, instead, find },
        { run, settled, mark: markDenial },
      );
    }
    settled(instead.kind);
    return instead;
  }

  /** Records that a call is denied. How it is over is recorded once it is known what the agent gets. */
  #refuse(refused: Judged): {
    readonly about: DeniedCall;
    readonly instead: Denial;
    readonly settled: HopHost["settled"];
  } {
    const { judged, end } = this.#repeated(refused);
    const { id, tool } = judged;
    const about = deniedOf(judged);
    const instead = fallBack(about, { end, allowThrow: this.#parts.allowThrow });
    const evaluation = evaluationName();
    this.#host.append(callEvent(judged, evaluation, this.#parts.recordTime()));
    this.#parts.decided(judged);
    const settled = (fallback: Denial["kind"]): void => {
      const how = { outcome: "blocked", fallback, durationMs: 0 } as const;
      const now = this.#parts.recordTime();
      this.#host.append(outcomeEvent({ evaluation, call: id, tool }, now, how));
    };
    return { about, instead, settled };
  }

  /** The fourth and later denials of one content in a session say so. What ends by itself does not count. */
  #repeated(judged: Judged): { readonly judged: Judged; readonly end: boolean } {
    if (judged.run === null || PASSING.has(judged.decision.code)) return { judged, end: false };
    const count = this.#sessions.denied(judged.run.sessionKey, digestOf(judged));
    return {
      judged: count > DENIALS_BEFORE_REPEATED ? denied(judged, "repeated") : judged,
      // Written so that what is no number ends the run too.
      end: !(count < this.#parts.maxRepeatedDenials),
    };
  }
}

/** A denied call, as its fallback needs it. */
function deniedOf({ id, tool, decision, approval, bundle, request, verdict }: Judged): DeniedCall {
  const evaluator = bundle?.evaluator ?? null;
  return { id, tool, decision, approval, deciding: verdict.deciding, evaluator, request };
}
