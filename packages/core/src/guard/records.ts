import type { CallEvent, OutcomeEvent } from "../audit/record.ts";
import type { Would } from "../decision/decision.ts";
import { commitTo } from "./commitment.ts";
import { wouldIn, type Judged } from "./judge.ts";

/** One evaluation under way: the name that its two records share, and when it began. */
export interface OpenRecord {
  readonly evaluation: string;
  readonly call: string | null;
  readonly tool: string;
}

/** What is written before a tool runs, or instead of running it. Holds no argument value. `now`: epoch milliseconds. */
export function callEvent(judged: Judged, evaluation: string, now: number): CallEvent {
  const { decision, run, approval } = judged;
  const known = judged.bundle?.evaluator.tool(judged.tool);
  const commitment = commitTo(judged.tool, judged.snapshot);
  const would = wouldIn(decision);
  const event: CallEvent = {
    type: "call",
    time: instant(now),
    evaluation,
    call: judged.id === null ? null : short(judged.id),
    tool: short(judged.tool),
    agent: run?.agent.id ?? null,
    ...(run === null || run.delegation.length === 0
      ? {}
      : { delegation: run.delegation.map(({ id }) => id), delegator: decision.delegator ?? null }),
    user: run?.user?.id ?? null,
    tenant: run?.tenant ?? null,
    session: run?.session ?? null,
    operation: known?.operation ?? null,
    data: known?.data ?? null,
    effect: decision.effect,
    code: decision.code,
    rule: decision.rule,
    rules: decision.rules,
    risk: decision.risk.score,
    rewrites: decision.rewrites,
    get commitment() {
      return commitment();
    },
    bundle: decision.bundle,
    ...(would === undefined ? {} : { would: briefly(would) }),
  };
  return approval === null ? event : { ...event, approval };
}

function briefly({ effect, code, rule, bundle }: Would): NonNullable<CallEvent["would"]> {
  return { effect, code, rule, bundle };
}

/** What is written when the call is over. `durationMs` is 0 where the tool did not run. */
export function outcomeEvent(
  open: OpenRecord,
  now: number,
  outcome: Pick<OutcomeEvent, "outcome" | "fallback" | "durationMs">,
): OutcomeEvent {
  const { evaluation } = open;
  const call = open.call === null ? null : short(open.call);
  const tool = short(open.tool);
  const { outcome: how, fallback, durationMs } = outcome;
  const time = instant(now);
  return { type: "outcome", time, evaluation, call, tool, outcome: how, fallback, durationMs };
}

/** The most of a call's id or tool name that a record holds, in UTF-16 units. A tool that runs has at most 128. */
const LONGEST_NAME = 4_096;

/**
 * Ids and names come from a model, or from a client that writes the history. One of some megabytes would make a
 * line longer than any that is read, and a log that holds it would verify no more.
 */
function short(name: string): string {
  if (name.length <= LONGEST_NAME) return name;
  // Through JSON, which copies: a slice would keep all of the name alive for as long as the record is.
  return JSON.parse(JSON.stringify(`${name.slice(0, LONGEST_NAME)}…`)) as string; // a text goes in
}

let lastTime = Number.NaN;
let lastText = "";

/** ISO 8601, UTC, milliseconds. Many records share their millisecond, and writing a date costs more than comparing one. */
function instant(time: number): string {
  if (time !== lastTime) {
    lastText = new Date(time).toISOString();
    lastTime = time;
  }
  return lastText;
}

/** Names for evaluations: a random part for this process, then a count. Cheaper than a random name for each call. */
const names = { prefix: "", count: 0 };

/** A name that no other evaluation has. */
export function evaluationName(): string {
  if (names.prefix === "") names.prefix = globalThis.crypto.randomUUID();
  return `${names.prefix}:${(names.count++).toString(36)}`;
}
