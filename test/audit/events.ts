import { lineHash, NO_RECORD, recordLine } from "../../packages/core/src/audit/chain.ts";
import type {
  AuditEvent,
  AuditRecord,
  CallEvent,
  GapEvent,
  OutcomeEvent,
  StartEvent,
} from "../../packages/core/src/audit/record.ts";

const MIDNIGHT = Date.UTC(2026, 0, 1);

/** A time in the log, in seconds after its start. */
export function at(seconds: number): string {
  return new Date(MIDNIGHT + seconds * 1000).toISOString();
}

export function start(changes: Partial<StartEvent> = {}): StartEvent {
  return { type: "start", time: at(0), chain: "chain-one", ...changes };
}

/** An allowed call. `n` names the evaluation and sets the time. */
export function call(n: number, changes: Partial<CallEvent> = {}): CallEvent {
  return {
    type: "call",
    time: at(n),
    evaluation: `e${n}`,
    call: `call_${n}`,
    tool: "search",
    agent: "helpdesk",
    user: null,
    tenant: "acme",
    session: "s1",
    operation: "read",
    data: "internal",
    effect: "allow",
    code: "allowed",
    rule: "searching is fine",
    rules: [
      {
        name: "searching is fine",
        action: "allow",
        outcome: "matched",
        at: { file: "policy.yaml", line: 12 },
      },
    ],
    risk: 5,
    rewrites: [],
    commitment: lineHash(`arguments of ${n}`),
    bundle: { id: "helpdesk", version: 3, digest: lineHash("bundle") },
    ...changes,
  };
}

export function denied(n: number, changes: Partial<CallEvent> = {}): CallEvent {
  return call(n, { effect: "deny", code: "no_match", rule: null, ...changes });
}

/** The outcome of {@link call} with the same `n`. */
export function outcome(n: number, changes: Partial<OutcomeEvent> = {}): OutcomeEvent {
  return {
    type: "outcome",
    time: at(n),
    evaluation: `e${n}`,
    call: `call_${n}`,
    tool: "search",
    outcome: "executed",
    fallback: null,
    durationMs: 12.5,
    ...changes,
  };
}

export function blocked(n: number): OutcomeEvent {
  return outcome(n, { outcome: "blocked", fallback: "message", durationMs: 0 });
}

/** The gap of {@link call} with the same `n`. */
export function gap(n: number): GapEvent {
  const { time, evaluation, call: id, tool } = call(n);
  return { type: "gap", time, evaluation, call: id, tool, why: "crash" };
}

/** The lines of a log of these events, with a true chain. So does a forger who rewrites a log whole. */
export function chained(events: readonly AuditEvent[]): string[] {
  let prev = NO_RECORD;
  return events.map((event, seq) => {
    const line = recordLine(event, seq, prev);
    prev = lineHash(line);
    return line;
  });
}

/** Puts `seq` in order again and leaves the rest, as a forger does who hopes that nobody hashes. */
export function renumbered(lines: readonly string[]): string[] {
  return lines.map((line, seq) => {
    const record = recordOf(line);
    return recordLine(record, seq, record.prev);
  });
}

/** Reads a line that a test has made. */
export function recordOf(line: string | undefined): AuditRecord {
  return JSON.parse(line ?? "null") as AuditRecord;
}

/** The log as a file holds it. */
export function asText(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join("");
}

/** `start`, then calls with their outcomes, every fifth one denied; `records` in all. */
export function honestLog(records: number): string[] {
  const events: AuditEvent[] = [start()];
  for (let n = 1; events.length < records; n += 1) {
    if (n % 5 === 0) events.push(denied(n), blocked(n));
    else events.push(call(n), outcome(n));
  }
  return chained(events.slice(0, records));
}
