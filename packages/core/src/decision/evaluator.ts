import type { PatternCompiler } from "../evaluate/pattern.ts";
import type { CallScope, CostBudget } from "../evaluate/scope.ts";
import { compileValue, type ValueMaker } from "../fallback/value.ts";
import { EXPRESSION_LIMITS } from "../policy/expression.ts";
import type { Policy, Rule, ToolPolicy, ValueTemplate } from "../policy/ir.ts";
import type { Json, JsonObject } from "../snapshot/json.ts";
import { combine, ERRED, MATCHED, NOT_MATCHED, type Outcome } from "./combine.ts";
import { compileTools, type CompiledTool } from "./compiled-tool.ts";
import type { Rewrite, Risk } from "./decision.ts";
import { batchSize, clamp } from "./rewrite.ts";
import { denial, isTighter, NO_RISK, smallestBatch, type Verdict } from "./verdict.ts";

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
  readonly rewrites: readonly Rewrite[];
}

/** A policy made ready to decide. Pure: the same request gets the same answer. */
export interface Evaluator {
  readonly policy: Policy;
  /** Completes a call with what the policy knows of its tool. */
  request(call: EvaluationCall): EvaluationRequest;
  /** Steps 3 to 8 of a decision: tool, scope, arguments, risk, rules; then the rewriting and its second pass. */
  evaluate(request: EvaluationRequest): Evaluation;
  /** What is known of a tool; `undefined` for an unknown one. */
  tool(name: string): ToolPolicy | undefined;
  /** The rule of this name. */
  rule(name: string): Rule | undefined;
  /** The risk of calling a tool, in a session that has read untrusted content or not. */
  risk(tool: string, untrusted: boolean): Risk;
  /** The value of a fallback for one call; `undefined` when an expression in it errs. */
  value(template: ValueTemplate, request: EvaluationRequest): Json | undefined;
  /** Whether an agent of this description could ever be allowed the tool, or asked about it. */
  mayEver(request: EvaluationRequest): boolean;
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
 * @param patterns - the RE2 compiler; `null` where the policy holds no pattern
 */
export function createEvaluator(policy: Policy, patterns: PatternCompiler | null): Evaluator {
  const tools = compileTools(policy, patterns);
  const rules = new Map(policy.rules.map((rule) => [rule.name, rule]));
  const values = compileValues(policy, patterns);
  const deciding = new Deciding();

  return {
    policy,
    request: (call) => requestFor(tools.get(call.tool), call),
    evaluate(request) {
      const tool = tools.get(request.tool);
      if (tool !== undefined) return deciding.evaluate(tool, request);
      return answer(TOOL_NAME.test(request.tool) ? UNKNOWN : INVALID_NAME, request.arguments);
    },
    tool: (name) => tools.get(name)?.policy,
    rule: (name) => rules.get(name),
    risk: (name, untrusted) => riskOf(tools.get(name), untrusted),
    value(template, request) {
      if (!tools.has(request.tool)) return undefined;
      let make = values.get(template);
      if (make === undefined) values.set(template, (make = compileValue(template, patterns)));
      return deciding.value(make, request);
    },
    mayEver(request) {
      const tool = tools.get(request.tool);
      return tool !== undefined && deciding.mayEver(tool, request);
    },
  };
}

/** Made with the bundle and not at the first denial: a pattern that is none must refuse the bundle. */
function compileValues(
  { tools, rules, fallback }: Policy,
  patterns: PatternCompiler | null,
): WeakMap<ValueTemplate, ValueMaker> {
  const values = new WeakMap<ValueTemplate, ValueMaker>();
  const all = [fallback, ...[...Object.values(tools), ...rules].map((one) => one.fallback)];
  for (const one of all) {
    if (one?.kind === "value") values.set(one.value, compileValue(one.value, patterns));
  }
  return values;
}

function answer(
  verdict: Verdict,
  args: JsonObject,
  rewrites: readonly Rewrite[] = NO_REWRITES,
): Evaluation {
  return { verdict, arguments: args, rewrites };
}

/**
 * One decision at a time: decisions are synchronous and never nested, so budget and outcomes are written over by
 * the next one instead of being allocated anew.
 */
class Deciding {
  readonly #budget: CostBudget = { left: 0 };
  #scope!: CallScope; // set at the beginning of each decision
  readonly #outcomes: Outcome[] = [];

