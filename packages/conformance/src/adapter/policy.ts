import { ENGINE, type Policy, type Rule, type ToolPolicy } from "@interlatch/core";

const AT = { file: "kit", line: 1 } as const;

/** The words of the denials below. */
export const WORDS = {
  shut: "The till is closed.",
  value: "No price today.",
} as const;

/** The value that `quote` falls back to. */
export const QUOTE = { price: 0, note: "not available" } as const;

/** How much `export` may touch at once. */
export const MOST = 10;

/**
 * One tool for each thing that can become of a call: `open` and `also_open` run, `shut` is denied, `quote` is
 * denied with a value, `export` is cut to {@link MOST}, `asked` needs a review, `counted` has a limit.
 */
export const KIT_POLICY: Policy = {
  engine: ENGINE,
  id: "conformance-kit",
  mode: "enforce",
  agents: null,
  facts: {},
  tools: {
    open: tool(),
    also_open: tool(),
    shut: tool(),
    quote: tool(),
    export: tool({ batch: { argument: "size" } }),
    asked: tool(),
    counted: tool(),
  },
  rules: [
    rule("opens", "allow", ["open", "also_open"]),
    rule("shuts", "deny", ["shut"], {
      reason: WORDS.shut,
      fallback: { kind: "message", message: [{ name: "reason" }] },
    }),
    rule("quotes", "deny", ["quote"], {
      reason: WORDS.value,
      fallback: { kind: "value", value: { kind: "literal", value: QUOTE } },
    }),
    rule("exports", "allow", ["export"], { maxBatchSize: MOST }),
    rule("asks", "review", ["asked"]),
    rule("counts", "allow", ["counted"], {
      rateLimit: { max: 2, windowMs: 60_000, onExceed: "deny", by: ["agent"] },
    }),
  ],
};

function tool(more: Partial<ToolPolicy> = {}): ToolPolicy {
  return { operation: "write", reversible: true, default: "deny", at: AT, ...more };
}

function rule(
  name: string,
  action: Rule["action"],
  tools: readonly string[],
  more: Partial<Rule> = {},
): Rule {
  return { name, action, tools, at: AT, ...more };
}
