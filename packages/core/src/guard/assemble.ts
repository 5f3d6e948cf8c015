import type { AuditSink } from "../audit/record.ts";
import { memoryLimits } from "../limits/memory.ts";
import type { BundleKeeper } from "./bundles.ts";
import { Enforcer } from "./enforcer.ts";
import { Emitter } from "./emitter.ts";
import type { Guard } from "./guard.ts";
import { hostClock, hostLogger, textOf } from "./host-parts.ts";
import type { Judged } from "./judge.ts";
import { denialLine } from "./log-line.ts";
import type { CommonOptions } from "./options.ts";
import type { GuardParts } from "./parts.ts";
import type { CoverageEntry } from "./status.ts";
import { createTickets } from "./tickets.ts";
import { visibleTools } from "./visible-tools.ts";

/** Puts a guard together around a keeper of bundles. */
export function assembleGuard(
  keeper: BundleKeeper,
  emitter: Emitter,
  options: CommonOptions,
): Guard {
  const { audit, onReview } = options;
  const logger = hostLogger(options.logger);
  const clock = hostClock(options.clock ?? Date.now);
  const tickets = createTickets();
  const covered = new Map<string, CoverageEntry>();
  let closing: Promise<void> | null = null;

  const failed = (error: unknown): void => {
    logger?.error({ error: textOf(error) }, "the guard failed; the call was denied");
  };
  const parts: GuardParts = {
    tickets,
    audit,
    limits: options.stores?.limits ?? memoryLimits(),
    onReview,
    clock: clock.now,
    recordTime: clock.nowOrLast,
    bundle: (now) => {
      if (closing !== null) return null;
      if (keeper.current === null) keeper.retry(now);
      return keeper.current;
    },
    decided: (judged) => {
      if (judged.decision.effect === "deny") logger?.info(fieldsOf(judged), denialLine(judged));
      const { id, tool, run, decision } = judged;
      emitter.emit("decision", { call: id, tool, agent: run?.agent.id ?? null, decision });
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
    return (closing ??= Promise.resolve().then(() => closeAudit(audit)));
  }

  return {
    for: (identity, ticketOptions = {}) => tickets.issue(identity, ticketOptions),
    decide: (call) => enforcer.preview(call),
    open: (calls, openOptions = {}) => enforcer.openBatch(calls, openOptions),
    run: (call, execute, runOptions = {}) => enforcer.run(call, execute, runOptions),
    visibleTools: (ticket, tools) => {
      const now = clock.nowOrLast();
      return visibleTools(tickets.find(ticket), parts.bundle(now), now, tools);
    },
    cover: (entries) => {
      for (const entry of entries) covered.set(entry.tool, entry);
    },
    coverage: () => coverageOf(covered, keeper),
    status: () => ({
      state: closing !== null ? "closed" : keeper.current === null ? "no_bundle" : "ready",
      bundle: keeper.current?.status ?? null,
      lastError: keeper.lastError,
      openCalls: enforcer.openCalls,
    }),
    on: (name, listener) => emitter.on(name, listener),
    reload: () => keeper.reload(),
    flush: () => audit.flush(),
    close,
    [Symbol.asyncDispose]: close,
  };
}

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
  keeper: BundleKeeper,
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

function fieldsOf({ id, tool, run, decision }: Judged): object {
  const { effect, code, rule, bundle } = decision;
  return {
    call: id,
    tool,
    agent: run?.agent.id ?? null,
    effect,
    code,
    rule,
    bundle: bundle?.digest,
  };
}
