import type { Rewrite, StreamIdentity } from "../decision/decision.ts";
import { sha256Hex } from "../snapshot/hash.ts";
import type { AuditEvent, CallEvent } from "./record.ts";

/** The `prev` of the first record of a chain: there is nothing before it. */
export const NO_RECORD: string = "0".repeat(64);

/**
 * Where a chain stood: its last record. Kept somewhere else, it shows later that the log was neither
 * cut before this record nor rewritten up to it, see `verifyAudit`.
 */
export interface AuditHead {
  readonly seq: number;
  /** Lower-case hexadecimal SHA-256 of the line, without its newline. */
  readonly hash: string;
}

/**
 * The JSON of an event. Keys stand in one fixed order and only known fields are written, so that
 * whatever else hangs on the object never enters a log, and so that equal events are equal bytes.
 */
export function eventJson(event: AuditEvent): string {
  return JSON.stringify(inOrder(event));
}

/** Puts the chain in front of an event's JSON. The result holds no newline: JSON escapes them in texts. */
export function chainedLine(json: string, seq: number, prev: string): string {
  return `{"v":1,"seq":${seq},"prev":"${prev}",${json.slice(1)}`;
}

/** One line of a log, without its newline: {@link chainedLine} of {@link eventJson}. */
export function recordLine(event: AuditEvent, seq: number, prev: string): string {
  return chainedLine(eventJson(event), seq, prev);
}

/** What the next record carries as `prev`: SHA-256 over the exact UTF-8 bytes, lower-case hexadecimal. */
export function lineHash(line: string | Uint8Array): string {
  return sha256Hex(line);
}

function inOrder(event: AuditEvent): AuditEvent {
  switch (event.type) {
    case "start":
      return { type: "start", time: event.time, chain: event.chain };
    case "call":
      return callInOrder(event);
    case "outcome":
      return {
        type: "outcome",
        time: event.time,
        evaluation: event.evaluation,
        call: event.call,
        tool: event.tool,
        outcome: event.outcome,
        fallback: event.fallback,
        durationMs: event.durationMs,
      };
    case "gap":
      return {
        type: "gap",
        time: event.time,
        evaluation: event.evaluation,
        call: event.call,
        tool: event.tool,
        why: event.why,
      };
  }
}

function callInOrder(event: CallEvent): CallEvent {
  return {
    type: "call",
    time: event.time,
    evaluation: event.evaluation,
    call: event.call,
    tool: event.tool,
    agent: event.agent,
    ...(Object.hasOwn(event, "delegation") && event.delegation !== undefined
      ? { delegation: [...event.delegation], delegator: event.delegator ?? null }
      : {}),
    user: event.user,
    tenant: event.tenant,
    session: event.session,
    operation: event.operation,
    data: event.data,
    effect: event.effect,
    code: event.code,
    rule: event.rule,
    rules: event.rules.map(({ name, action, outcome, at }) => ({
      name,
      action,
      outcome,
      at: { file: at.file, line: at.line },
    })),
    risk: event.risk,
    rewrites: event.rewrites.map(rewriteInOrder),
    commitment: event.commitment,
    bundle: bundleInOrder(event.bundle),
    ...(Object.hasOwn(event, "would") && event.would !== undefined
      ? { would: wouldInOrder(event.would) }
      : {}),
    // Its own: a polluted `Object.prototype` must not put a reviewer's name under a call that nobody was asked about.
    ...(Object.hasOwn(event, "approval") && event.approval !== undefined
      ? { approval: { id: event.approval.id, reviewers: [...event.approval.reviewers] } }
      : {}),
  };
}

function rewriteInOrder(rewrite: Rewrite): Rewrite {
  const { kind, path } = rewrite;
  switch (kind) {
    case "max_batch_size":
      return { kind, path, from: rewrite.from, to: rewrite.to };
    case "redact":
    case "reviewed":
      return { kind, path };
  }
}

function bundleInOrder(bundle: CallEvent["bundle"]): CallEvent["bundle"] {
  if (bundle === null) return null;
  const { id, version, digest, streams } = bundle;
  // Its own, as above.
  if (!Object.hasOwn(bundle, "streams") || streams === undefined) return { id, version, digest };
  return { id, version, digest, streams: streams.map(streamInOrder) };
}

function streamInOrder({ name, id, version, digest }: StreamIdentity): StreamIdentity {
  return { name, id, version, digest };
}

function wouldInOrder(would: NonNullable<CallEvent["would"]>): NonNullable<CallEvent["would"]> {
  const { effect, code, rule, bundle } = would;
  return { effect, code, rule, bundle: bundleInOrder(bundle) };
}
