import type { SchemaCheck } from "../evaluate/schema.ts";
import type { CallScope, CostBudget } from "../evaluate/scope.ts";
import type { ValueMaker } from "../fallback/value.ts";
import type { Hop } from "../fallback/hop.ts";
import { needed, type Parts } from "../parts/parts.ts";
import { EXPRESSION_LIMITS } from "../policy/expression.ts";
import { fallbacksOf } from "../policy/fallbacks-of.ts";
import type { Policy, Rule, ToolPolicy, ValueTemplate } from "../policy/ir.ts";
import type { Redact } from "../redact/apply.ts";
import type { Tokens } from "../redact/token.ts";
import type { ProfileExplanation } from "../scopes/explain.ts";
import type { Json, JsonObject } from "../snapshot/json.ts";
import { combine, ERRED, MATCHED, NOT_MATCHED, type Outcome } from "./combine.ts";
import { compileTools, type CompiledTool } from "./compiled-tool.ts";
import type { Rewrite, Risk } from "./decision.ts";
import { requestFor, riskOf } from "./request.ts";
import { instability, rewrite, type RewriteContext, type Rewritten } from "./rewrite.ts";
import { both, join } from "./join.ts";
import { denial, isTighter, type Verdict } from "./verdict.ts";

/** One call by one identity at one time, before it is known what the policy says of its tool. All of it frozen. */
export interface EvaluationCall extends Omit<CallScope, "dataType" | "operation" | "risk"> {
  /** Whether the session has read untrusted content. Default: no. */
  readonly untrusted?: boolean;
}

/** What the rules are asked. Made by {@link Evaluator.request}, which adds what the policy knows of the tool. */
export type EvaluationRequest = CallScope;

/** The answer: the verdict, and the arguments it holds for. */
export interface Evaluation {
  readonly verdict: Verdict;
  readonly arguments: JsonObject;
  /** As asked, but for what the policy hides: what a reviewer may see of it. */
  readonly asked: JsonObject;
  readonly rewrites: readonly Rewrite[];
}

/** What an evaluator needs of the host. */
export interface EvaluatorOptions {
  /** Makes the tokens of `redact: { as: token }`. Left out: a call that needs one is denied `obligation_failed`. */
  readonly tokens?: Tokens | undefined;
}

/** A policy made ready to decide. Pure: the same request gets the same answer. */
export interface Evaluator {
  readonly policy: Policy;
  /** Completes a call with what the policy knows of its tool. */
  request(call: EvaluationCall): EvaluationRequest;
  /** Steps 3 to 8 of a decision: tool, scope, arguments, risk, rules; then the rewriting and its second pass. */
  evaluate(request: EvaluationRequest): Evaluation;
  /**
   * One pass of it over the arguments as they are, nothing rewritten. `again`: the second, in which only what restricts
   * counts.
   */
  judge(request: EvaluationRequest, again: boolean): Verdict;
  /** What is known of a tool; `undefined` for an unknown one. */
  tool(name: string): ToolPolicy | undefined;
  /** The rule of this name. */
  rule(name: string): Rule | undefined;
  /** The risk of calling a tool, in a session that has read untrusted content or not. */
  risk(tool: string, untrusted: boolean): Risk;
  /**
   * The value of a fallback for one call; `undefined` when an expression in it errs, or it does not fit the tool's
   * `output`.
   */
  value(template: ValueTemplate, request: EvaluationRequest): Json | undefined;
  /** The arguments of a lesser tool for one call; `undefined` when an expression in them errs. */
  hopArguments(template: ValueTemplate, request: EvaluationRequest): Json | undefined;
  /** Runs lesser tools; `null` where no fallback of the policy names one. */
  readonly hop: Hop | null;
  /** Whether an agent of this description could ever be allowed the tool, or asked about it. */
  mayEver(request: EvaluationRequest): boolean;
  /** See `explainScope`. */
  explainScope(request: EvaluationRequest): readonly ProfileExplanation[] | null;
}

const TOOL_NAME = /^[A-Za-z0-9_.:/-]{1,128}$/;
const UNKNOWN = denial("unknown_tool");
const INVALID_NAME = denial("tool_name_invalid");
const NO_REWRITES: readonly Rewrite[] = Object.freeze([]);
/** Outcome vectors are numbers in base 3; 3^32 is still a safe integer. Longer ones are not kept. */
const MAX_RULES_IN_KEY = 32;
const MAX_CACHED_VERDICTS = 256;

/**
 * Compiles a validated policy.
 *
 * @param policy - from `validatePolicy`: its shape is trusted here
 * @param parts - what was loaded for it
 * @throws InterlatchError `ERR_BUNDLE_POLICY` for a pattern without a program, or a part that was not loaded
 */
