import { compileArguments, type ArgumentsCheck } from "../evaluate/schema.ts";
import { compileCondition, type Condition } from "../evaluate/expression.ts";
import type { PatternCompiler } from "../evaluate/pattern.ts";
import type { CallScope, CostBudget } from "../evaluate/scope.ts";
import { EXPRESSION_LIMITS } from "../policy/expression.ts";
import type { AgentProfile, Policy, Rule, ToolPolicy, ValueTemplate } from "../policy/ir.ts";
import { toolRisk } from "../risk/risk.ts";
import { compileValue } from "../fallback/value.ts";
import type { Json, JsonObject } from "../snapshot/json.ts";
import { combine, ERRED, MATCHED, NOT_MATCHED, type Outcome } from "./combine.ts";
import type { Rewrite, Risk } from "./decision.ts";
import { rewrite } from "./rewrite.ts";
import { denial, isTighter, type Verdict } from "./verdict.ts";

/** What the rules are asked: one call by one identity at one time. All of it frozen. */
export interface EvaluationRequest {
  readonly tool: string;
  /** The image of the arguments. */
  readonly arguments: JsonObject;
  /** Holds `id` and `roles`. */
  readonly agent: JsonObject;
  readonly user: JsonObject | undefined;
  readonly tenant: string | undefined;
  readonly session: string;
  readonly facts: JsonObject;
  readonly context: JsonObject;
  /** Epoch milliseconds. */
  readonly time: number;
}

/** The answer: the verdict, and the arguments it holds for. */
export interface Evaluation {
  readonly verdict: Verdict;
  readonly arguments: JsonObject;
  readonly rewrites: readonly Rewrite[];
}

/** A policy made ready to decide. Pure: the same request gets the same answer. */
export interface Evaluator {
  readonly policy: Policy;
  /** Steps 3 to 8 of a decision: tool, scope, arguments, risk, rules; then the rewriting and its second pass. */
  evaluate(request: EvaluationRequest): Evaluation;
  /** What is known of a tool; `undefined` for an unknown one. */
  tool(name: string): ToolPolicy | undefined;
  /** The rule of this name. */
  rule(name: string): Rule | undefined;
  /** The value of a fallback for one call; `undefined` when an expression in it errs. */
  value(template: ValueTemplate, request: EvaluationRequest): Json | undefined;
  /** Whether any agent of this description could ever be allowed the tool, or asked about it. */
  mayEver(request: EvaluationRequest): boolean;
}

interface CompiledRule {
  readonly rule: Rule;
  /** `null`: always matches. */
  readonly when: Condition | null;
  readonly until: number;
}

interface CompiledTool {
  readonly name: string;
  readonly policy: ToolPolicy;
  readonly risk: Risk;
  readonly check: ArgumentsCheck | null;
  /** Sorted by name. */
  readonly rules: readonly CompiledRule[];
  readonly sources: readonly Rule[];
  /** Profiles that hold the tool, and those that do not. */
  readonly inside: readonly Condition[];
  readonly outside: readonly Condition[];
  /** How the rules came out in the decision under way. */
  readonly outcomes: Outcome[];
  /** Verdicts by the outcomes of the rules, so that an equal call allocates nothing. */
  readonly verdicts: Map<number, Verdict>;
}

const TOOL_NAME = /^[A-Za-z0-9_.:/-]{1,128}$/;
const UNCHANGED: readonly Rewrite[] = Object.freeze([]);
/** Outcome vectors are numbers in base 3; 3^32 is still a safe integer. */
const MAX_RULES_IN_KEY = 32;
const MAX_CACHED_VERDICTS = 256;

const NAME_INVALID = denial("tool_name_invalid");
const TOOL_UNKNOWN = denial("unknown_tool");

/**
 * Compiles a validated policy. Rules are indexed by tool, so that a decision looks at the rules of its own
 * tool alone, however many there are.
 *
 * @param policy - from `validatePolicy`: its shape is trusted here
 * @param patterns - the RE2 compiler; `null` where the policy holds no pattern
 */
