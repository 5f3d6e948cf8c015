import { DATA_CLASSES, OPERATIONS } from "../policy/ir.ts";
import type { AuditRecord } from "./record.ts";

/** Whether a value read from a log has the fields of a record, each of its type. Says nothing of the chain. */
export function isAuditRecord(value: unknown): value is AuditRecord {
  if (!chainFields(value)) return false;
  // chainFields has found an object.
  const { type } = value as { readonly type?: unknown };
  if (typeof type !== "string" || !Object.hasOwn(EVENTS, type)) return false;
  return EVENTS[type]?.(value) === true;
}

type Check = (value: unknown) => boolean;

const text: Check = (value) => typeof value === "string";
const name: Check = (value) => typeof value === "string" && value !== "";
const number: Check = (value) => typeof value === "number";
const count: Check = (value) => Number.isSafeInteger(value) && (value as number) >= 0;
const digest: Check = (value) => typeof value === "string" && /^[0-9a-f]{64}$/.test(value);

const time: Check = (value) => {
  if (typeof value !== "string" || value.length !== 24) return false;
  const date = new Date(value);
  return !Number.isNaN(date.getTime()) && date.toISOString() === value;
};

function oneOf(...values: readonly unknown[]): Check {
  return (value) => values.includes(value);
}

function nullable(check: Check): Check {
  return (value) => value === null || check(value);
}

function optional(check: Check): Check {
  return (value) => value === undefined || check(value);
}

function listOf(check: Check): Check {
  return (value) => Array.isArray(value) && value.every(check);
}

function eitherOf(...checks: readonly Check[]): Check {
  return (value) => checks.some((check) => check(value));
}

function fields(checks: Readonly<Record<string, Check>>): Check {
  const entries = Object.entries(checks);
  return (value) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
    // Any own property of an object may be read; what is there is judged by the check.
    const found = value as Readonly<Record<string, unknown>>;
    return entries.every(([key, check]) =>
      check(Object.hasOwn(found, key) ? found[key] : undefined),
    );
  };
}

const chainFields = fields({ v: oneOf(1), seq: count, prev: digest });
const effect = oneOf("allow", "review", "deny");
const identity = { id: text, version: number, digest: text };
const bundle = fields({
  ...identity,
  streams: optional(listOf(fields({ name: text, ...identity }))),
});
const evaluated = { time, evaluation: name, call: nullable(text), tool: text };

const EVENTS: Readonly<Record<string, Check>> = {
  start: fields({ time, chain: name }),
  call: fields({
    ...evaluated,
    agent: nullable(text),
    delegation: optional(listOf(text)),
    delegator: optional(nullable(text)),
    user: nullable(text),
    tenant: nullable(text),
    session: nullable(text),
    operation: nullable(oneOf(...OPERATIONS)),
    data: nullable(oneOf(...DATA_CLASSES)),
    effect,
    // Any name: a log may be older or newer than this list of codes.
    code: name,
    rule: nullable(text),
    rules: listOf(
      fields({
        name: text,
        action: effect,
        outcome: oneOf("matched", "not_matched", "error"),
        at: fields({ file: text, line: count }),
      }),
    ),
    risk: number,
    rewrites: listOf(
      eitherOf(
        fields({ kind: oneOf("max_batch_size"), path: text, from: number, to: number }),
        fields({ kind: oneOf("redact", "reviewed"), path: text }),
      ),
    ),
    commitment: text,
    bundle: nullable(bundle),
    would: optional(fields({ effect, code: name, rule: nullable(text), bundle: nullable(bundle) })),
    approval: optional(fields({ id: name, reviewers: listOf(text) })),
  }),
  outcome: fields({
    ...evaluated,
    outcome: oneOf("executed", "error", "aborted", "blocked"),
    fallback: nullable(oneOf("message", "value", "tool", "route", "throw")),
    durationMs: number,
  }),
  gap: fields({ ...evaluated, why: oneOf("crash") }),
};