export function createEvaluator(
  policy: Policy,
  parts: Parts,
  { tokens }: EvaluatorOptions = {},
): Evaluator {
  const tools = compileTools(policy, parts);
  const rules = new Map(policy.rules.map((rule) => [rule.name, rule]));
  const kinds = new Set(fallbacksOf(policy).map((one) => one?.kind));
  const makes = kinds.has("value") || kinds.has("tool");
  const makerOf = (makes ? needed(parts, "values") : parts.values)?.(policy, parts);
  if (policy.rules.some(({ redact }) => redact !== undefined)) needed(parts, "redaction");
  const deciding = new Deciding(tokens ?? null, parts.redaction);

  return {
    policy,
    request: (call) => requestFor(tools.get(call.tool), call),
    evaluate(request) {
      const tool = tools.get(request.tool);
      if (tool !== undefined) return deciding.evaluate(tool, request);
      return answer(strange(request), request.arguments);
    },
    judge(request, again) {
      const tool = tools.get(request.tool);
      return tool === undefined ? strange(request) : deciding.judge(tool, request, again);
    },
    tool: (name) => tools.get(name)?.policy,
    rule: (name) => rules.get(name),
    risk: (name, untrusted) => riskOf(tools.get(name), untrusted),
    value(template, request) {
      const tool = tools.get(request.tool);
      return tool && makerOf && deciding.value(makerOf(template), request, tool.output);
    },
    hopArguments: (template, request) =>
      makerOf && tools.has(request.tool)
        ? deciding.value(makerOf(template), request, null)
        : undefined,
    hop: kinds.has("tool") ? needed(parts, "hop") : null,
    mayEver(request) {
      const tool = tools.get(request.tool);
      return tool !== undefined && deciding.mayEver(tool, request);
    },
    explainScope(request) {
      const tool = tools.get(request.tool);
      return tool === undefined ? null : deciding.explainScope(tool, request);
    },
  };
}

/** The denial of a tool that the policy does not know. */
function strange({ tool }: EvaluationRequest): Verdict {
  return TOOL_NAME.test(tool) ? UNKNOWN : INVALID_NAME;
}

/** The verdict on arguments as they were asked. */
function answer(verdict: Verdict, args: JsonObject): Evaluation {
  return { verdict, arguments: args, asked: args, rewrites: NO_REWRITES };
}

/**
 * One decision at a time: decisions are synchronous and never nested, so budget and outcomes are written over by
 * the next one instead of being allocated anew.
 */
class Deciding {
  readonly #budget: CostBudget = { left: 0 };
  #scope!: CallScope; // set at the beginning of each decision
  readonly #outcomes: Outcome[] = [];
  readonly #tokens: Tokens | null;
  readonly #redact: Redact | null;

  constructor(tokens: Tokens | null, redact: Redact | null) {
    this.#tokens = tokens;
    this.#redact = redact;
  }

  evaluate(tool: CompiledTool, request: EvaluationRequest): Evaluation {
    const args = request.arguments;
    const first = this.judge(tool, request, false);
    return first.maxBatchSize === Infinity && first.redaction === null
      ? answer(first, args)
      : this.#rewrite(tool, request, first);
  }

  judge(tool: CompiledTool, request: EvaluationRequest, again: boolean): Verdict {
    this.#begin(request);
    const refused = this.#outside(tool) ?? this.#invalid(tool);
    return refused ?? this.#forDelegators(tool, this.#judge(tool, again), again);
  }

