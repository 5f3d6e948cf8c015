import { ENGINE, type Policy, type Rule, type ToolPolicy } from "@interlatch/core";

const at = { file: "test.yaml", line: 1 };

/** A policy for tests of adapters, from the parts that matter to the test. */
export function toolPolicy(
  tools: Readonly<Record<string, Partial<ToolPolicy>>>,
  rules: readonly (Pick<Rule, "name" | "tools" | "action"> & Partial<Rule>)[] = [],
): Policy {
  const full = Object.entries(tools).map(
    ([name, tool]) =>
      [name, { operation: "read", reversible: true, default: "allow", at, ...tool }] as const,
  );
  return {
    engine: ENGINE,
    id: "adapters",
    mode: "enforce",
    agents: null,
    tools: Object.fromEntries(full),
    facts: {},
    rules: rules.map((rule) => ({ at, ...rule })),
  };
}

/**
 * `look` is allowed; `refund` is denied; `quote` is denied and falls back to a value; `export_data` is cut to
 * ten; `wire` needs a review.
 */
export const FIVE_TOOLS: Policy = toolPolicy(
  { look: {}, refund: {}, quote: {}, export_data: { batch: { argument: "size" } }, wire: {} },
  [
    {
      name: "no_refunds",
      tools: ["refund"],
      action: "deny",
      reason: "Refunds are made by people.",
    },
    {
      name: "no_quotes",
      tools: ["quote"],
      action: "deny",
      fallback: { kind: "value", value: { kind: "literal", value: { price: null } } },
    },
    { name: "small_exports", tools: ["export_data"], action: "allow", maxBatchSize: 10 },
    { name: "wires", tools: ["wire"], action: "review" },
  ],
);
