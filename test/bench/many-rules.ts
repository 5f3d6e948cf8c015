import {
  ENGINE,
  prepareEvaluator,
  validatePolicy,
  type EvaluationRequest,
  type Policy,
} from "@interlatch/core";
import type { Figure } from "./goal.ts";
import { measure, nanoseconds, ratio, type Effort } from "./measure.ts";

const at = { file: "bench.yaml", line: 1 };
const WILDCARDS = 5;

/** As many tools as rules, one rule each, and five rules on every tool. */
function policyOf(size: number): Policy {
  const names = Array.from({ length: size }, (_, index) => `tool_${index}`);
  const above = (limit: number) =>
    ({
      kind: "compare",
      operator: ">",
      left: { kind: "field", of: { kind: "variable", name: "arguments" }, name: "amount" },
      right: { kind: "literal", value: limit },
    }) as const;
  const tool = { operation: "write", reversible: true, default: "deny", at } as const;
  return {
    engine: ENGINE,
    id: "many",
    mode: "enforce",
    agents: null,
    tools: Object.fromEntries(names.map((name) => [name, tool])),
    facts: {},
    rules: [
      ...names.map((name, index) => ({
        name: `own_${index}`,
        tools: [name],
        when: above(index % 100),
        action: "allow" as const,
        at,
      })),
      ...Array.from({ length: WILDCARDS }, (_, index) => ({
        name: `all_${index}`,
        tools: names,
        when: above(10_000 + index),
        action: "deny" as const,
        at,
      })),
    ],
  };
}

/** A policy of 10,000 rules against one of 10, calls spread over all tools. */
export async function manyRules(effort: Effort): Promise<readonly Figure[]> {
  const candidate = async (size: number) => {
    const evaluator = await prepareEvaluator(validatePolicy(policyOf(size)));
    const requests = Array.from({ length: 1024 }, (_, index): EvaluationRequest => ({
      tool: `tool_${(index * 7919) % size}`,
      arguments: { amount: (index * 31) % 150 },
      agent: { id: "a", roles: [] },
      user: undefined,
      tenant: "t",
      session: "s",
      facts: {},
      context: {},
      time: 1_800_000_000_000,
    }));
    return {
      name: String(size),
      run: (index: number) => evaluator.evaluate(requests[index % 1024]!).verdict.effect,
    };
  };
  const timings = await measure([await candidate(10), await candidate(10_000)], effort);
  return [
    {
      what: "decision with 10,000 rules",
      against: "with 10 rules",
      value: ratio(timings, "10000", "10"),
      unit: "×",
      goal: { atMost: 1.5 },
      tolerance: 0.2,
      note: `${nanoseconds(timings, "10000").toFixed(0)} ns : ${nanoseconds(timings, "10").toFixed(0)} ns`,
    },
  ];
}