  value(
    make: ValueMaker,
    request: EvaluationRequest,
    output: SchemaCheck | null,
  ): Json | undefined {
    this.#begin(request);
    const value = make(this.#scope, this.#budget);
    if (value === undefined || output === null) return value;
    // An agent that goes on with the value takes it for the tool's result, and reads it as such.
    const fits = output(value, this.#budget) === null && this.#budget.left >= 0;
    return fits ? value : undefined;
  }

  mayEver(tool: CompiledTool, request: EvaluationRequest): boolean {
    this.#begin(request);
    const agents = [request.agent, ...(request.delegation ?? [])];
    const inside = agents.every(
      (agent) => tool.scope === null || tool.scope.mayEver({ ...request, agent }, this.#budget),
    );
    return inside && couldPass(tool, request.time);
  }

  explainScope(
    { scope }: CompiledTool,
    request: EvaluationRequest,
  ): readonly ProfileExplanation[] | null {
    this.#begin(request);
    return scope === null ? null : scope.explain(this.#scope, this.#budget);
  }

  /** Does what the obligations demand of the arguments; where that changes them, they are judged again. */
  #rewrite(tool: CompiledTool, request: EvaluationRequest, first: Verdict): Evaluation {
    const args = request.arguments;
    const { tenant } = request;
    const context: RewriteContext = {
      redact: this.#redact,
      batch: tool.batch,
      tokens: this.#tokens,
      tenant,
      budget: this.#budget,
    };
    const made = rewrite(args, first, context);
    if (this.#budget.left < 0) {
      return answer(denial("budget_exhausted", undefined, tool.risk), args);
    }
    if (!("image" in made)) return answer(made, args);
    return made.image === args
      ? answer(first, args)
      : this.#again(tool, request, first, made, context);
  }

  /** The effective arguments meet scope, schema and the restrictive rules; the tighter effect of both passes holds. */
  #again(
    tool: CompiledTool,
    request: EvaluationRequest,
    first: Verdict,
    { image, asked, rewrites }: Rewritten,
    context: RewriteContext,
  ): Evaluation {
    const args = request.arguments;
    this.#scope = { ...request, arguments: image };
    const refused = this.#outside(tool) ?? this.#invalid(tool);
    if (refused?.code === "budget_exhausted") return answer(refused, args);
    if (refused !== null) {
      const detail = "the effective arguments do not fit the tool's schema or scope";
      return answer(denial("obligation_failed", detail, tool.risk), args);
    }
    const second = this.#forDelegators(tool, this.#judge(tool, true), true);
    const unstable = instability(image, first, second, context);
    if (unstable !== null) return answer(unstable, args);
    // Those of a chain are made anew for each call, so there is nothing to keep.
    const { length } = request.delegation ?? [];
    const verdict = length > 0 ? both(first, second) : join(tool, first, second);
    return { verdict, arguments: image, asked, rewrites };
  }

  #begin(request: EvaluationRequest): void {
    this.#budget.left = EXPRESSION_LIMITS.costPerDecision;
    this.#scope = request;
  }

  /**
   * Asks the same for each agent that the acting one acts for. The most restrictive verdict holds, with the obligations
   * of all: whoever may not do something must not get it done by another agent.
   */
  #forDelegators(tool: CompiledTool, own: Verdict, restrictiveOnly: boolean): Verdict {
    const scope = this.#scope;
    let verdict = own;
    for (const agent of scope.delegation ?? []) {
      if (verdict.effect === "deny") break;
      this.#scope = { ...scope, agent };
      const theirs = this.#outside(tool) ?? this.#judge(tool, restrictiveOnly);
      const isTheirs = isTighter(theirs.effect, verdict.effect);
      const joined = theirs.effect === "deny" ? theirs : both(verdict, theirs);
      verdict = isTheirs ? { ...joined, delegator: String(agent["id"]) } : joined;
    }
    this.#scope = scope;
    return verdict;
  }

  /** The denial of a call that lies in no profile. */
  #outside({ scope, risk }: CompiledTool): Verdict | null {
    const refusal = scope === null ? null : scope.refusal(this.#scope, this.#budget);
    return refusal === null ? null : denial(refusal.code, refusal.detail, risk);
  }

  /** The denial of arguments that do not fit the tool's schema. */
  #invalid({ check, risk }: CompiledTool): Verdict | null {
    const fault = check === null ? null : check(this.#scope.arguments, this.#budget);
    if (this.#budget.left < 0) return denial("budget_exhausted", undefined, risk);
    return fault === null ? null : denial("invalid_arguments", fault, risk);
  }

  #judge(tool: CompiledTool, restrictiveOnly: boolean): Verdict {
    const { whens, untils } = tool;
    const scope = this.#scope;
    const budget = this.#budget;
    const outcomes = this.#outcomes;
    let key = restrictiveOnly ? 1 : 0;
    for (let index = 0; index < whens.length; index++) {
      const when = whens[index] ?? null;
      let outcome: Outcome = MATCHED;
      if (
        (untils !== null && scope.time > (untils[index] ?? Infinity)) ||
        (restrictiveOnly && tool.rules[index]?.action === "allow")
      ) {
        outcome = NOT_MATCHED;
      } else if (when !== null) {
        const held = when(scope, budget);
        outcome = held === true ? MATCHED : held === false ? NOT_MATCHED : ERRED;
      }
      outcomes[index] = outcome;
      key = key * 3 + outcome;
    }
    if (budget.left < 0) return denial("budget_exhausted", undefined, tool.risk);
    if (key === tool.lastKey && tool.lastVerdict !== null) return tool.lastVerdict;
    return this.#verdict(tool, key, restrictiveOnly);
  }

  #verdict(tool: CompiledTool, key: number, restrictiveOnly: boolean): Verdict {
    const keep = tool.rules.length <= MAX_RULES_IN_KEY;
    let verdict = keep ? tool.verdicts?.get(key) : undefined;
    if (verdict === undefined) {
      // The first pass has settled whether the call is allowed at all; the second can only restrict it.
      const settled = restrictiveOnly ? { ...tool.policy, default: "allow" as const } : tool.policy;
      verdict = combine(settled, tool.risk, tool.rules, this.#outcomes);
      const verdicts = (tool.verdicts ??= new Map());
      if (keep && verdicts.size < MAX_CACHED_VERDICTS) verdicts.set(key, verdict);
    }
    if (keep) {
      tool.lastKey = key;
      tool.lastVerdict = verdict;
    }
    return verdict;
  }
}

/** No unconditional deny, and something that could allow or ask. */
function couldPass({ rules, policy }: CompiledTool, time: number): boolean {
  const applies = rules.filter(({ until = Infinity }) => time <= until);
  if (applies.some(({ action, when }) => action === "deny" && when === undefined)) return false;
  return policy.default === "allow" || applies.some(({ action }) => action !== "deny");
}
