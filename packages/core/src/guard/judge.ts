import type { CallEvent } from "../audit/record.ts";
import { checkValidity, isBehind } from "../bundle/instant.ts";
import { DECISION_CODES, type DecisionCode } from "../decision/codes.ts";
import type { Decision, DenyDecision, Risk, Would } from "../decision/decision.ts";
import type { Evaluation, EvaluationRequest } from "../decision/evaluator.ts";
import { denial, type Verdict } from "../decision/verdict.ts";
import type { SessionMemory } from "../sessions/memory.ts";
import { callDigest } from "../snapshot/digest.ts";
import { effectiveSnapshot } from "../snapshot/effective.ts";
import type { JsonObject } from "../snapshot/json.ts";
import { NO_ARGUMENTS, takeSnapshot, type Snapshot } from "../snapshot/snapshot.ts";
import type { LoadedBundle } from "./bundles.ts";
import type { CallInput, DefinitionDigest } from "./guard.ts";
import type { StopCheck } from "./parts.ts";
import type { RunIdentity, Tickets } from "./tickets.ts";

/** One call as it was read and judged, once. Everything that happens to it later starts from here. */
export interface Judged {
  readonly id: string | null;
  readonly tool: string;
  readonly run: RunIdentity | null;
  /** As the caller handed it over, for as often as the call is decided. */
  readonly definition?: DefinitionDigest;
  /** Whether its session had read untrusted content when it was judged. */
  readonly untrusted: boolean;
  /** The bundle the call began with. */
  readonly bundle: LoadedBundle | null;
  /** What the rules were asked; `null` where they were not reached. */
  readonly request: EvaluationRequest | null;
  readonly verdict: Verdict;
  readonly decision: Decision;
  /** With the effective arguments; `null` where they could not be read. */
  readonly snapshot: Snapshot | null;
  /** With the arguments as asked. */
  readonly asked: Snapshot | null;
  /** The arguments as asked, but for what the policy hides: what a reviewer may see of them. */
  readonly shown: JsonObject;
  /** Epoch milliseconds. */
  readonly time: number;
  /** The same call as a policy in shadow judged it; `null` where none was asked. */
  readonly shadow: Judged | null;
  /** The approval that was asked for, and who has answered; `null` where people were not asked. */
  readonly approval: NonNullable<CallEvent["approval"]> | null;
}

/** What a call is judged against. */
export interface JudgeContext {
  readonly tickets: Tickets;
  readonly bundle: LoadedBundle | null;
  readonly sessions: SessionMemory;
  /** `null`: the guard has no status document. */
  readonly stop: StopCheck | null;
  /** Epoch milliseconds. */
  readonly now: number;
}

const NO_REWRITES = Object.freeze([]);

/** What a call is named by. */
export type CallName = Pick<Judged, "id" | "tool">;

/** The name of a call that could not be read. */
export const NAMELESS: CallName = Object.freeze({ id: null, tool: "" });

/** Reads the names, each once: a getter must not show one id to the check and another to the record. */
export function nameOf({ id, tool }: CallInput): CallName {
  return {
    id: typeof id === "string" && id !== "" ? id : null,
    tool: typeof tool === "string" ? tool : "",
  };
}

/** Reads a call once and decides it: identity, id, bundle, snapshot, then the rules. Pure but for reading the call. */
export function judge(call: CallInput, name: CallName, context: JudgeContext): Judged {
  const { id, tool } = name;
  const { tickets, bundle, now } = context;
  const run = tickets.find(call.ticket) ?? null;
  const untrusted = run !== null && context.sessions.hasReadUntrusted(run.sessionKey);
  // Its own: what a polluted `Object.prototype` lends must not approve a tool.
  const definition = Object.hasOwn(call, "definition") ? call.definition : undefined;
  const base: CallBase = { id, tool, run, definition, untrusted, bundle, time: now };
  if (run === null) return refuse(base, "identity_required");
  if (id === null) return refuse(base, "missing_call_id");
  if (bundle === null) return refuse(base, "no_bundle");
  const stopped = stoppedBy(base, run, bundle, context);
  if (stopped !== null) return stopped;
  const snapshot = takeSnapshot(call.arguments);
  if (typeof snapshot === "string") return refuse(base, snapshot);
  return decide(base, run, bundle, snapshot);
}

