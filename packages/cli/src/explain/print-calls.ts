import { type CallEvent, DECISION_CODES } from "@interlatch/core";
import { type Output, shown, visible } from "../output.ts";
import type { RecordedCall, RecordedCalls } from "./audit-calls.ts";
import { rewriteText } from "./print-answer.ts";

/**
 * Prints what the logs hold of a call, and where a log stopped being trustworthy.
 *
 * @param isAll - whether nothing else is known of the call, so that a reader is told what could be
 */
export function printCalls({ calls, logs }: RecordedCalls, isAll: boolean, output: Output): void {
  for (const { file, fault } of logs) {
    if (fault === null) continue;
    output.warn(
      `${file}: line ${fault.line} is not sound (${fault.kind}): ${visible(fault.message)}. What follows it was not read.`,
    );
  }
  for (const recorded of calls) printCall(recorded, output);
  if (calls.length === 0 || !isAll) return;
  output.note(
    "The log holds no values of arguments. `interlatch explain ID --calls FILE` reads them from recorded calls; `interlatch explain --tool NAME --arguments '{…}' --agent '{…}'` asks the policy with values.",
  );
}

function printCall({ file, call, end }: RecordedCall, { say, note, paint }: Output): void {
  const { effect, code, rule, rules, bundle } = call;
  say(`${paint.bold(visible(call.tool))} in call ${shown(call.call)}, ${call.time}`);
  say(`  by agent ${shown(call.agent)}, user ${shown(call.user)}, session ${shown(call.session)}`);
  if (call.delegation !== undefined)
    say(`  for agent ${call.delegation.map((id) => shown(id)).join(", for agent ")}`);
  say(paint.bold(`${effect} · ${visible(code)}${rule === null ? "" : ` · ${visible(rule)}`}`));
  if (typeof call.delegator === "string")
    say(`  decided for agent ${shown(call.delegator)}, which may less than ${shown(call.agent)}`);
  if (call.would !== undefined) say(`  ${wouldText(call.would)}`);
  const text = Object.hasOwn(DECISION_CODES, code) ? DECISION_CODES[code].operator : undefined;
  if (text !== undefined) say(`  ${text}`);
  for (const { name, action, outcome, at } of rules) {
    const decides = name === rule ? paint.bold("  decided") : "";
    say(
      `     ${visible(name)}  ${action}  ${outcome.replace("_", " ")}  ${visible(at.file)}:${at.line}${decides}`,
    );
  }
  say(
    `  risk ${call.risk}, operation ${call.operation ?? "unknown"}, data ${call.data ?? "unknown"}`,
  );
  for (const rewrite of call.rewrites) say(`  rewritten ${rewriteText(rewrite)}`);
  if (call.approval !== undefined) {
    const { id, reviewers } = call.approval;
    const who = reviewers.length === 0 ? "nobody yet" : reviewers.map(visible).join(", ");
    say(`  reviewed by ${who}, approval ${visible(id)}`);
  }
  if (bundle !== null)
    say(`  policy ${visible(bundle.id)} version ${bundle.version}, sha256:${bundle.digest}`);
  say(`  ${endText(end)}`);
  note(`  ${file}, evaluation ${visible(call.evaluation)}`);
  say("");
}

/** What a policy that only watches, in shadow, came to: the call was not decided by it. */
function wouldText({ effect, code, rule, bundle }: NonNullable<CallEvent["would"]>): string {
  const then = [effect, visible(code), ...(rule === null ? [] : [visible(rule)])].join(" · ");
  const by =
    bundle === null
      ? ""
      : `, by policy ${visible(bundle.id)} version ${bundle.version}, sha256:${bundle.digest}`;
  return `in shadow it would have been ${then}${by}`;
}

function endText(end: RecordedCall["end"]): string {
  if (end === null) return "it has no outcome in the log";
  if (end.type === "gap") return `the process ended before its outcome was written (${end.why})`;
  const instead = end.fallback === null ? "" : `, the agent got a ${end.fallback}`;
  return `${end.outcome} after ${end.durationMs} ms${instead}`;
}
