import type { Json } from "@interlatch/core";

/** What an editor shows at a place, beside what the grammar says of it. */
export interface EditorNote {
  /** Where the grammar has none. */
  readonly description?: string;
  readonly examples?: readonly Json[];
}

/** By the place: keys from the root, `*` for any name, `[]` for the items of a list. */
export type EditorNotes = Readonly<Record<string, EditorNote>>;

/** Notes on the places of a policy. */
export const POLICY_NOTES: EditorNotes = {
  id: { examples: ["acme-support"] },
  description: { description: "What the policy is for." },
  include: { examples: ["tools.yaml", ["tools.yaml", "rules"]] },
  "agents.*.when": { examples: ['agent.role == "support"', "true"] },
  "agents.*.tools": { examples: [["search_orders", "refund_*"]] },
  "agents.*.databases": { examples: [{ customer_db: "read" }] },
  "agents.*.endpoints": { examples: [["https://api.acme.test/orders/**"]] },
  "agents.*.network": { examples: [["*.internal.acme.test", "10.0.0.0/8"]] },
  "agents.*.paths": { examples: [{ "/srv/reports": "read" }] },
  "tools.*.description": { description: "What the tool is for." },
  "tools.*.arguments": {
    examples: [{ type: "object", properties: { order: { type: "string" } }, required: ["order"] }],
  },
  "tools.*.batch": { description: "What `max_batch_size` makes smaller." },
  "tools.*.batch.argument": { examples: ["size"] },
  "tools.*.resources": { examples: ["none", { databases: { customer_db: "read" } }] },
  facts: { examples: [{ partner_domains: ["partner.test"] }] },
  define: { examples: [{ office_hours: 'request.time.getHours("Europe/Berlin") >= 8' }] },
  "rules.[].name": { examples: ["large_refunds"] },
  "rules.[].description": { description: "What the rule is for." },
  "rules.[].tool": { examples: ["refund_order"] },
  "rules.[].tools": { examples: [["refund_order", "export_*"]] },
  "rules.[].when": {
    examples: ["arguments.amount > 50", ['agent.role != "admin"', "arguments.size > 1000"]],
  },
  "rules.[].unless": { examples: ['"dpo" in agent.roles'] },
  "rules.[].reason": { examples: ["The recipient was not named by the user."] },
  "rules.[].until": { examples: ["2027-01-31", "2027-01-31T12:00:00Z"] },
  "rules.[].max_batch_size": { examples: [100] },
  "rules.[].rate_limit": { examples: ["30 calls/minute"] },
  "rules.[].by": { examples: [["user"]] },
  "rules.[].redact": { examples: [["arguments.card"]] },
  "rules.[].review": { examples: [{ by: ["finance"], quorum: 2, expires: "1h" }] },
  "rules.[].review.by": { examples: ["user", ["finance"]] },
  "rules.[].review.expires": { examples: ["15m"] },
  "rules.[].fallback": { examples: [{ message: "Not permitted: {reason}" }] },
};

/** Notes on the places of a file of tests. */
export const TEST_NOTES: EditorNotes = {
  policy: { examples: ["policy.yaml"] },
  cases: { description: "Each is one call and what must come of it." },
  "cases.[].name": { examples: ["large refunds go to a person"] },
  "cases.[].call": {
    description: "What the model asks for.",
    examples: [{ tool: "refund_order", arguments: { amount: 51 } }],
  },
  "cases.[].call.tool": { description: "The name of the tool." },
  "cases.[].call.arguments": { description: "Left out: none." },
  "cases.[].identity": { examples: [{ agent: { id: "a1", roles: ["support"] } }] },
  "cases.[].time": { examples: ["2026-03-01T23:30:00Z"] },
  "cases.[].expect": { examples: [{ effect: "review", rule: "large_refunds" }] },
  "cases.[].expect.effect": { description: "`allow`, `review` or `deny`." },
  "cases.[].expect.code": { description: "The code of the decision." },
  "cases.[].expect.fallback": { description: "What the agent gets instead: exactly this." },
};
