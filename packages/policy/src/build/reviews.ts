import { REVIEW_PRIORITIES, type ReviewDemand } from "@interlatch/core";
import type { Reporter } from "../diagnostics/reporter.ts";
import { shown } from "../diagnostics/words.ts";
import { mapAt, numberAt, textAt, textsAt, wordAt } from "../document/fields.ts";
import { ACTIONS } from "../document/schema.ts";
import { entryOf, type YamlMap } from "../yaml/tree.ts";

/** What a rule asks where it says only some of it. */
const DEFAULTS = { group: "reviewer", quorum: 1, expiresMs: 15 * 60_000 } as const;

const USER = "user";

/** What a rule asks of people; `undefined` where it says nothing, or nothing that can be run. */
export function buildReview(rule: YamlMap, reporter: Reporter): ReviewDemand | undefined {
  const map = mapAt(rule, "review");
  if (map === undefined) return undefined;
  refuseUnasked(rule, reporter);
  const by = reviewersOf(map, reporter);
  const expiresMs = expiryOf(map, reporter);
  const quorum = numberAt(map, "quorum") ?? DEFAULTS.quorum;
  const priority = wordAt(map, "priority", REVIEW_PRIORITIES);
  if (by === undefined || expiresMs === undefined) return undefined;
  if (by === USER && quorum !== 1) {
    reporter.error({
      code: "conflicting_keys",
      at: entryOf(map, "quorum")?.keyAt ?? map.at,
      message: `\`by: user\` asks one person, so ${quorum} can never approve.`,
      hint: "Leave `quorum` out, or name groups: `by: [finance]`.",
    });
    return undefined;
  }
  return { by, quorum, expiresMs, ...(priority === undefined ? {} : { priority }) };
}

/** Beside a rule that asks nobody it would be dead words that look like protection. */
function refuseUnasked(rule: YamlMap, reporter: Reporter): void {
  const word = wordAt(rule, "action", Object.keys(ACTIONS));
  if (word === undefined || ACTIONS[word] === "review") return;
  if (wordAt(rule, "on_exceed", ["review"]) !== undefined) return;
  reporter.error({
    code: "conflicting_keys",
    at: entryOf(rule, "review")?.keyAt ?? rule.at,
    message: "`review` says who is asked, and this rule asks nobody.",
    hint: "Write `action: review`, or leave this out.",
  });
}

function reviewersOf(map: YamlMap, reporter: Reporter): ReviewDemand["by"] | undefined {
  const entry = entryOf(map, "by");
  if (entry === undefined) return [DEFAULTS.group];
  const names = textsAt(map, "by");
  const isList = entry.value.kind === "list";
  const [first] = names;
  if (first === undefined) return undefined; // the schema has reported it
  if (!isList && first.value === USER) return USER;
  const user = names.find(({ value }) => value === USER);
  if (user !== undefined) {
    const message = "`user` is the person in the session and no group, so it stands alone.";
    const hint = "Write `by: user`; for a group beside the user, a second rule that asks it.";
    reporter.error({ code: "bad_literal", at: user.at, message, hint });
    return undefined;
  }
  return [...new Set(names.map(({ value }) => value))];
}

const UNITS: Readonly<Record<string, number>> = {
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};
const LONGEST_DAYS = 30;

function expiryOf(map: YamlMap, reporter: Reporter): number | undefined {
  const scalar = textAt(map, "expires");
  if (scalar === undefined) {
    return entryOf(map, "expires") === undefined ? DEFAULTS.expiresMs : undefined;
  }
  const [, count, unit = ""] = /^([0-9]{1,6})([smhd])$/.exec(scalar.value.trim()) ?? [];
  const length = Number(count) * (UNITS[unit] ?? Number.NaN);
  if (length >= 1_000 && length <= LONGEST_DAYS * 86_400_000) return length;
  reporter.error({
    code: "bad_time",
    at: scalar.at,
    message: `\`${shown(scalar.value)}\` is no time for an answer.`,
    hint: `Write a number of seconds, minutes, hours or days, as \`15m\` or \`2h\`; at most ${LONGEST_DAYS}d.`,
  });
  return undefined;
}
