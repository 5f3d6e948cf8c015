import type {
  Evaluation,
  EvaluationCall,
  EvaluationRequest,
  Evaluator,
} from "../decision/evaluator.ts";
import { both } from "../decision/join.ts";
import { instability, rewrite, type RewriteContext, type Rewritten } from "../decision/rewrite.ts";
import { denial, type Verdict } from "../decision/verdict.ts";
import type { LoadedBundle } from "../guard/bundles.ts";
import { EXPRESSION_LIMITS } from "../policy/expression.ts";
import { fallbacksOf } from "../policy/fallbacks-of.ts";
import type { Policy, ToolPolicy, ValueTemplate } from "../policy/ir.ts";
import type { Redact } from "../redact/apply.ts";
import type { Tokens } from "../redact/token.ts";
import type { Json, JsonObject } from "../snapshot/json.ts";
import { mergePolicies, mergeTools } from "./merge.ts";
import { type Qualifier, qualifierOf } from "./qualify.ts";

/** One stream, and the bundle it has in force. */
export interface StreamBundle {
  readonly name: string;
  /** Whether it has a say about a tool. */
  covers(tool: string): boolean;
  readonly bundle: LoadedBundle;
}

/** What rewriting the arguments of a call needs of the host. */
export interface StreamTools {
  readonly redact: Redact;
  readonly tokens: Tokens | undefined;
}

/** A stream that is asked about a call, with the request in its own words. */
interface Asked {
  readonly stream: Voice;
  readonly request: EvaluationRequest;
}

interface Voice extends StreamBundle {
  readonly evaluator: Evaluator;
  readonly qualifier: Qualifier;
}

const NO_REWRITES = Object.freeze([]);

/** What a stream says of effective arguments that lie outside its schema or scope. */
const REFUSALS: ReadonlySet<string> = new Set([
  "invalid_arguments",
  "out_of_scope",
  "unknown_agent",
]);

/**
 * One evaluator over the policies of several streams. Each is asked about the tools it covers; the most restrictive
 * answer holds, with the obligations of all, and effective arguments must satisfy every one of them. Facts are kept by
 * stream, under its name.
 *
 * @param given - at least one, sorted by name, so that the order in which a host lists them changes nothing
 */
export function composeEvaluators(given: readonly StreamBundle[], tools: StreamTools): Evaluator {
  const voices: readonly Voice[] = given.map((stream) => ({
    ...stream,
    evaluator: stream.bundle.evaluator,
    qualifier: qualifierOf(stream.name),
  }));
  const asked = new WeakMap<EvaluationRequest, readonly Asked[]>();
  const covering = (tool: string): readonly Voice[] => voices.filter((each) => each.covers(tool));
  const askedOf = (request: EvaluationRequest): readonly Asked[] => {
    const known = asked.get(request);
    if (known === undefined) throw new Error("the request was made for another bundle");
    return known;
  };
  const policy: Policy = mergePolicies(voices.map(({ evaluator }) => evaluator.policy));
  const owners = new Map<ValueTemplate, Voice>();
  for (const voice of voices) {
    for (const fallback of fallbacksOf(voice.evaluator.policy)) {
      if (fallback?.kind === "value") owners.set(fallback.value, voice);
      if (fallback?.kind === "tool") owners.set(fallback.arguments, voice);
    }
  }
  const valueBy = (
    make: "value" | "hopArguments",
    template: ValueTemplate,
    request: EvaluationRequest,
  ): Json | undefined => {
    const owner = owners.get(template);
    const own = askedOf(request).find(({ stream }) => stream === owner);
    return own?.stream.evaluator[make](template, own.request);
  };
  const toolOf = (name: string): ToolPolicy | undefined =>
    mergeTools(covering(name).map(({ evaluator }) => evaluator.tool(name)));

  return {
    policy,
    request(call) {
      const requests = covering(call.tool).map((stream) => ({
        stream,
        request: requestOf(stream, call),
      }));
      const own = { ...(requests[0]?.request ?? requestOf(first(voices), call)) };
      asked.set(own, requests);
      return own;
    },
    evaluate: (request) => evaluate(request, askedOf(request), voices, tools),
    judge(request, again) {
      return judgeAll(request, askedOf(request), voices, again);
    },
    tool: toolOf,
    rule(name) {
      const at = name.indexOf("/");
      const voice = voices.find((each) => each.name === name.slice(0, at));
      const rule = voice?.evaluator.rule(name.slice(at + 1));
      return rule === undefined ? undefined : voice?.qualifier.rule(rule);
    },
    risk: (tool, untrusted) =>
      [...covering(tool), first(voices)]
        .map(({ evaluator }) => evaluator.risk(tool, untrusted))
        .reduce((most, each) => (each.score > most.score ? each : most)),
    value: (template, request) => valueBy("value", template, request),
    hopArguments: (template, request) => valueBy("hopArguments", template, request),
    hop: voices.map(({ evaluator }) => evaluator.hop).find((hop) => hop !== null) ?? null,
    mayEver(request) {
      const all = askedOf(request);
      return all.length > 0 && all.every((each) => each.stream.evaluator.mayEver(each.request));
    },
    explainScope(request) {
      const told = askedOf(request).flatMap(
        (each) => each.stream.evaluator.explainScope(each.request) ?? [],
      );
      return told.length === 0 ? null : told;
    },
  };
}

