import {
  preparsePolicySet,
  statefulIsAuthorized,
  type StatefulAuthorizationCall,
} from "@cedar-policy/cedar-wasm/nodejs";
import { PolicyEngine } from "@microsoft/agent-governance-sdk";
import { Engine, type RuleProperties } from "json-rules-engine";

/** What a peer is told of a call, flat: no peer has to look into objects for it. */
export interface PeerCall {
  readonly tool: string;
  readonly role: string;
  readonly function: string;
  readonly data_type: string;
  readonly size: number;
}

/** Decides a call by the seed's rules: `allow`, `review` or `deny`. */
export type PeerDecide = (call: PeerCall) => string | Promise<string>;

const READING = ["read_file", "db_query", "search"];
const CALLING = ["http_get", "call_api"];

/**
 * Cedar, by its WebAssembly build: the policies are parsed once and kept there. It knows no review, so a `forbid` of
 * that name stands for it; what it is asked about is the smallest request that it takes.
 */
export function cedar(): PeerDecide {
  const list = (names: readonly string[]): string => JSON.stringify(names);
  const parsed = preparsePolicySet("bench", {
    staticPolicies: {
      risk: `forbid(principal, action, resource) when { context.tool == "database_delete_table" };`,
      export: `forbid(principal, action, resource) when {
        ${list(READING)}.contains(context.tool) && context.role != "admin" &&
        context.data_type == "sensitive" && context.size > 1000 };`,
      api: `permit(principal, action, resource) when {
        ${list(CALLING)}.contains(context.tool) && context.function == "customer_service" };`,
      reading: `permit(principal, action, resource) when { ${list(READING)}.contains(context.tool) };`,
    },
  });
  if (parsed.type !== "success") throw new Error(`Cedar refuses the policies: ${parsed.type}`);
  const request = {
    principal: { type: "Agent", id: "a" },
    action: { type: "Action", id: "call" },
    resource: { type: "Tool", id: "t" },
    preparsedPolicySetId: "bench",
    entities: [],
  } satisfies Partial<StatefulAuthorizationCall>;
  return ({ tool, role, function: work, data_type, size }) => {
    const context = { tool, role, function: work, data_type, size };
    const answer = statefulIsAuthorized({ ...request, context });
    if (answer.type !== "success") throw new Error("Cedar gives no answer");
    const { decision, diagnostics } = answer.response;
    if (decision === "allow") return "allow";
    return diagnostics.reason.includes("export") ? "review" : "deny";
  };
}

/** Microsoft's Agent Governance Toolkit: its policy document with conditions, loaded once. */
export function governanceToolkit(): PeerDecide {
  const quoted = (names: readonly string[]): string => names.map((name) => `'${name}'`).join(", ");
  const engine = new PolicyEngine();
  engine.loadYaml(`apiVersion: governance.toolkit/v1
name: bench
scope: global
default_action: deny
rules:
  - name: high_risk
    condition: "tool == 'database_delete_table'"
    ruleAction: deny
    priority: 3
  - name: data_export_protection
    condition: "tool in [${quoted(READING)}] and role != 'admin' and data_type == 'sensitive' and size > 1000"
    ruleAction: require_approval
    priority: 2
  - name: api
    condition: "tool in [${quoted(CALLING)}] and function == 'customer_service'"
    ruleAction: allow
    priority: 1
  - name: reading
    condition: "tool in [${quoted(READING)}]"
    ruleAction: allow
    priority: 0
`);
  return (call) => {
    const { action } = engine.evaluatePolicy("did:bench:a", { ...call });
    return action === "require_approval" ? "review" : action;
  };
}

/** json-rules-engine: one engine for all calls, which stops at the first rule that holds. */
export function jsonRulesEngine(): PeerDecide {
  const is = (fact: string, operator: string, value: unknown) => ({ fact, operator, value });
  const rule = (priority: number, type: string, all: ReturnType<typeof is>[]): RuleProperties => ({
    priority,
    conditions: { all },
    event: { type },
  });
  const engine = new Engine([
    rule(4, "deny", [is("tool", "equal", "database_delete_table")]),
    rule(3, "review", [
      is("tool", "in", READING),
      is("role", "notEqual", "admin"),
      is("data_type", "equal", "sensitive"),
      is("size", "greaterThan", 1000),
    ]),
    rule(2, "allow", [is("tool", "in", CALLING), is("function", "equal", "customer_service")]),
    rule(1, "allow", [is("tool", "in", READING)]),
  ]);
  engine.on("success", () => void engine.stop());
  return async (call) => {
    const { events } = await engine.run({ ...call });
    return events[0]?.type ?? "deny";
  };
}
