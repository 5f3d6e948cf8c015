import {
  type AuditSink,
  type Identity,
  isInterlatchError,
  type Policy,
  type Ticket,
} from "@interlatch/core";
import { everyReviewer, fakeClock, testGuard, type TestGuard } from "@interlatch/core/testing";
import { didRun, type Recording } from "../recordings/recording.ts";
import { type Played, withDemands } from "./demands.ts";

/** How many identities keep their ticket. Beyond it they begin anew, which costs time alone. */
const MAX_TICKETS = 10_000;

/** Keeps nothing: a replay is no event that anybody has to prove. */
const NOWHERE: AuditSink = {
  durable: false,
  append: () => undefined,
  flush: () => Promise.resolve(),
  close: () => Promise.resolve(),
};

/** Asks one policy about one call after the other. */
export interface Player {
  /**
   * Decides a call, and counts it against the limits of its rules where it has a time and limits are played.
   * `null`: no guard takes its identity.
   */
  play(recording: Recording): Promise<Played | null>;
  close(): Promise<void>;
}

/** How a policy is played. */
export interface PlayerOptions {
  /** Whether calls that are allowed count against limits. */
  readonly limits: boolean;
  /** The clock of calls that have no time, epoch milliseconds. */
  readonly time: number;
}

/**
 * Plays recorded calls on the engine that runs in production, in memory, in the order in which they are handed over.
 * A call that is allowed counts as executed; one under review counts as approved where the recording says that it
 * ran. A policy in shadow is asked what it would do were it in force.
 */
export async function createPlayer(
  policy: Policy,
  { limits, time }: PlayerOptions,
): Promise<Player> {
  const clock = fakeClock(time);
  let answer: "approve" | "reject" = "reject";
  const guard = await testGuard(
    { ...policy, mode: "enforce" },
    {
      time: clock,
      audit: NOWHERE,
      onReview: (request) => everyReviewer(request, answer),
    },
  );
  const tickets = new Tickets(guard);
  let count = 0;
  return {
    async play(recording) {
      const ticket = tickets.of(recording.identity);
      if (ticket === null) return null;
      clock.set(recording.time ?? time);
      const { tool, arguments: args } = recording;
      const call = { ticket, id: String((count += 1)), tool, arguments: args };
      const decision = withDemands(policy, guard.decide(call));
      if (!limits || !isCounted(recording) || decision.effect === "deny") return decision;
      if (decision.effect === "allow" || didRun(recording) === true) {
        answer = "approve";
        const ran: unknown = guard.run(call, () => undefined);
        if (decision.effect === "review") await ran;
        answer = "reject";
      }
      return decision;
    },
    close: () => guard.close(),
  };
}

/** Whether a call counts for those after it: nobody knows in which window a call without a time lies. */
export function isCounted({ time, isAlone }: Recording): boolean {
  return time !== undefined && isAlone !== true;
}

/** Tickets by identity: recorded calls come by the hundred from one agent in one session. */
class Tickets {
  readonly #guard: TestGuard;
  readonly #known = new Map<string, Ticket | null>();

  constructor(guard: TestGuard) {
    this.#guard = guard;
  }

  of(identity: Identity): Ticket | null {
    const key = JSON.stringify(identity);
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    if (this.#known.size >= MAX_TICKETS) this.#known.clear();
    const ticket = this.#issue(identity);
    this.#known.set(key, ticket);
    return ticket;
  }

  #issue(identity: Identity): Ticket | null {
    try {
      return this.#guard.for(identity);
    } catch (error) {
      if (isInterlatchError(error, "ERR_IDENTITY")) return null;
      throw error;
    }
  }
}