function first(voices: readonly Voice[]): Voice {
  const [voice] = voices;
  if (voice === undefined) throw new Error("there is no stream");
  return voice;
}

/** A call in the words of one stream: its facts, and what it knows of the tool. */
function requestOf({ evaluator, name }: Voice, call: EvaluationCall): EvaluationRequest {
  const facts = call.facts?.[name];
  const own = facts !== null && typeof facts === "object" ? (facts as JsonObject) : undefined;
  return evaluator.request({ ...call, facts: own });
}

function judgeAll(
  request: EvaluationRequest,
  asked: readonly Asked[],
  voices: readonly Voice[],
  again: boolean,
): Verdict {
  const verdicts = asked.map((each) => verdictOf(each, again));
  return judgeJoined(verdicts) ?? unknown(request, first(voices));
}

/** Nobody speaks about the tool. Any stream can tell whether it has a name at all. */
function unknown(request: EvaluationRequest, { evaluator }: Voice): Verdict {
  const verdict = evaluator.judge(request, false);
  return verdict.code === "tool_name_invalid" ? verdict : denial("unknown_tool");
}

function verdictOf({ stream, request }: Asked, again: boolean): Verdict {
  const { evaluator, qualifier } = stream;
  const verdict = evaluator.judge(request, again);
  const { policy } = evaluator;
  return qualifier.verdict(verdict, evaluator.tool(request.tool)?.fallback ?? policy.fallback);
}

/** What every rule of every stream came to stays on record, and the highest of the risks. */
function joinTwo(one: Verdict, other: Verdict): Verdict {
  const risk = other.risk.score > one.risk.score ? other.risk : one.risk;
  return Object.freeze({
    ...both(one, other),
    risk,
    rules: Object.freeze([...one.rules, ...other.rules]),
  });
}

function evaluate(
  request: EvaluationRequest,
  asked: readonly Asked[],
  voices: readonly Voice[],
  { redact, tokens }: StreamTools,
): Evaluation {
  const args = request.arguments;
  const firsts = asked.map((each) => verdictOf(each, false));
  const verdict = judgeJoined(firsts) ?? unknown(request, first(voices));
  const context: RewriteContext = {
    redact,
    tokens: tokens ?? null,
    tenant: request.tenant,
    batch: undefined,
    budget: { left: EXPRESSION_LIMITS.costPerDecision },
  };
  const made = rewriteForAll(args, verdict, asked, firsts, context);
  if (context.budget.left < 0) {
    return answer(denial("budget_exhausted", undefined, verdict.risk), args);
  }
  if (!("image" in made)) return answer(made, args);
  if (made.image === args) return answer(verdict, args);
  return again(args, verdict, asked, made, context);
}

