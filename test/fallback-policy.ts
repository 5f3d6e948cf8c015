import type { Policy } from "@interlatch/core";
import { argument } from "./policies.ts";
import { toolPolicy } from "./tool-policy.ts";

/**
 * `look` and `draft` are allowed. `send` falls back to `draft`, `refund` to the node `support`, `wipe` to an exception,
 * `wire` to `vault`, which asks people.
 */
export const FALLBACKS: Policy = toolPolicy(
  { look: {}, draft: {}, send: {}, refund: {}, wipe: {}, wire: {}, vault: {} },
  [
    {
      name: "no_mail",
      tools: ["send"],
      action: "deny",
      reason: "The office is closed.",
      fallback: {
        kind: "tool",
        tool: "draft",
        arguments: {
          kind: "object",
          entries: [["text", { kind: "text", parts: ["For ", argument("to")] }]],
        },
      },
    },
    {
      name: "no_refunds",
      tools: ["refund"],
      action: "deny",
      reason: "People do that.",
      fallback: { kind: "route", route: "support" },
    },
    {
      name: "no_wiping",
      tools: ["wipe"],
      action: "deny",
      fallback: { kind: "throw", message: ["Never."] },
    },
    {
      name: "no_wires",
      tools: ["wire"],
      action: "deny",
      reason: "No wires.",
      fallback: {
        kind: "tool",
        tool: "vault",
        arguments: { kind: "object", entries: [] },
      },
    },
    { name: "vaults", tools: ["vault"], action: "review" },
  ],
);

/** How often the model may be denied one call in the tests of ends. */
export const MOST_DENIALS = 2;
