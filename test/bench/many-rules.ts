import { ENGINE, prepareEvaluator, type Policy } from "@interlatch/core";
import { validatePolicy } from "@interlatch/core/build";
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

/** The tools an agent has in hand. */
const TOOLS_IN_USE = 10;

/**
 * A policy of 10,000 rules against one of 10, under the same traffic: ten tools. The note says what calls that are
 * spread over a thousand tools cost, which is the price of memory that is in no cache, not of the rules.
 */
export async function manyRules(effort: Effort): Promise<readonly Figure[]> {
  const candidate = async (name: string, size: number, inUse: number) => {
    const evaluator = await prepareEvaluator(validatePolicy(policyOf(size)));
    const requests = Array.from({ length: 1024 }, (_, index) =>
      evaluator.request({
        tool: `tool_${((index % inUse) * Math.floor(size / inUse)) % size}`,
        arguments: { amount: (index * 31) % 150 },
        agent: { id: "a", roles: [] },
        user: undefined,
        tenant: "t",
        session: "s",
        facts: {},
        context: {},
        time: 1_800_000_000_000,
      }),
    );
    const run = (index: number) => evaluator.evaluate(requests[index % 1024]!).verdict.effect;
    return { name, run };
  };
  const timings = await measure(
    [
      await candidate("few", 10, TOOLS_IN_USE),
      await candidate("many", 10_000, TOOLS_IN_USE),
      await candidate("spread", 10_000, 1_000),
    ],
    effort,
  );
  const ns = (name: string): string => `${nanoseconds(timings, name).toFixed(0)} ns`;
  return [
    {
      what: "decision with 10,000 rules",
      against: "with 10 rules",
      value: ratio(timings, "many", "few"),
      unit: "×",
      goal: { atMost: 1.5 },
      tolerance: 0.2,
      note: `${ns("many")} : ${ns("few")}; spread over 1,000 tools ${ratio(timings, "spread", "few").toFixed(1)} ×`,
    },
  ];
}