export function createEvaluator(policy: Policy, patterns: PatternCompiler | null): Evaluator {
  const tools = compileTools(policy, patterns);
  const rules = new Map(policy.rules.map((rule) => [rule.name, rule]));
  // Decisions are synchronous and never nested, so one budget serves all of them.
  const budget: CostBudget = { left: 0 };

  function evaluate(request: EvaluationRequest): Evaluation {
    const tool = tools.get(request.tool);
    if (tool === undefined) {
      return answer(TOOL_NAME.test(request.tool) ? TOOL_UNKNOWN : NAME_INVALID, request);
    }
    budget.left = EXPRESSION_LIMITS.costPerDecision;
    const scope = scopeOf(request, tool);
    const refused = checkScope(tool, policy, scope) ?? checkArguments(tool, request.arguments);
    if (refused) return answer(refused, request);
    const verdict = judge(tool, scope, false);
    if (verdict.effect === "deny" || verdict.obligations.length === 0) return answer(verdict, request);
    return secondPass(tool, request, scope, verdict);
  }

  /** Rewrites once; the effective arguments meet schema, scope and the restrictive rules again. */
  function secondPass(
    tool: CompiledTool,
    request: EvaluationRequest,
    scope: CallScope,
    first: Verdict,
  ): Evaluation {
    const made = rewrite(tool.policy, request.arguments, first.obligations);
    if (!made.ok) return answer(denial("obligation_failed", made.detail, tool.risk), request);
    if (made.rewrites.length === 0) return answer(first, request);
    const effective: CallScope = { ...scope, arguments: made.image };
    if (checkScope(tool, policy, effective) ?? checkArguments(tool, made.image)) {
      const detail = "the effective arguments do not fit the tool's schema or scope";
      return answer(denial("obligation_failed", detail, tool.risk), request);
    }
    const second = judge(tool, effective, true);
    const obligations = [...first.obligations, ...second.obligations];
    const again = rewrite(tool.policy, made.image, obligations);
    if (!again.ok || again.rewrites.length > 0) {
      return answer(denial("obligation_unstable", undefined, tool.risk), request);
    }
    const tighter = isTighter(second.effect, first.effect) ? second : first;
    return {
      verdict: Object.freeze({ ...tighter, obligations: Object.freeze(unique(obligations)) }),
      arguments: made.image,
      rewrites: made.rewrites,
    };
  }

  function checkScope(tool: CompiledTool, of: Policy, scope: CallScope): Verdict | null {
    if (of.agents === null) return null;
    const holds = (profile: Condition): boolean => profile(scope, budget) === true;
    if (tool.inside.some(holds)) return null;
    return denial(tool.outside.some(holds) ? "out_of_scope" : "unknown_agent", undefined, tool.risk);
  }

  function judge(tool: CompiledTool, scope: CallScope, restrictiveOnly: boolean): Verdict {
    const { rules } = tool;
    let key = restrictiveOnly ? 1 : 0;
    for (let index = 0; index < rules.length; index++) {
      // The index is in range.
      const outcome = outcomeOf(rules[index]!, scope, budget, restrictiveOnly);
      tool.outcomes[index] = outcome;
      key = key * 3 + outcome;
    }
    if (budget.left < 0) return denial("budget_exhausted", undefined, tool.risk);
    const known = tool.verdicts.get(key);
    if (known !== undefined) return known;
    // The first pass has settled whether the call is allowed at all; the second can only restrict it.
    const settled = restrictiveOnly ? { ...tool.policy, default: "allow" as const } : tool.policy;
    const verdict = combine(settled, tool.risk, tool.sources, tool.outcomes);
    if (rules.length <= MAX_RULES_IN_KEY && tool.verdicts.size < MAX_CACHED_VERDICTS) {
      tool.verdicts.set(key, verdict);
    }
    return verdict;
  }

  return {
    policy,
    evaluate,
    tool: (name) => tools.get(name)?.policy,
    rule: (name) => rules.get(name),
    value(template, request) {
      const tool = tools.get(request.tool);
      if (tool === undefined) return undefined;
      budget.left = EXPRESSION_LIMITS.costPerDecision;
      return compileValue(template, patterns)(scopeOf(request, tool), budget);
    },
    mayEver(request) {
      const tool = tools.get(request.tool);
      if (tool === undefined) return false;
      budget.left = EXPRESSION_LIMITS.costPerDecision;
      const scope = scopeOf(request, tool);
      return checkScope(tool, policy, scope) === null && couldPass(tool, request.time);
    },
  };
}

