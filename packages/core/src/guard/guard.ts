import type { GuardApprovals } from "../approvals/answers.ts";
import type { Approval, Reviewer } from "../approvals/approval.ts";
import type { Decision } from "../decision/decision.ts";
import type { Denial } from "../fallback/denial.ts";
import type { ReviewDemand, ReviewPriority } from "../policy/ir.ts";
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
  /**
   * The tool's definition as the model was shown it: what `definitionDigest` gives, or a function that gives it and is
   * called only where the policy pins the tool. A pinned tool without it, or with another one, is denied `tool_changed`.
   */
  readonly definition?: DefinitionDigest;
}

/** See {@link CallInput.definition}. */
export type DefinitionDigest = string | (() => string | undefined) | undefined;

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

/** A tool of the caller's that a fallback may run in place of a denied one. */
export interface FallbackTool {
  /**
   * Runs it, once its call is allowed by a decision of its own. A stream is read to its end, and the last part is the
   * result. What it throws is not handed on: the agent then gets the message of the denied call.
   */
  readonly execute: Execute<unknown>;
  /**
   * Reads the arguments as the tool's own schema does, so that what is judged is what the tool gets. Throws or rejects
   * where the schema refuses them. Left out: they are judged as the policy made them.
   */
  readonly read?: (args: unknown) => unknown;
  /** As of a {@link CallInput}. */
  readonly definition?: DefinitionDigest;
}

export interface RunOptions<Denied> {
  /** What to give for a denied call. Left out: the {@link Denial} itself. */
  readonly denied?: (denial: Denial) => Denied;
  /**
   * The tool of this name, where the caller has one: it runs where the policy names it in place of this call. Left out,
   * or `undefined`: the agent gets the message.
   *
   * @example
   * ```ts
   * import { isDenial, type FallbackTool, type Guard, type Ticket } from "@interlatch/core";
   * declare const guard: Guard;
   * declare const ticket: Ticket;
   * const lesser: Record<string, FallbackTool> = { save_draft: { execute: () => "draft saved" } };
   * const call = { ticket, id: "c1", tool: "send_email", arguments: { to: "a@x.test" } };
   * const result = await guard.run(call, () => "sent", { fallbackTool: (tool) => lesser[tool] });
   * if (isDenial(result) && result.kind === "tool") console.log(result.message, result.result);
   * ```
   */
  readonly fallbackTool?: (tool: string) => FallbackTool | undefined;
  /** `true`: `execute` is a plain function that returns an async iterable. Async generator functions are recognised. */
  readonly stream?: boolean;
  /**
   * `true`: the caller brings the answers of people to `guard.approvals` by itself. A review without an answer is then
   * denied `review_pending`, and the same call finds the answer when it comes again. `"opened"`: the same, but nobody
   * is asked anew. Only an approval that {@link Guard.open} has opened lets the call run, so that a call which is sent
   * again or made up opens no question. `false`: nobody is asked at all; a review is denied `review_unavailable`.
   */
  readonly reviews?: boolean | "opened";
  /** How long to wait for a person's answer, in milliseconds. Default: the guard's own `reviewTimeout`. */
  readonly reviewTimeout?: number;
  /** Ends the wait for a person's answer; the question stays open. */
  readonly signal?: AbortSignal;
}

/** Options of {@link Guard.open}. */
export interface OpenOptions {
  /**
   * Kinds of denials that the caller has no way to hand over at this point. Such a call is neither recorded
   * nor answered: it comes back denied and without a denial, and {@link Guard.run} ends it. `"every"`: all of them,
   * for a caller that may have to begin again before it can hand over anything, and then opens the call once more.
   * No lesser tool runs while calls are opened: one that is not left is answered with its message.
   */
  readonly leave?: Denial["kind"] | readonly Denial["kind"][] | "every";
}

/** Options of {@link Guard.open} for a caller that asks people itself. */
export interface OpenReviewsOptions extends OpenOptions {
  /** `"opened"`: nobody is asked anew; a call without an open approval is denied. */
  readonly reviews: true | "opened";
}

/** The verdict on one call of a batch, before any of the batch runs. */
export interface OpenedCall {
  readonly decision: Decision;
  /** There when the call is over: it was denied, recorded, and this is what the agent gets. */
  readonly denial?: Denial;
  /** With `reviews`, there for a call that needs one: pending, or approved and ready to run. */
  readonly approval?: Approval;
}

/**
 * The question to a person. `arguments` are the effective ones, `asked` what the model asked for, but for what the
 * policy redacts.
 */
export interface ReviewRequest {
  /** The id of the approval. */
  readonly approval: string;
  /** Who must answer: each of them. */
  readonly demands: readonly ReviewDemand[];
  readonly priority: ReviewPriority;
  /** ISO 8601, UTC. A later answer comes too late. */
  readonly expiresAt: string;
  readonly call: { readonly id: string; readonly tool: string };
  readonly arguments: JsonObject;
  readonly asked: JsonObject;
  /** Lower-case hexadecimal SHA-256 over tool and effective arguments (RFC 8785). */
  readonly digest: string;
  readonly decision: Decision;
  readonly agent: Agent;
  /** The agents that it acts for, the nearest first. */
  readonly delegation: readonly Agent[];
  readonly user: User | null;
  readonly tenant: string | null;
  readonly session: string;
}

