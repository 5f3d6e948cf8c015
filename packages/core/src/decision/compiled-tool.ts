import { compileCondition, type Condition } from "../evaluate/expression.ts";
import { compileArguments, compileOutput, type SchemaCheck } from "../evaluate/schema.ts";
import { needed, type Parts } from "../parts/parts.ts";
import type { DataClass, Operation, Policy, Rule, ToolPolicy } from "../policy/ir.ts";
import { toolRisk } from "../risk/risk.ts";
import type { ToolScope } from "../scopes/tool-scope.ts";
import type { Risk } from "./decision.ts";
import type { Verdict } from "./verdict.ts";

/**
 * All that deciding a call of one tool needs. What every call reads stands in this one object and in `whens`, so that
 * a policy of ten thousand tools costs few cache misses more than one of ten.
 */
export interface CompiledTool {
  readonly policy: ToolPolicy;
  readonly dataType: DataClass | undefined;
  readonly operation: Operation;
  readonly risk: Risk;
  /** In a session that has read untrusted content. */
  readonly riskUntrusted: Risk;
  readonly check: SchemaCheck | null;
  /** What stands in for its result must fit this. */
  readonly output: SchemaCheck | null;
  readonly batch: string | undefined;
  /** The rules of this tool, sorted by name. */
  readonly rules: readonly Rule[];
  /** Their conditions; `null` always matches. */
  readonly whens: readonly (Condition | null)[];
  /** When each rule ends, epoch milliseconds; `null` where none does. */
  readonly untils: readonly number[] | null;
  /** `null` where the policy has no profiles. */
  readonly scope: ToolScope | null;
  /** Verdicts by the outcomes of the rules, so that a call like an earlier one allocates nothing. Made when first needed. */
  verdicts: Map<number, Verdict> | null;
  /** What both passes over rewritten arguments come to, by the verdict of each. */
  joined: Map<Verdict, Map<Verdict, Verdict>> | null;
  lastKey: number;
  lastVerdict: Verdict | null;
}

/** Compiles every tool of a policy. Rules are indexed by tool: a decision looks at those of its own tool alone. */
export function compileTools(policy: Policy, parts: Parts): ReadonlyMap<string, CompiledTool> {
  const conditions = new Map<Rule, Condition | null>(
    policy.rules.map((rule) => [
      rule,
      rule.when === undefined ? null : compileCondition(rule.when, parts),
    ]),
  );
  const rulesByTool = indexByTool(policy.rules);
  const { agents } = policy;
  const scopeOf = agents === null ? null : needed(parts, "scopes")(agents, parts);
  const tools = new Map<string, CompiledTool>();
  for (const [name, tool] of Object.entries(policy.tools)) {
    const rules = (rulesByTool.get(name) ?? []).sort((a, b) => (a.name < b.name ? -1 : 1));
    tools.set(name, {
      policy: tool,
      dataType: tool.data,
      operation: tool.operation,
      risk: toolRisk(tool, false),
      riskUntrusted: toolRisk(tool, true),
      check: tool.arguments === undefined ? null : compileArguments(tool.arguments, parts),
      output: tool.output === undefined ? null : compileOutput(tool.output, parts),
      batch: tool.batch?.argument,
      rules,
      whens: rules.map((rule) => conditions.get(rule) ?? null),
      untils: rules.some(({ until }) => until !== undefined)
        ? rules.map(({ until }) => until ?? Infinity)
        : null,
      scope: scopeOf === null ? null : scopeOf(name, tool),
      verdicts: null,
      joined: null,
      lastKey: -1,
      lastVerdict: null,
    });
  }
  return tools;
}

function indexByTool(rules: readonly Rule[]): Map<string, Rule[]> {
  const index = new Map<string, Rule[]>();
  for (const rule of rules) {
    for (const tool of new Set(rule.tools)) {
      const known = index.get(tool);
      if (known === undefined) index.set(tool, [rule]);
      else known.push(rule);
    }
  }
  return index;
}