  evaluate(tool: CompiledTool, request: EvaluationRequest): Evaluation {
    this.#begin(request);
    const args = request.arguments;
    const refused = this.#outOfScope(tool) ?? invalid(tool, args);
    if (refused !== null) return answer(refused, args);
    const first = this.#judge(tool, false);
    if (first.maxBatchSize === Infinity) return answer(first, args);
    const size = batchSize(args, tool.batch);
    if (size === null) return answer(noBatch(tool), args);
    return size <= first.maxBatchSize
      ? answer(first, args)
      : this.#again(tool, request, first, size);
  }

  value(make: ValueMaker, request: EvaluationRequest): Json | undefined {
    this.#begin(request);
    return make(this.#scope, this.#budget);
  }

  mayEver(tool: CompiledTool, request: EvaluationRequest): boolean {
    this.#begin(request);
    return this.#outOfScope(tool) === null && couldPass(tool, request.time);
  }

  /** The effective arguments meet scope, schema and the restrictive rules; the tighter effect of both passes holds. */
  #again(tool: CompiledTool, request: EvaluationRequest, first: Verdict, size: number): Evaluation {
    const args = request.arguments;
    // A tool without a batch argument was refused before.
    const { image, rewrites } = clamp(args, tool.batch ?? "", size, first.maxBatchSize);
    this.#scope = { ...request, arguments: image };
    if ((this.#outOfScope(tool) ?? invalid(tool, image)) !== null) {
      const detail = "the effective arguments do not fit the tool's schema or scope";
      return answer(denial("obligation_failed", detail, tool.risk), args);
    }
    const second = this.#judge(tool, true);
    if (second.maxBatchSize < first.maxBatchSize) {
      return answer(denial("obligation_unstable", undefined, tool.risk), args);
    }
    return answer(join(tool, first, second), image, rewrites);
  }

  #begin(request: EvaluationRequest): void {
    this.#budget.left = EXPRESSION_LIMITS.costPerDecision;
    this.#scope = request;
  }

  #outOfScope({ scope, risk }: CompiledTool): Verdict | null {
    if (scope === null) return null;
    for (const holds of scope.inside) {
      if (holds(this.#scope, this.#budget) === true) return null;
    }
    const known = scope.outside.some((holds) => holds(this.#scope, this.#budget) === true);
    return denial(known ? "out_of_scope" : "unknown_agent", undefined, risk);
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

/** The tighter of both passes, with the obligations of both. */
function join(tool: CompiledTool, first: Verdict, second: Verdict): Verdict {
  const joined = (tool.joined ??= new Map<Verdict, Map<Verdict, Verdict>>());
  const known = joined.get(first)?.get(second);
  if (known !== undefined) return known;
  const tighter = isTighter(second.effect, first.effect) ? second : first;
  // One object stands for one obligation of one rule, so identity tells repeats.
  const obligations = Object.freeze([...new Set([...first.obligations, ...second.obligations])]);
  const maxBatchSize = smallestBatch(obligations);
  const verdict = Object.freeze({ ...tighter, obligations, maxBatchSize });
  const row = joined.get(first) ?? new Map<Verdict, Verdict>();
  if (joined.size < MAX_CACHED_VERDICTS && row.size < MAX_CACHED_VERDICTS) {
    joined.set(first, row.set(second, verdict));
  }
  return verdict;
}

function invalid(tool: CompiledTool, args: JsonObject): Verdict | null {
  const fault = tool.check === null ? null : tool.check(args);
  return fault === null ? null : denial("invalid_arguments", fault, tool.risk);
}

function noBatch({ batch, risk }: CompiledTool): Verdict {
  const detail =
    batch === undefined
      ? "the tool names no batch argument"
      : `arguments.${batch} is neither a number of at least 0 nor a list`;
  return denial("obligation_failed", detail, risk);
}

/** No unconditional deny, and something that could allow or ask. */
function couldPass({ rules, policy }: CompiledTool, time: number): boolean {
  const applies = rules.filter(({ until = Infinity }) => time <= until);
  if (applies.some(({ action, when }) => action === "deny" && when === undefined)) return false;
  return policy.default === "allow" || applies.some(({ action }) => action !== "deny");
}

function riskOf(tool: CompiledTool | undefined, untrusted = false): Risk {
  if (tool === undefined) return NO_RISK;
  return untrusted ? tool.riskUntrusted : tool.risk;
}

function requestFor(tool: CompiledTool | undefined, call: EvaluationCall): EvaluationRequest {
  return {
    tool: call.tool,
    arguments: call.arguments,
    agent: call.agent,
    user: call.user,
    tenant: call.tenant,
    dataType: tool?.dataType,
    // A tool that the policy does not know is denied before anything reads these.
    operation: tool?.operation ?? "write",
    session: call.session,
    facts: call.facts,
    risk: riskOf(tool, call.untrusted).score,
    time: call.time,
    context: call.context,
  };
}