/**
 * The answer of one person. Anything else, an error or a rejection of the promise is a denial. A reviewer who is only
 * named counts as a member of the group `reviewer`.
 */
export type ReviewAnswer = {
  readonly reviewer: string | Reviewer;
  /** For the records. */
  readonly reason?: string;
} & (
  | { readonly answer: "approve" | "reject" }
  /** Approved with these arguments in place of those that were asked about: all of them, never another tool. */
  | { readonly answer: "modify"; readonly arguments: JsonObject }
);

/**
 * Decides, enforces and records. Made by `createGuard`; adapters drive it and hold no state of their own.
 */
export interface Guard {
  /** A ticket for one run. Throws `ERR_IDENTITY` when the identity is malformed. */
  for(identity: Identity, options?: TicketOptions): Ticket;
  /**
   * A ticket for an agent to which the agent of `ticket` hands on work: a sub-agent, a nested graph, a handoff. It is of
   * the same user, tenant, session and facts. Each of its calls is decided for this agent and for every one before it,
   * and the most restrictive decision holds, so that it never may what they may not. Limits that are kept by the agent
   * count for this agent alone.
   *
   * Throws `ERR_IDENTITY` for what is no ticket of this guard, for a malformed agent, and past
   * {@link MOST_DELEGATORS} agents; one that stands in the chain already is not counted again.
   *
   * @example
   * ```ts
   * import type { Guard, Ticket } from "@interlatch/core";
   * declare const guard: Guard;
   * declare const ticket: Ticket;
   * const researcher = guard.delegate(ticket, { id: "researcher", roles: ["reader"] });
   * ```
   */
  delegate(ticket: Ticket, agent: Agent): Ticket;
  /** Tenant and session of a ticket in one text, for what is kept by session. `undefined`: it is none of this guard. */
  sessionOf(ticket: Ticket | undefined): string | undefined;

  /**
   * A preview: what the policy says of this call now. Synchronous; reserves, records and authorises nothing.
   */
  decide(call: CallInput): Decision;

  /**
   * Judges a whole batch before any of it runs. A call id twice in the batch denies every call with it.
   * Denied calls are recorded and come back with their denial; the others go on to {@link Guard.run},
   * which decides again. A `review` goes on when somebody can be asked. With `reviews` people are asked, and each such
   * call comes with its approval: until it was used up, opening the same call again finds the same one.
   */
  open(calls: readonly CallInput[], options: OpenReviewsOptions): Promise<readonly OpenedCall[]>;
  open(calls: readonly CallInput[], options?: OpenOptions): readonly OpenedCall[];

  /** The questions to people, and their answers. */
  readonly approvals: GuardApprovals;
  /**
   * The approval of exactly this call, in whatever state: the one that was opened last for its tenant, session, id,
   * tool and arguments. Asks nobody and records nothing. `null`: there is none. Rejects where the store fails.
   */
  approvalOf(call: CallInput): Promise<Approval | null>;

  /**
   * The whole of it: decide, ask, reserve, record, execute, record. Returns what `execute` returns, in the
   * same form, when nothing on the way waits; otherwise a promise of it, or an async generator where
   * `execute` is one. Never throws of its own, but a `DeniedError` where host and policy both want that; what the
   * tool throws goes on.
   */
  run<Result, Denied = Denial>(
    call: CallInput,
    execute: Execute<Result>,
    options?: RunOptions<Denied>,
  ): Result | Denied | Promise<Awaited<Result> | Denied>;

  /**
   * The tools that this agent could ever be allowed, their descriptions without invisible characters. Not a gate: a
   * tool that was left out and is called all the same is denied. Words of discovered tools: see `cleanDefinition`.
   */
  visibleTools<Tool extends { readonly name: string; readonly description?: string }>(
    ticket: Ticket | undefined,
    tools: readonly Tool[],
  ): readonly Tool[];

  /** The digest of the definition that the policy in force approves of this tool; `undefined`: it is not pinned. */
  pinOf(tool: string): string | undefined;

  /** Whether a denial may say that the run is to end: the host has given `maxRepeatedDenials`. */
  readonly endsRuns: boolean;
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
  /**
   * Reads trust roots, status and bundle now instead of at the next poll: for a webhook that says that something was
   * published, and for the beginning of a request where timers stand still between requests. What it says changes
   * nothing by itself: all of it is verified as ever. However often it is called meanwhile, one look follows the one
   * under way. Rejects with the code of what was refused, or could not be reached; what is in force stays.
   */
  refresh(): Promise<void>;
  /** Settles when every record is kept. */
  flush(): Promise<void>;
  /** Flushes, then denies whatever comes. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}
