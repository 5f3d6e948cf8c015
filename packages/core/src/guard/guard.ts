import type { Decision } from "../decision/decision.ts";
import type { Denial } from "../fallback/denial.ts";
import type { JsonObject } from "../snapshot/json.ts";
import type { Agent, Identity, Ticket, TicketOptions, User } from "./identity.ts";
import type { CoverageEntry, GuardStatus } from "./status.ts";
import type { GuardEvents } from "./events.ts";

/** One call as an adapter hands it over. `arguments` is what the tool would get: after the tool's own schema. */
export interface CallInput {
  /** Absent or not a ticket of this guard: the call is denied `identity_required`. */
  readonly ticket: Ticket | undefined;
  /** The id the model gave. Absent or empty: denied `missing_call_id`. */
  readonly id: string | undefined;
  readonly tool: string;
  readonly arguments: unknown;
  /**
   * An object that all calls of one model turn share (the message, its array). The same id twice in one
   * batch is denied, also when the first is already done.
   */
  readonly batch?: object;
}

/** What a tool gets to run with. */
export interface ExecutionContext {
  readonly decision: Decision;
}

/** Runs the tool on the effective arguments: a fresh, ordinary, mutable copy made before the decision. */
export type Execute<Result> = (
  // What a tool takes is the tool's own type; the guard carries it through.
  // oxlint-disable-next-line typescript/no-explicit-any
  args: any,
  context: ExecutionContext,
) => Result;

export interface RunOptions<Denied> {
  /** What to give for a denied call. Left out: the {@link Denial} itself. */
  readonly denied?: (denial: Denial) => Denied;
  /** `true`: `execute` is a plain function that returns an async iterable. Async generator functions are recognised. */
  readonly stream?: boolean;
}

/** Options of {@link Guard.open}. */
export interface OpenOptions {
  /**
   * A kind of denial that the caller has no way to hand over at this point. Such a call is neither recorded
   * nor answered: it comes back denied and without a denial, and {@link Guard.run} ends it.
   */
  readonly leave?: Denial["kind"];
}

/** The verdict on one call of a batch, before any of the batch runs. */
export interface OpenedCall {
  readonly decision: Decision;
  /** There when the call is over: it was denied, recorded, and this is what the agent gets. */
  readonly denial?: Denial;
}

/** The question to a person. `arguments` are the effective ones, `asked` what the model asked for. */
export interface ReviewRequest {
  readonly call: { readonly id: string; readonly tool: string };
  readonly arguments: JsonObject;
  readonly asked: JsonObject;
  /** Lower-case hexadecimal SHA-256 over tool and effective arguments (RFC 8785). */
  readonly digest: string;
  readonly decision: Decision;
  readonly agent: Agent;
  readonly user: User | null;
  readonly tenant: string | null;
  readonly session: string;
}

/** The answer. Anything else, an error or a rejection of the promise is a denial. */
export type ReviewAnswer =
  | { readonly answer: "approve"; readonly reviewer: string }
  | { readonly answer: "reject"; readonly reviewer: string };

/**
 * Decides, enforces and records. Made by `createGuard`; adapters drive it and hold no state of their own.
 */
export interface Guard {
  /** A ticket for one run. Throws `ERR_IDENTITY` when the identity is malformed. */
  for(identity: Identity, options?: TicketOptions): Ticket;

  /**
   * A preview: what the policy says of this call now. Synchronous; reserves, records and authorises nothing.
   */
  decide(call: CallInput): Decision;

  /**
   * Judges a whole batch before any of it runs. A call id twice in the batch denies every call with it.
   * Denied calls are recorded and come back with their denial; the others go on to {@link Guard.run},
   * which decides again. A `review` goes on when somebody can be asked.
   */
  open(calls: readonly CallInput[], options?: OpenOptions): readonly OpenedCall[];

  /**
   * The whole of it: decide, ask, reserve, record, execute, record. Returns what `execute` returns, in the
   * same form, when nothing on the way waits; otherwise a promise of it, or an async generator where
   * `execute` is one. Never throws of its own; what the tool throws goes on.
   */
  run<Result, Denied = Denial>(
    call: CallInput,
    execute: Execute<Result>,
    options?: RunOptions<Denied>,
  ): Result | Denied | Promise<Awaited<Result> | Denied>;

  /** The tools that this agent could ever be allowed, their descriptions without invisible characters. Not a gate. */
  visibleTools<Tool extends { readonly name: string; readonly description?: string }>(
    ticket: Ticket | undefined,
    tools: readonly Tool[],
  ): readonly Tool[];

  /** Adapters tell which tools they enforce; see {@link Guard.coverage}. */
  cover(entries: readonly CoverageEntry[]): void;
  /** Every tool that an adapter or the policy knows, and whether it is enforced. */
  coverage(): readonly CoverageEntry[];

  status(): GuardStatus;
  /** Returns what takes the listener away again. A listener that throws is logged and changes nothing. */
  on<Name extends keyof GuardEvents>(
    name: Name,
    listener: (event: GuardEvents[Name]) => void,
  ): () => void;
  /**
   * Reads the source again. A newer valid bundle takes over for the calls that come after; anything else
   * keeps the bundle in force and rejects with its code.
   */
  reload(): Promise<void>;
  /** Settles when every record is kept. */
  flush(): Promise<void>;
  /** Flushes, then denies whatever comes. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}
