import type { BuiltRule } from "../build/rules.ts";
import type { Compiled } from "../compile.ts";
import type { Reporter } from "../diagnostics/reporter.ts";
import { oneOf } from "../diagnostics/words.ts";
import type { Span } from "../yaml/source.ts";
import { entryOf } from "../yaml/tree.ts";

/** Beyond this many calls a window is counted by a sliding counter and not call by call. */
const EXACT_CALLS = 1_000;

/** Rules that end, and obligations that do something else than they seem to. */
export function lintRules(compiled: Compiled, now: number | undefined, reporter: Reporter): void {
  const uncounted = new Set(
    compiled.tools.filter(({ policy }) => policy.batch === undefined).map(({ name }) => name),
  );
  for (const built of compiled.rules) {
    warnOfEnd(built, now, reporter);
    warnOfRate(built, reporter);
    warnOfBatch(built, uncounted, reporter);
  }
}

function warnOfEnd(
  { rule, node, at }: BuiltRule,
  now: number | undefined,
  reporter: Reporter,
): void {
  if (rule.until === undefined) return;
  const place = entryOf(node, "until")?.value.at ?? at;
  const end = new Date(rule.until).toISOString();
  if (now !== undefined && rule.until < now) {
    reporter.warning({
      code: "expired_rule",
      at: place,
      message: `The rule \`${rule.name}\` ended ${end} and no longer applies.`,
    });
  } else if (rule.action !== "allow") {
    const message = `The rule \`${rule.name}\` (${rule.action}) stops protecting after ${end}.`;
    reporter.warning({ code: "protection_ends", at: place, message });
  }
}

function warnOfRate({ rule, node, at }: BuiltRule, reporter: Reporter): void {
  if (rule.rateLimit === undefined || rule.rateLimit.max <= EXACT_CALLS) return;
  const message = `More than ${EXACT_CALLS} calls in a window are counted by a sliding counter, so the limit is kept approximately.`;
  reporter.warning({ code: "rate_limit_approximate", at: keyOf("rate_limit", node, at), message });
}

/** @param uncounted - tools of which it is not said what counts their batch */
function warnOfBatch(
  { rule, node, at }: BuiltRule,
  uncounted: ReadonlySet<string>,
  reporter: Reporter,
): void {
  if (rule.maxBatchSize === undefined) return;
  const lacking = rule.tools.filter((name) => uncounted.has(name));
  if (lacking.length === 0) return;
  const message = `\`max_batch_size\` needs \`batch\` on ${oneOf(lacking)}: without it, a call is denied with \`obligation_failed\`.`;
  const hint = "Say which argument counts: `batch: { argument: size }`.";
  reporter.warning({
    code: "batch_left_out",
    at: keyOf("max_batch_size", node, at),
    message,
    hint,
  });
}

function keyOf(key: string, node: BuiltRule["node"], at: Span): Span {
  return entryOf(node, key)?.keyAt ?? at;
}
