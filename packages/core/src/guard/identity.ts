import type { Json, JsonObject } from "../snapshot/json.ts";

/** Who acts. Given by the host, never read from arguments, messages or anything a caller can write. */
export interface Agent {
  readonly id: string;
  readonly roles?: readonly string[];
  readonly function?: string;
  /** Further claims; conditions read them as `agent.NAME`. */
  readonly [claim: string]: Json | undefined;
}

/** For whom the agent acts. */
export interface User {
  readonly id: string;
  readonly [claim: string]: Json | undefined;
}

/** The host's word on who acts, for one run. */
export interface Identity {
  readonly agent: Agent;
  /**
   * The agents that handed the work on, the nearest first: the one that this agent acts for, then the one which that
   * acts for. At most {@link MOST_DELEGATORS}. Each call is decided for every one of them, and the most restrictive
   * decision holds: an agent that delegates cannot have done what it may not do itself.
   */
  readonly delegation?: readonly Agent[];
  readonly user?: User;
  readonly tenant?: string;
  /** One conversation or thread. Left out: the ticket itself is one session. */
  readonly session?: string;
  /** Facts of this tenant, beside those of the policy; conditions read them as `facts.NAME`. */
  readonly facts?: JsonObject;
  /** Anything else the host wants conditions to read as `context.NAME`. */
  readonly context?: JsonObject;
}

/** How many agents may stand between the acting agent and the one that began. */
export const MOST_DELEGATORS = 8;

/** What the user said in this run, in the host's words: the text parts of the authenticated request. */
export interface TicketOptions {
  readonly said?: readonly string[];
}

declare const ticketBrand: unique symbol;

/**
 * The host's word on who acts for whom in one run. Opaque: it lives in this process alone, and one
 * rebuilt from JSON is nothing. Made by `guard.for(identity)`.
 */
export interface Ticket {
  readonly [ticketBrand]: true;
}
