import type { Fallback, Policy, Rule, ToolPolicy } from "@interlatch/core";

const at = { file: "policy.yaml", line: 1 };

/** What the tests' tools are and what the policy says of them. */
const TOOLS: Readonly<Record<string, Partial<ToolPolicy>>> = {
  search: { operation: "read" },
  refund: {},
  report: { operation: "read" },
  broken_report: { operation: "read" },
  export_rows: { batch: { argument: "size" } },
  ask: {},
  limited: { operation: "read" },
  constructor: {},
  toString: {},
};

const rule = (
  name: string,
  tool: string,
  action: Rule["action"],
  more: Partial<Rule> = {},
): Rule => ({
  name,
  tools: [tool],
  action,
  at,
  ...more,
});

/** Given instead of a report. */
export const NO_REPORT: { readonly rows: readonly never[]; readonly note: string } = {
  rows: [],
  note: "not released",
};

const noReport: Fallback = { kind: "value", value: { kind: "literal", value: NO_REPORT } };

/** Reads an argument that nobody gives. */
const failing: Fallback = {
  kind: "value",
  value: {
    kind: "expression",
    expression: { kind: "field", of: { kind: "variable", name: "arguments" }, name: "absent" },
  },
};

/** A policy with a tool for each thing that can happen to a call. */
export const POLICY: Policy = {
  engine: 1,
  id: "ai-sdk-tests",
  mode: "enforce",
  agents: null,
  tools: Object.fromEntries(
    Object.entries(TOOLS).map(([name, tool]) => [
      name,
      { operation: "write", reversible: true, default: "deny", at, ...tool },
    ]),
  ),
  facts: {},
  rules: [
    rule("searches", "search", "allow"),
    rule("no_refunds", "refund", "deny", { reason: "Refunds are made by people." }),
    rule("no_reports", "report", "deny", { fallback: noReport }),
    rule("no_broken_reports", "broken_report", "deny", { fallback: failing, reason: "Not yours." }),
    rule("small_exports", "export_rows", "allow", { maxBatchSize: 100 }),
    rule("asked", "ask", "review"),
    rule("once_a_minute", "limited", "allow", {
      rateLimit: { max: 1, windowMs: 60_000, onExceed: "deny", by: ["agent"] },
    }),
    rule("odd_name", "constructor", "allow"),
    rule("odder_name", "toString", "deny"),
  ],
};

/** The words that a model gets for a refund. */
export const NO_REFUND = "Refunds are made by people.";
