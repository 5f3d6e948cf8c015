import { ENGINE, type Policy, type Rule, type ToolPolicy } from "@interlatch/core";

const AT = { file: "kit", line: 1 } as const;

/** The words of the denials below. */
export const WORDS = {
  shut: "The till is closed.",
  message: "Closed for today: stock-taking. Ask at the desk.",
  value: "No price today.",
  tool: "Nothing is sent from here.",
  route: "The desk decides this.",
  throw: "This ends here.",
} as const;

/** The value that `quote` falls back to. */
export const QUOTE = { price: 0, note: "not available" } as const;

/** What `draft` gets in place of `send`. */
export const DRAFT = { to: "nobody yet" } as const;

/** The place that the policy sends a run to. */
export const PLACE = "desk";

/** How often `counted` may run in a minute. */
export const UNITS = 2;

/** How much `export` may touch at once. */
export const MOST = 10;

/**
 * One tool for each thing that can become of a call: `open` and `also_open` run, `shut` is denied, `closed` is denied
 * with a message, `quote` with a value, `send` with the lesser tool `draft`, `pass` with a route to {@link PLACE}, `stop`
 * with an exception, `export` is cut to {@link MOST}, `asked` needs a review, `counted` has a limit.
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
    closed: tool(),
    quote: tool(),
    send: tool(),
    draft: tool(),
    pass: tool(),
    stop: tool(),
    export: tool({ batch: { argument: "size" } }),
    asked: tool(),
    counted: tool(),
  },
  rules: [
    rule("opens", "allow", ["open", "also_open", "draft"]),
    rule("shuts", "deny", ["shut"], { reason: WORDS.shut }),
    rule("closes", "deny", ["closed"], {
      reason: "stock-taking",
      fallback: {
        kind: "message",
        message: ["Closed for today: ", { name: "reason" }, ". Ask at the desk."],
      },
    }),
    rule("quotes", "deny", ["quote"], {
      reason: WORDS.value,
      fallback: { kind: "value", value: { kind: "literal", value: QUOTE } },
    }),
    rule("sends", "deny", ["send"], {
      reason: WORDS.tool,
      fallback: { kind: "tool", tool: "draft", arguments: { kind: "literal", value: DRAFT } },
    }),
    rule("passes", "deny", ["pass"], {
      reason: WORDS.route,
      fallback: { kind: "route", route: PLACE },
    }),
    rule("stops", "deny", ["stop"], { reason: WORDS.throw, fallback: { kind: "throw" } }),
    rule("exports", "allow", ["export"], { maxBatchSize: MOST }),
    rule("asks", "review", ["asked"]),
    rule("counts", "allow", ["counted"], {
      rateLimit: { max: UNITS, windowMs: 60_000, onExceed: "deny", by: ["agent"] },
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