/** The denial of a call that the rules are not asked about: the bundle is out of its time, or the status stops it. */
export function stoppedBy(
  base: CallBase,
  run: RunIdentity,
  bundle: LoadedBundle,
  { now, stop }: Pick<JudgeContext, "now" | "stop">,
): Judged | null {
  const expired = checkValidity(bundle, now);
  if (expired !== null) return refuse(base, expired);
  return stop === null ? null : stop(base, run, bundle);
}

/** Which call it is, before anything is known of its arguments. */
export type CallBase = Pick<
  Judged,
  "id" | "tool" | "run" | "definition" | "untrusted" | "bundle" | "time"
>;

/** A denial before the rules were reached. */
export function refuse(base: CallBase, code: DecisionCode, detail?: string): Judged {
  const verdict = denial(code, detail);
  const evaluation = { verdict, arguments: NO_ARGUMENTS, rewrites: NO_REWRITES };
  const decision = decisionOf(evaluation, base.bundle);
  return {
    ...base,
    request: null,
    verdict,
    decision,
    snapshot: null,
    asked: null,
    shown: NO_ARGUMENTS,
    shadow: null,
    approval: null,
  };
}

/** Asks the rules of the bundle in force; one in shadow enforces none of them. */
export function decide(
  base: CallBase,
  run: RunIdentity,
  bundle: LoadedBundle,
  snapshot: Snapshot,
): Judged {
  const judged = weigh(base, run, bundle, snapshot);
  return bundle.status.mode === "shadow" ? inShadow(judged) : judged;
}

/** Asks the rules. */
export function weigh(
  base: CallBase,
  run: RunIdentity,
  bundle: LoadedBundle,
  snapshot: Snapshot,
): Judged {
  const request = bundle.evaluator.request({
    tool: base.tool,
    arguments: snapshot.image,
    agent: run.agent,
    delegation: run.delegation,
    user: run.user,
    tenant: run.tenant,
    session: run.session,
    facts: factsFor(run, bundle),
    context: run.context,
    time: base.time,
    untrusted: base.untrusted,
  });
  const obstacle = obstacleOf(base, bundle);
  const { image } = snapshot;
  const evaluation =
    obstacle === null
      ? bundle.evaluator.evaluate(request)
      : { verdict: obstacle, arguments: image, asked: image, rewrites: NO_REWRITES };
  const risk = bundle.evaluator.risk(base.tool, base.untrusted);
  return {
    ...base,
    request,
    verdict: evaluation.verdict,
    decision: decisionOf(evaluation, bundle, risk),
    snapshot: effectiveSnapshot(snapshot, evaluation.arguments),
    asked: snapshot,
    shown: evaluation.asked,
    shadow: null,
    approval: null,
  };
}

/** The denial of a call that no rule is asked about: the clock is wrong, or the tool is not the one that was approved. */
function obstacleOf({ tool, definition, time }: CallBase, bundle: LoadedBundle): Verdict | null {
  // By a clock that was set back, a bundle that has ended would be in force once more.
  if (isBehind(time, bundle.lastSeen) && bundle.evaluator.tool(tool)?.operation !== "read") {
    return denial("bundle_not_yet_valid", "the clock was set back");
  }
  const pin = bundle.evaluator.policy.pins?.[tool];
  if (pin === undefined) return null;
  const found = typeof definition === "function" ? definition() : definition;
  return found === pin ? null : denial("tool_changed", `${found ?? "none"} is not ${pin}`);
}

/**
 * The call as a guard in shadow lets it run: unchanged, unasked, without obligations, whatever the policy says of
 * it. What the policy says goes along and is recorded.
 */
