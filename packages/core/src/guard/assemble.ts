import type { Approval } from "../approvals/approval.ts";
import type { AuditSink } from "../audit/record.ts";
import { memoryLimits } from "../limits/memory.ts";
import type { Bundles, LoadedBundle } from "./bundles.ts";
import { Enforcer } from "./enforcer.ts";
import { Emitter } from "./emitter.ts";
import type { ReviewNotice } from "./events.ts";
import type { CallInput, Guard, OpenedCall, OpenOptions, OpenReviewsOptions } from "./guard.ts";
import { hostClock, hostLogger, textOf } from "./host-parts.ts";
import { decidedCall } from "./decided-call.ts";
import type { CommonOptions } from "./options.ts";
import type { GuardParts, StopCheck } from "./parts.ts";
import { approvalsOf, LazyReviews } from "./reviews-loader.ts";
import { shadowing } from "./shadowing.ts";
import type { CoverageEntry } from "./status.ts";
import { createTickets } from "./tickets.ts";
import { visibleTools } from "./visible-tools.ts";

/** Puts a guard together around a keeper of bundles, and of those that are only watched. */
export function assembleGuard(
  keeper: Bundles,
  emitter: Emitter,
  options: CommonOptions,
  shadow: Bundles | null = null,
  stop: StopCheck | null = null,
): Guard {
  const { audit, onReview, stores, reviewTimeout = 0, maxRepeatedDenials = Infinity } = options;
  const logger = hostLogger(options.logger);
  const clock = hostClock(options.clock ?? Date.now);
  const tickets = createTickets();
  const covered = new Map<string, CoverageEntry>();
  let closing: Promise<void> | null = null;
  let told = "";

  const failed = (error: unknown): void => {
    logger?.error({ error: textOf(error) }, "the guard failed; the call was denied");
  };
  const tellOfEnd = ({ identity, notBefore, expires, status }: LoadedBundle, now: number): void => {
    if (now < expires - (expires - notBefore) / 5 || told === identity.digest) return;
    told = identity.digest;
    emitter.emit("bundle.expiring", { bundle: identity, expires: status.expires });
  };
  const bundle = (now: number): LoadedBundle | null => {
    if (closing !== null) return null;
    if (!keeper.isReady) keeper.retry(now);
    const { current } = keeper;
    if (current !== null) tellOfEnd(current, now);
    return current;
  };
  const reviews = new LazyReviews({
    store: stores?.approvals,
    onReview,
    clock: clock.now,
    bundle,
    stop,
    requested: (approval) => emitter.emit("approval.requested", noticeOf(approval)),
    decided: (approval) => emitter.emit("approval.decided", noticeOf(approval)),
    failed,
  });
  const parts: GuardParts = {
    tickets,
    audit,
    limits: stores?.limits ?? memoryLimits(),
    canReview: onReview !== undefined || stores?.approvals !== undefined || reviewTimeout > 0,
    canAnswerLater: stores?.approvals !== undefined,
    reviewTimeout,
    reviews,
    allowThrow: options.allowThrow === true,
    maxRepeatedDenials,
    clock: clock.now,
    recordTime: clock.nowOrLast,
    bundle,
    stop,
    shadow: (now) => {
      if (shadow === null || closing !== null) return null;
      if (shadow.current === null) shadow.retry(now);
      return shadow.current;
    },
    decided: (judged) => {
      const { id, tool, run, decision } = judged;
      const agent = run?.agent.id ?? null;
      emitter.emit("decision", { call: id, tool, agent, decision });
      if (emitter.isHeard("call")) emitter.emit("call", decidedCall(judged));
      const beside = shadowing();
      if (beside === null || !beside.differs(decision)) return;
      emitter.emit("shadow.differs", { call: id, tool, agent, decision });
    },
    auditFailed: (error) => {
      const message = textOf(error);
      logger?.error({ error: message }, "a record could not be kept");
      emitter.emit("audit.failed", { message });
    },
    failed,
  };
  const enforcer = new Enforcer(parts);

  /** Once: whoever closes it again waits for the same end, and learns of the same failure. */
  function close(): Promise<void> {
    reviews.close();
    return (closing ??= Promise.resolve().then(() => closeAudit(audit)));
  }

  const load = async (how: "reload" | "refresh"): Promise<void> => {
    // The listener is told of a bundle in shadow that does not load; it is no reason to fail here.
    await Promise.all([keeper[how](), shadow?.[how]().catch(() => undefined)]);
  };

  return {
    for: (identity, ticketOptions = {}) => tickets.issue(identity, ticketOptions),
    delegate: (ticket, agent) => tickets.delegate(ticket, agent),
    sessionOf: (ticket) => tickets.find(ticket)?.sessionKey,
    decide: (call) => enforcer.preview(call),
    open: openerOf(enforcer),
    approvals: approvalsOf(reviews),
    approvalOf: (call) => enforcer.approvalOf(call),
    run: (call, execute, runOptions = {}) => enforcer.run(call, execute, runOptions),
    visibleTools: (ticket, tools) => {
      const now = clock.nowOrLast();
      return visibleTools(tickets.find(ticket), parts.bundle(now), now, tools);
    },
    pinOf: (tool) => keeper.current?.evaluator.policy.pins?.[tool],
    endsRuns: maxRepeatedDenials !== Infinity,
    cover: (entries) => {
      for (const entry of entries) covered.set(entry.tool, entry);
    },
    coverage: () => coverageOf(covered, keeper),
    status: () => ({
      state: closing !== null ? "closed" : keeper.isReady ? "ready" : "no_bundle",
      bundle: keeper.current?.status ?? null,
      source: keeper.health(),
      lastError: keeper.lastError,
      shadow: shadow?.current?.status ?? null,
      lastShadowError: shadow?.lastError ?? null,
      openCalls: enforcer.openCalls,
    }),
    on: (name, listener) => emitter.on(name, listener),
    reload: () => load("reload"),
    refresh: () => load("refresh"),
    flush: () => audit.flush(),
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** One name for both: with `reviews` people are asked, which takes its time. */
function openerOf(enforcer: Enforcer): Guard["open"] {
  function open(calls: readonly CallInput[], options: OpenReviewsOptions): Promise<Opened>;
  function open(calls: readonly CallInput[], options?: OpenOptions): Opened;
  function open(
    calls: readonly CallInput[],
    options: OpenOptions & Partial<OpenReviewsOptions> = {},
  ): Opened | Promise<Opened> {
    const { reviews } = options;
    return reviews === true || reviews === "opened"
      ? enforcer.openReviews(calls, { ...options, reviews })
      : enforcer.openBatch(calls, options);
  }
  return open;
}
type Opened = readonly OpenedCall[];

/** A sink that cannot flush still lets go of its file. */
async function closeAudit(audit: AuditSink): Promise<void> {
  try {
    await audit.flush();
  } finally {
    await audit.close();
  }
}

function coverageOf(
  covered: ReadonlyMap<string, CoverageEntry>,
  keeper: Bundles,
): readonly CoverageEntry[] {
  const policy = keeper.current?.evaluator.policy;
  const wrapped = [...covered.values()].map((entry) => ({
    ...entry,
    known: policy !== undefined && Object.hasOwn(policy.tools, entry.tool),
  }));
  const missing = Object.keys(policy?.tools ?? {})
    .filter((tool) => !covered.has(tool))
    .map((tool) => ({
      tool,
      state: "not_wrapped" as const,
      why: "the policy knows this tool and no adapter has wrapped it",
      known: true,
    }));
  return [...wrapped, ...missing];
}

function noticeOf(approval: Approval): ReviewNotice {
  const { id, call, state, agent, tenant, session, priority, expiresAt, votes } = approval;
  const reviewers = votes.map(({ reviewer }) => reviewer.id);
  return { id, call, state, agent: agent.id, tenant, session, priority, expiresAt, reviewers };
}
