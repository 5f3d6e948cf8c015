import { EDITOR_LINES } from "@interlatch/policy";

/** The policy that `init` writes: one of each kind of answer, for the tools of a shop's support agent. */
export function starterPolicy(id: string): string {
  return `${EDITOR_LINES.policy}
# What your agent may do. A call is allowed when a rule allows it and no rule denies it. Whatever no rule
# speaks of is denied. The order of the rules means nothing.

interlatch: 1
id: ${written(id)}
description: What our support agent may do

agents: # the most that an agent may ever use; it grants nothing by itself
  support:
    when: agent.role == "support"
    tools: [search_orders, refund_order, export_orders, delete_customer]

tools: # what each tool is; arguments are JSON Schema, and a key it does not name is refused
  search_orders:
    operation: read
    data: internal
    arguments:
      type: object
      properties: { text: { type: string, maxLength: 200 } }
      required: [text]
    resources: none # or the databases, endpoints, hosts and paths that a call touches

  refund_order:
    operation: spend
    data: internal
    arguments:
      type: object
      properties: { order: { type: string }, amount: { type: number, minimum: 0, maximum: 1000 } }
      required: [order, amount]
    resources: none

  export_orders:
    operation: read
    data: sensitive
    arguments:
      type: object
      properties: { size: { type: integer, minimum: 1 } }
      required: [size]
    resources: none
    batch: { argument: size } # what \`max_batch_size\` counts

  delete_customer: { operation: delete, data: sensitive, resources: none }

rules:
  - name: searches # allowed, but never more than 60 in any 60 seconds
    tool: search_orders
    action: allow
    rate_limit: 60 calls/minute

  - name: small_refunds
    tool: refund_order
    when: arguments.amount <= 50
    action: allow

  - name: large_refunds # a person decides
    tool: refund_order
    when: arguments.amount > 50
    action: review

  - name: exports # allowed; a larger export is cut to 100
    tool: export_orders
    action: allow
    max_batch_size: 100

  - name: customers_stay
    tool: delete_customer
    action: deny
    reason: Customers are deleted by the records team.

fallback: { message: "Not permitted: {reason}" } # what the agent is told
`;
}

/** YAML would read `2024` and `true` as something else than a text. */
function written(id: string): string {
  return /^(?:\d|(?:true|false|null)$)/.test(id) ? JSON.stringify(id) : id;
}

/** The tests that `init` writes beside it; they reach every rule and every tool. */
export const STARTER_TESTS: string = `${EDITOR_LINES.tests}
# Each case is one call and what must come of it. Run them with: interlatch test

defaults:
  identity: { agent: { id: a1, roles: [support] } }

cases:
  - name: orders are found
    call: { tool: search_orders, arguments: { text: "order 17" } }
    expect: { effect: allow, rule: searches }

  - name: refunds depend on the amount
    call: { tool: refund_order, arguments: { order: "17" } }
    table:
      - { name: small, arguments: { amount: 50 }, expect: { effect: allow, rule: small_refunds } }
      - { name: large, arguments: { amount: 51 }, expect: { effect: review, rule: large_refunds } }
      - name: too large
        arguments: { amount: 5000 }
        expect: { effect: deny, code: invalid_arguments }

  - name: exports are cut to 100
    call: { tool: export_orders, arguments: { size: 5000 } }
    expect: { effect: allow, arguments: { size: 100 } }

  - name: customers are not deleted
    call: { tool: delete_customer, arguments: { id: c-7 } }
    expect:
      effect: deny
      rule: customers_stay
      fallback: { message: "Not permitted: Customers are deleted by the records team." }

  - name: nobody else may use these tools
    call: { tool: search_orders, arguments: { text: "order 17" } }
    identity: { agent: { id: b1, roles: [marketing] } }
    expect: { effect: deny, code: unknown_agent }
`;
