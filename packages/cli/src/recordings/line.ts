import {
  DECISION_CODES,
  type DecisionCode,
  type Effect,
  type Identity,
  type JsonObject,
} from "@interlatch/core";
import { nearest } from "@interlatch/policy";
import { shown } from "../output.ts";
import type { RecordedDecision, Recording } from "./recording.ts";

/** What is wrong with a line, in words for whoever wrote it. */
export class LineFault extends Error {}

/** Who calls, for lines that do not say. */
export interface StandIn {
  readonly identity: Omit<Identity, "session"> | undefined;
}

/** The keys of a line of `v: 1`; any other is a fault. */
const KEYS = [
  "v",
  "time",
  "tool",
  "arguments",
  "agent",
  "delegation",
  "user",
  "tenant",
  "session",
  "id",
  "facts",
  "context",
  "effect",
  "code",
  "rule",
  "bundle",
] as const;

/**
 * The calls of one line, in any of three forms: our own (`v: 1`), a flat public one (`dataset`, `tool`, `arguments`,
 * `trace_id`, `step`), and a run with its `calls`.
 *
 * @param at - the line as messages name it
 * @throws LineFault
 */
export function callsOfLine(line: unknown, at: string, standIn: StandIn): readonly Recording[] {
  const whole = asObject(line, "the line");
  if (Object.hasOwn(whole, "v")) return [ownLine(whole, at)];
  if (Object.hasOwn(whole, "calls")) return callsOfRun(whole, at, standIn);
  if (Object.hasOwn(whole, "dataset")) return [publicCall(whole, whole, at, standIn)];
  throw new LineFault(
    "it is no recorded call: `v: 1` is missing, and it is no line of a public data set either",
  );
}

function ownLine(whole: JsonObject, at: string): Recording {
  if (whole["v"] !== 1) throw new LineFault(`\`v\` is ${shown(whole["v"])}; this version reads 1`);
  const unknown = Object.keys(whole).find((key) => !KEYS.some((known) => known === key));
  if (unknown !== undefined) {
    const near = nearest(unknown, KEYS);
    const hint = near === undefined ? "" : `; meant: \`${near}\`?`;
    throw new LineFault(`${shown(unknown)} is no key of a recorded call${hint}`);
  }
  const decided = decidedIn(whole);
  const optional = (key: string): JsonObject =>
    Object.hasOwn(whole, key) ? { [key]: whole[key] ?? null } : {};
  const identity = {
    agent: asObject(whole["agent"], "`agent`"),
    ...optional("delegation"),
    ...optional("user"),
    ...optional("tenant"),
    ...optional("session"),
    ...optional("facts"),
    ...optional("context"),
  };
  const { id, bundle } = whole;
  if (bundle !== undefined) textOf(bundle, "`bundle`");
  return {
    at,
    ...(id === undefined ? {} : { id: textOf(id, "`id`") }),
    tool: toolOf(whole),
    arguments: asObject(whole["arguments"], "`arguments`"),
    // Its parts are JSON; the guard checks what they say when the call is replayed.
    identity: identity as unknown as Identity,
    time: timeOf(whole),
    ...(decided === undefined ? {} : { decided }),
  };
}

function decidedIn(whole: JsonObject): RecordedDecision | undefined {
  const { effect, code, rule = null } = whole;
  if (effect === undefined && code === undefined) return undefined;
  if (effect !== "allow" && effect !== "review" && effect !== "deny") {
    throw new LineFault(`\`effect\` is allow, review or deny; found ${shown(effect)}`);
  }
  if (typeof code !== "string" || !Object.hasOwn(DECISION_CODES, code)) {
    throw new LineFault(`\`code\` is none of the decision codes; found ${shown(code)}`);
  }
  if (rule !== null && typeof rule !== "string") {
    throw new LineFault(`\`rule\` is a text or null; found ${shown(rule)}`);
  }
  const known: Effect = effect;
  return { effect: known, code: code as DecisionCode, rule }; // one of the table's own keys
}

function timeOf({ time }: JsonObject): number {
  const found = typeof time === "string" ? Date.parse(time) : Number.NaN;
  const isInstant =
    typeof time === "string" && /^\d{4}-\d{2}-\d{2}T[\d:.]+(?:Z|[+-]\d{2}:\d{2})$/.test(time);
  if (isInstant && Number.isFinite(found)) return found;
  throw new LineFault(`\`time\` is an instant like 2026-01-31T09:00:00Z; found ${shown(time)}`);
}

function callsOfRun(run: JsonObject, at: string, standIn: StandIn): readonly Recording[] {
  const { calls } = run;
  if (!Array.isArray(calls)) throw new LineFault("`calls` is a list");
  return calls.map((call: unknown, index) =>
    publicCall(asObject(call, `call ${index + 1}`), run, `${at}#${index + 1}`, standIn),
  );
}

/** A call of a public data set. It says neither who nor when; its trace is the session. */
function publicCall(
  call: JsonObject,
  run: JsonObject,
  at: string,
  { identity }: StandIn,
): Recording {
  if (identity === undefined) {
    throw new LineFault(
      "it does not say who called: --agent ID or --as FILE says it for such lines",
    );
  }
  const trace = run["trace_id"];
  if (typeof trace !== "string" || trace === "") throw new LineFault("`trace_id` is missing");
  return {
    at,
    tool: toolOf(call),
    arguments: asObject(call["arguments"], "`arguments`"),
    identity: { ...identity, session: trace },
  };
}

function toolOf({ tool }: JsonObject): string {
  return textOf(tool, "`tool`");
}

function textOf(value: unknown, what: string): string {
  if (typeof value === "string") return value;
  throw new LineFault(`${what} is a text; found ${shown(value)}`);
}

function asObject(value: unknown, what: string): JsonObject {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return value as JsonObject; // straight from the JSON parser
  }
  throw new LineFault(`${what} is no JSON object; found ${shown(value)}`);
}