function answer(verdict: Verdict, request: EvaluationRequest): Evaluation {
  return { verdict, arguments: request.arguments, rewrites: UNCHANGED };
}

function outcomeOf(
  { rule, when, until }: CompiledRule,
  scope: CallScope,
  budget: CostBudget,
  restrictiveOnly: boolean,
): Outcome {
  if (scope.time > until || (restrictiveOnly && rule.action === "allow")) return NOT_MATCHED;
  if (when === null) return MATCHED;
  const held = when(scope, budget);
  return held === true ? MATCHED : held === false ? NOT_MATCHED : ERRED;
}

function checkArguments(tool: CompiledTool, args: JsonObject): Verdict | null {
  const fault = tool.check === null ? null : tool.check(args);
  return fault === null ? null : denial("invalid_arguments", fault, tool.risk);
}

function scopeOf(request: EvaluationRequest, tool: CompiledTool): CallScope {
  return {
    tool: request.tool,
    arguments: request.arguments,
    agent: request.agent,
    user: request.user,
    tenant: request.tenant,
    dataType: tool.policy.data,
    operation: tool.policy.operation,
    session: request.session,
    facts: request.facts,
    risk: tool.risk.score,
    time: request.time,
    context: request.context,
  };
}

/** No unconditional deny, and something that could allow or ask. */
function couldPass(tool: CompiledTool, time: number): boolean {
  const applies = tool.rules.filter((rule) => time <= rule.until);
  if (applies.some(({ rule, when }) => rule.action === "deny" && when === null)) return false;
  return tool.policy.default === "allow" || applies.some(({ rule }) => rule.action !== "deny");
}

/** One object stands for one obligation of one rule, so identity tells repeats from both passes. */
function unique<Item>(items: readonly Item[]): readonly Item[] {
  return [...new Set(items)];
}

function compileTools(
  policy: Policy,
  patterns: PatternCompiler | null,
): ReadonlyMap<string, CompiledTool> {
  const byTool = new Map<string, CompiledRule[]>();
  for (const rule of policy.rules) {
    const compiled: CompiledRule = {
      rule,
      when: rule.when === undefined ? null : compileCondition(rule.when, patterns),
      until: rule.until ?? Infinity,
    };
    for (const tool of new Set(rule.tools)) {
      const rules = byTool.get(tool);
      if (rules === undefined) byTool.set(tool, [compiled]);
      else rules.push(compiled);
    }
  }
  const profiles = Object.values(policy.agents ?? {}).map((profile: AgentProfile) => ({
    tools: new Set(profile.tools),
    when: compileCondition(profile.when, patterns),
  }));
  const tools = new Map<string, CompiledTool>();
  for (const [name, tool] of Object.entries(policy.tools)) {
    const rules = (byTool.get(name) ?? []).sort((a, b) => (a.rule.name < b.rule.name ? -1 : 1));
    tools.set(name, {
      name,
      policy: tool,
      risk: toolRisk(tool),
      check: tool.arguments === undefined ? null : compileArguments(tool.arguments),
      rules,
      sources: rules.map(({ rule }) => rule),
      inside: profiles.filter((profile) => profile.tools.has(name)).map(({ when }) => when),
      outside: profiles.filter((profile) => !profile.tools.has(name)).map(({ when }) => when),
      outcomes: [],
      verdicts: new Map(),
    });
  }
  return tools;
}
