import type { Identity, Json, JsonObject } from "@interlatch/core";
import { epochOf } from "../conditions/times.ts";
import type { Reporter } from "../diagnostics/reporter.ts";
import { shown } from "../diagnostics/words.ts";
import { listAt, mapAt, numberAt, textAt, wordAt } from "../document/fields.ts";
import { toJson, toJsonObject, valueOf, type YamlMap } from "../yaml/tree.ts";
import type { EarlierCall, ExpectedDecision } from "./case.ts";
import { callOf, expectedOf, placeOf } from "./read-parts.ts";

/** What the case says that its earlier calls take over. */
export interface CaseAround {
  readonly identity: Identity;
  /** The case's own instant, epoch milliseconds; absent where the runner's clock is used. */
  readonly time: number | undefined;
  readonly facts: JsonObject | undefined;
}

/** The calls before that of a case, in their order. What is wrong is reported; such a call is left out. */
export function earlierCalls(
  node: YamlMap,
  around: CaseAround,
  reporter: Reporter,
): readonly EarlierCall[] {
  const calls: EarlierCall[] = [];
  let beforeMs: number | null = null;
  for (const item of listAt(node, "session")?.items ?? []) {
    if (item.kind !== "map") continue;
    beforeMs = beforeOf(item, around.time, beforeMs, reporter);
    const call = callOf(item);
    if (call === undefined) continue;
    const facts = mapAt(item, "facts");
    const hostFacts = facts === undefined ? around.facts : toJsonObject(facts);
    const result = valueOf(item, "result");
    const expect = mapAt(item, "expect");
    const expected = expect === undefined ? undefined : expectedOf(expect, reporter);
    calls.push({
      at: placeOf(item.at),
      call,
      identity: identityOf(item, around.identity),
      ...(hostFacts === undefined ? {} : { facts: hostFacts }),
      beforeMs,
      times: numberAt(item, "times") ?? 1,
      result: (result === undefined ? undefined : toJson(result)) ?? null,
      review: wordAt(item, "review", ["approve", "reject"]) ?? "approve",
      ...(expected === undefined ? {} : ({ expect: expected } as { expect: ExpectedDecision })),
    });
  }
  return calls;
}

function identityOf(node: YamlMap, around: Identity): Identity {
  const parts: Record<string, Json> = {};
  for (const key of ["agent", "user", "tenant", "context"]) {
    const value = valueOf(node, key);
    const given = value === undefined ? undefined : toJson(value);
    if (given !== undefined) parts[key] = given;
  }
  return { ...around, ...parts } as Identity; // its parts were checked by the schema of the document
}

const UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** Milliseconds before the case. Without `at` it is the instant of the call before, or of the case itself. */
function beforeOf(
  node: YamlMap,
  time: number | undefined,
  last: number | null,
  reporter: Reporter,
): number {
  const written = textAt(node, "at");
  if (written === undefined) return last ?? 0;
  const text = shown(written.value);
  const refuse = (message: string, hint: string): number => {
    reporter.error({ code: "bad_date", at: written.at, message, hint });
    return last ?? 0;
  };
  const [, amount, unit = ""] = /^-(\d{1,12})(ms|s|m|h|d)$/.exec(written.value) ?? [];
  const instant = epochOf(written.value);
  if (amount === undefined && instant === undefined) {
    return refuse(
      `\`${text}\` is no instant.`,
      "Write how long before, like -30s, -5m, -2h, -1d, or an instant like 2026-11-22T10:00:00Z.",
    );
  }
  if (amount === undefined && time === undefined) {
    return refuse(
      `\`${text}\` is an instant, and the case has no \`time\` to compare it with.`,
      "Give the case a `time`, or write how long before it, like -30s.",
    );
  }
  const before =
    amount === undefined ? (time ?? 0) - (instant ?? 0) : Number(amount) * (UNITS[unit] ?? 0);
  if (before < 0) {
    return refuse(`\`${text}\` is after the case's own call.`, "Earlier calls come before it.");
  }
  if (last !== null && before > last) {
    return refuse(
      `\`${text}\` is before the call above it.`,
      "Write the calls in their order, the oldest first.",
    );
  }
  return before;
}