/** A denied call is changed in nothing and reserves nothing. */
function judgeJoined(verdicts: readonly Verdict[]): Verdict | null {
  if (verdicts.length === 0) return null;
  const joined = verdicts.reduce((one, other) => joinTwo(one, other));
  return joined.effect === "deny" ? Object.freeze({ ...joined, ...NO_OBLIGATIONS }) : joined;
}

const NO_OBLIGATIONS = {
  obligations: Object.freeze([]),
  maxBatchSize: Infinity,
  redactions: Object.freeze([]),
  redaction: null,
} as const;

/** Hides what any stream hides, then clamps for each: the smallest first, so that an argument is clamped once. */
function rewriteForAll(
  args: JsonObject,
  verdict: Verdict,
  asked: readonly Asked[],
  firsts: readonly Verdict[],
  context: RewriteContext,
): Rewritten | Verdict {
  if (verdict.effect === "deny") return { image: args, asked: args, rewrites: NO_REWRITES };
  const hidden = rewrite(args, { ...verdict, maxBatchSize: Infinity }, context);
  if (!("image" in hidden)) return hidden;
  let { image } = hidden;
  let { rewrites } = hidden;
  for (const { maxBatchSize, batch } of clampsOf(asked, firsts)) {
    const clamped = rewrite(
      image,
      { ...verdict, redaction: null, maxBatchSize },
      { ...context, batch },
    );
    if (!("image" in clamped)) return clamped;
    image = clamped.image;
    rewrites = [...clamped.rewrites, ...rewrites];
  }
  return { image, asked: hidden.asked, rewrites };
}

interface Clamp {
  readonly maxBatchSize: number;
  readonly batch: string | undefined;
}

function clampsOf(asked: readonly Asked[], firsts: readonly Verdict[]): readonly Clamp[] {
  return asked
    .map((each, index) => ({
      maxBatchSize: firsts[index]?.maxBatchSize ?? Infinity,
      batch: batchOf(each),
    }))
    .filter(({ maxBatchSize }) => maxBatchSize !== Infinity)
    .sort(
      (a, b) => a.maxBatchSize - b.maxBatchSize || ((a.batch ?? "") < (b.batch ?? "") ? -1 : 1),
    );
}

function batchOf({ stream, request }: Asked): string | undefined {
  return stream.evaluator.tool(request.tool)?.batch?.argument;
}

/** The effective arguments meet every stream; the tighter effect of both passes holds. */
function again(
  args: JsonObject,
  verdict: Verdict,
  asked: readonly Asked[],
  { image, asked: shown, rewrites }: Rewritten,
  context: RewriteContext,
): Evaluation {
  const seconds: Verdict[] = [];
  for (const each of asked) {
    const second = verdictOf({ ...each, request: { ...each.request, arguments: image } }, true);
    if (REFUSALS.has(second.code)) {
      const detail = "the effective arguments do not fit the tool's schema or scope";
      return answer(denial("obligation_failed", detail, verdict.risk), args);
    }
    const unstable = instability(image, verdict, second, { ...context, batch: batchOf(each) });
    if (unstable !== null) return answer(unstable, args);
    seconds.push(second);
  }
  const { rules, risk } = verdict;
  const joined = seconds.reduce((one, other) => both(one, other), verdict);
  return {
    verdict: Object.freeze({ ...joined, rules, risk }),
    arguments: image,
    asked: shown,
    rewrites,
  };
}

function answer(verdict: Verdict, args: JsonObject): Evaluation {
  return { verdict, arguments: args, asked: args, rewrites: NO_REWRITES };
}
