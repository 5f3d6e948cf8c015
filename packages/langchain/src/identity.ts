import { AsyncLocalStorageProviderSingleton } from "@langchain/core/singletons";
import type { Guard, Identity, Ticket } from "@interlatch/core";

/**
 * What the framework knows of a run. A caller may have written any of it; only the host knows which part is
 * its own, such as the user that its authentication put into `configurable`.
 */
export interface RunContext {
  readonly configurable?: Readonly<Record<string, unknown>> | undefined;
  readonly context?: unknown;
}

/** Where the word on who acts comes from. Default: the ticket at `configurable.interlatch`. */
export interface IdentityOptions {
  /** One ticket for every call, for tools that serve one run. */
  readonly ticket?: Ticket;
  /**
   * Reads who acts from the run, for hosts whose framework carries a verified identity. Give a field that
   * your authentication sets, never one that a caller may send. Where the identity names no session, the
   * run's `thread_id` is the session. What throws, or gives nothing, is denied `identity_required`.
   */
  readonly identify?: (run: RunContext) => Identity | Ticket | undefined;
}

/** The ticket of a run. Whether it is one of this guard, the guard finds out: anything else is no identity. */
export function ticketOf(
  guard: Guard,
  run: RunContext | undefined,
  { ticket, identify }: IdentityOptions,
): Ticket | undefined {
  if (ticket !== undefined) return ticket;
  // A tool that is called by code inside a run is given no config; the framework keeps that of the run.
  const { configurable, context }: RunContext =
    run?.configurable === undefined
      ? (AsyncLocalStorageProviderSingleton.getRunnableConfig() ?? {})
      : run;
  if (identify === undefined) return configurable?.["interlatch"] as Ticket | undefined; // the guard checks it
  try {
    const who = identify({ configurable, context });
    if (who === undefined || !("agent" in who)) return who;
    return guard.for(withSession(who, configurable?.["thread_id"]));
  } catch {
    // Nobody is known, so the guard denies; an error here would end the whole run.
    return undefined;
  }
}

function withSession(who: Identity, thread: unknown): Identity {
  if (who.session !== undefined || typeof thread !== "string" || thread === "") return who;
  return { ...who, session: thread };
}