function inShadow(judged: Judged): Judged {
  const { asked, decision, verdict } = judged;
  const open: Verdict = { ...OPEN, risk: verdict.risk, rules: decision.rules };
  const evaluation = {
    verdict: open,
    arguments: asked?.image ?? NO_ARGUMENTS,
    rewrites: NO_REWRITES,
  };
  const enforced = decisionOf(evaluation, judged.bundle, decision.risk);
  return {
    ...judged,
    verdict: open,
    decision: { ...enforced, would: wouldOf(decision) },
    snapshot: asked,
    shadow: judged,
  };
}

/** What a decision says, where it is not enforced. */
export function wouldOf(decision: Decision): Would {
  const { effect, code, reason, rule, at, rules, rewrites, bundle } = decision;
  return Object.freeze({ effect, code, reason, rule, at, rules, rewrites, bundle });
}

/** What a policy in shadow said. Its own: what a polluted `Object.prototype` lends is neither told nor recorded. */
export function wouldIn(decision: Decision): Would | undefined {
  return Object.hasOwn(decision, "would") ? decision.would : undefined;
}

/** What stands in the place of a verdict that is not enforced. */
const OPEN: Verdict = {
  ...denial("no_match"),
  effect: "allow",
  code: "allowed",
  reason: "the policy is in shadow and enforces nothing",
};

/** Joins what the rules say with one call. */
function decisionOf(
  evaluation: Pick<Evaluation, "verdict" | "arguments" | "rewrites">,
  bundle: LoadedBundle | null,
  risk: Risk = evaluation.verdict.risk,
): Decision {
  const { effect, code, reason, rule, at, rules, obligations, delegator } = evaluation.verdict;
  const decision: Decision = {
    effect,
    code,
    reason,
    rule,
    at,
    rules,
    risk,
    obligations,
    arguments: evaluation.arguments,
    rewrites: evaluation.rewrites,
    bundle: bundle?.identity ?? null,
  };
  return delegator === undefined ? decision : { ...decision, delegator };
}

/**
 * Freezes a decision that several will hold: no listener, reviewer or tool may change it for the others, or in the
 * record that is written from it later. All that is shared between calls was frozen when it was made.
 */
export function seal({ decision }: Judged): void {
  if (decision.rewrites.length > 0) Object.freeze(decision.rewrites).forEach(Object.freeze);
  Object.freeze(decision);
}

/** The same call, denied for another reason: by the run, a limit, a reviewer or a store. */
export function denied(
  judged: Judged,
  code: DecisionCode,
  more: { readonly rule?: string; readonly detail?: string; readonly retryAfter?: number } = {},
): Judged {
  const { decision } = judged;
  const text = DECISION_CODES[code].operator;
  const named = more.rule === undefined ? undefined : judged.bundle?.evaluator.rule(more.rule);
  const changed: DenyDecision = {
    ...decision,
    effect: "deny",
    code,
    reason: more.detail === undefined ? text : `${text}: ${more.detail}`,
    ...(named === undefined ? {} : { rule: named.name, at: named.at }),
    ...(more.retryAfter === undefined ? {} : { retryAfter: more.retryAfter }),
  };
  const deciding = named ?? judged.verdict.deciding;
  const verdict = { ...judged.verdict, deciding };
  return { ...judged, decision: Object.freeze(changed), verdict };
}

/** The digest that names this call's content; unreadable arguments share one a tool. */
export function digestOf(judged: Judged): string {
  return callDigest(judged.tool, judged.snapshot?.image ?? NO_ARGUMENTS);
}

/** Merged once for each run and bundle; two bundles may be asked in turn. */
const merged = new WeakMap<LoadedBundle, WeakMap<RunIdentity, { readonly facts: RunFacts }>>();
type RunFacts = EvaluationRequest["facts"];

/** The facts that conditions read: the policy's with the host's. */
export function factsFor(run: RunIdentity, bundle: LoadedBundle): RunFacts {
  let ofBundle = merged.get(bundle);
  if (ofBundle === undefined) merged.set(bundle, (ofBundle = new WeakMap()));
  const before = ofBundle.get(run);
  if (before !== undefined) return before.facts;
  const facts = bundle.facts(run.facts);
  ofBundle.set(run, { facts });
  return facts;
}
