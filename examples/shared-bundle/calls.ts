import type { DecisionCode, Effect, Identity } from "@interlatch/core";

/** One call that a scripted model makes, and what the signed policy must say of it. */
export interface ScriptedCall {
  readonly id: string;
  /** What it is, in words. */
  readonly title: string;
  readonly who: Identity;
  readonly tool: string;
  readonly arguments: Readonly<Record<string, unknown>>;
  readonly expect: {
    readonly effect: Effect;
    readonly code: DecisionCode;
    readonly rule: string | null;
    /** How often the tool runs. */
    readonly runs: 0 | 1;
    /** What the model must read in the tool's answer. */
    readonly answer: string;
  };
}

const clerk: Identity = {
  agent: { id: "desk-bot", roles: ["clerk"], function: "customer_service" },
  user: { id: "u-17" },
  tenant: "acme",
  session: "conversation-1",
};
const as = (role: string, work: string): Identity => ({
  ...clerk,
  agent: { id: `${role}-bot`, roles: [role], function: work },
});
const admin = as("admin", "operations");
const auditor = as("auditor", "finance");
const billing = as("clerk", "billing");

const MESSAGE = "Not permitted by policy:";

/** Twelve calls of six tools, one of which the policy does not know. */
export const CALLS: readonly ScriptedCall[] = [
  {
    id: "c01",
    title: "clerk exports 500 records",
    who: clerk,
    tool: "export_data",
    arguments: { size: 500 },
    expect: {
      effect: "allow",
      code: "allowed_by_default",
      rule: null,
      runs: 1,
      answer: "exported 500",
    },
  },
  {
    id: "c02",
    title: "clerk exports 5,000, nobody to ask",
    who: clerk,
    tool: "export_data",
    arguments: { size: 5000 },
    expect: {
      effect: "deny",
      code: "review_unavailable",
      rule: "data_export_protection",
      runs: 0,
      answer: `${MESSAGE} This call needs a person's approval`,
    },
  },
  {
    id: "c03",
    title: "admin exports 5,000 records",
    who: admin,
    tool: "export_data",
    arguments: { size: 5000 },
    expect: {
      effect: "allow",
      code: "allowed_by_default",
      rule: null,
      runs: 1,
      answer: "exported 5000",
    },
  },
  {
    id: "c04",
    title: "support calls an outside API",
    who: clerk,
    tool: "external_api",
    arguments: { url: "https://api.test/orders/17" },
    expect: {
      effect: "allow",
      code: "allowed",
      rule: "api_rate_limiting",
      runs: 1,
      answer: "fetched",
    },
  },
  {
    id: "c05",
    title: "billing calls an outside API",
    who: billing,
    tool: "external_api",
    arguments: { url: "https://api.test/orders/17" },
    expect: {
      effect: "deny",
      code: "no_match",
      rule: null,
      runs: 0,
      answer: `${MESSAGE} No rule permits`,
    },
  },
  {
    id: "c06",
    title: "clerk lists 20 customers",
    who: clerk,
    tool: "list_customers",
    arguments: { limit: 20 },
    expect: {
      effect: "allow",
      code: "allowed",
      rule: "short_customer_lists",
      runs: 1,
      answer: "listed 20",
    },
  },
  {
    id: "c07",
    title: "clerk lists 500, clamped to 50",
    who: clerk,
    tool: "list_customers",
    arguments: { limit: 500 },
    expect: {
      effect: "allow",
      code: "allowed",
      rule: "short_customer_lists",
      runs: 1,
      answer: "listed 50",
    },
  },
  {
    id: "c08",
    title: "clerk deletes records",
    who: clerk,
    tool: "delete_records",
    arguments: { table: "orders" },
    expect: {
      effect: "deny",
      code: "rule_denied",
      rule: "records_are_kept",
      runs: 0,
      answer: `${MESSAGE} Records are deleted by the records team, never by an agent.`,
    },
  },
  {
    id: "c09",
    title: "clerk reads a report, gets it empty",
    who: clerk,
    tool: "read_report",
    arguments: { quarter: "q3" },
    expect: {
      effect: "deny",
      code: "rule_denied",
      rule: "reports_are_for_auditors",
      runs: 0,
      answer: "Not released to desk-bot.",
    },
  },
  {
    id: "c10",
    title: "auditor reads a report",
    who: auditor,
    tool: "read_report",
    arguments: { quarter: "q3" },
    expect: {
      effect: "allow",
      code: "allowed_by_default",
      rule: null,
      runs: 1,
      answer: "report of q3",
    },
  },
  {
    id: "c11",
    title: "clerk exports an invented amount",
    who: clerk,
    tool: "export_data",
    arguments: { size: "all", force: true },
    expect: {
      effect: "deny",
      code: "invalid_arguments",
      rule: null,
      runs: 0,
      answer: `${MESSAGE} The arguments are not permitted`,
    },
  },
  {
    id: "c12",
    title: "clerk uses an unknown tool",
    who: clerk,
    tool: "import_data",
    arguments: { from: "https://elsewhere.test" },
    expect: {
      effect: "deny",
      code: "unknown_tool",
      rule: null,
      runs: 0,
      answer: `${MESSAGE} This tool is not available.`,
    },
  },
];
