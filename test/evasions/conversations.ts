import assert from "node:assert/strict";
import type { ScriptedCall } from "@interlatch/conformance";
import type { Guard, JsonObject } from "@interlatch/core";
import { guardGraph } from "@interlatch/langgraph";
import { AIMessage } from "@langchain/core/messages";
import { ADAPTERS } from "../adapters/all.ts";
import { toolsOf } from "../adapters/langchain-parts.ts";
import { guardOf, type Evasion } from "./evasion.ts";
import { HOSTILE, READING } from "./sql.ts";

/** A tool that a model called, and with what. */
type Ran = readonly [tool: string, args: unknown];

/** What runs of a model's calls, in every framework, each tool that is called being there. */
async function whatRuns(
  text: string,
  calls: readonly (readonly [tool: string, args: JsonObject])[],
  check: (ran: readonly Ran[], framework: string) => void,
): Promise<void> {
  for (const adapter of ADAPTERS) {
    const { guard } = await guardOf(text);
    const ran: Ran[] = [];
    const tools = [...new Set(calls.map(([tool]) => tool))].map((name) => ({
      name,
      execute: (args: unknown) => {
        ran.push([name, args]);
        return "ran";
      },
    }));
    const scripted = calls.map(([tool, args], index): ScriptedCall => ({
      id: `c${index}`,
      tool,
      arguments: args,
    }));
    const ticket = guard.for({ agent: { id: "shop" }, session: "s" });
    await adapter.converse({ guard, ticket, tools, calls: scripted });
    check(ran, adapter.name);
  }
}

/** Attacks by names and arguments, from a model through the real frameworks to tools that are really there. */
export const conversationEvasions: readonly Evasion[] = [
  {
    id: "evasion.T23",
    title: "in the frameworks a tool whose name looks like an allowed one does not run",
    run: () =>
      whatRuns(
        `
tools: { send_mail: { operation: egress, resources: none } }
rules: [{ name: ok, tool: send_mail, action: allow }]
`,
        [
          "send_mail",
          "Send_Mail",
          "send-mail",
          "s\u0435nd_mail",
          "\uff53end_mail",
          "send_mail\u200b",
          "send_mail2",
        ].map((name) => [name, { to: "ann" }] as const),
        (ran, framework) => assert.deepEqual(ran, [["send_mail", { to: "ann" }]], framework),
      ),
  },
  {
    id: "evasion.T24",
    title: "two tools of one name in a tools node are one to the policy: denied both, or run once",
    run: async () => {
      for (const [action, expected] of [
        ["deny", []],
        ["allow", ["first"]],
      ] as const) {
        const { guard } = await guardOf(`
tools: { twin: { operation: write, resources: none } }
rules: [{ name: r, tool: twin, action: ${action} }]
`);
        const ran: string[] = [];
        const tools = ["first", "second"].map((name) => ({
          name: "twin",
          execute: () => ran.push(name),
        }));
        await callToolNode(guard, tools, "twin");
        assert.deepEqual(ran, expected, action);
      }
    },
  },
  {
    id: "evasion.T26",
    title: "in the frameworks an argument of another type or at an edge passes no rule about it",
    run: () =>
      whatRuns(
        `
tools: { pay: { operation: spend, resources: none } }
rules: [{ name: small, tool: pay, when: arguments.amount <= 100, action: allow }]
`,
        [5, "5", [5], { value: 5 }, null, true, 101, 1e308, "NaN", "-1"].map(
          (amount) => ["pay", { amount }] as const,
        ),
        (ran, framework) => assert.deepEqual(ran, [["pay", { amount: 5 }]], framework),
      ),
  },
  {
    id: "evasion.T27",
    title:
      "in the frameworks a tool or an argument named like a member of a prototype is no more than that",
    run: () =>
      whatRuns(
        `
tools: { note: { operation: write, resources: none, default: allow } }
rules: [{ name: no_admin, tool: note, when: 'has(arguments.admin) || "admin" in arguments', action: deny }]
`,
        [
          ["note", { text: "x" }],
          ["note", { admin: true }],
          ["toString", { text: "x" }],
          ["constructor", { text: "x" }],
          ["hasOwnProperty", { text: "x" }],
          ["note", JSON.parse('{"text":"y","constructor":"z","toString":"w"}') as JsonObject],
        ],
        (ran, framework) => {
          assert.deepEqual(
            ran.map(([tool]) => tool),
            ["note", "note"],
            framework,
          );
          assert.ok(
            ran.every(([, args]) => (args as { admin?: unknown }).admin === undefined),
            framework,
          );
          assert.equal(Reflect.get(Object.prototype, "admin"), undefined, framework);
        },
      ),
  },
  {
    id: "evasion.T31",
    title: "in the frameworks the statements that are named run, and no other",
    run: () => {
      const statements = READING.map((sql) => JSON.stringify(sql)).join(", ");
      return whatRuns(
        `
tools: { query: { operation: read, resources: none, default: allow, arguments: { type: object, properties: { sql: { enum: [${statements}] } }, required: [sql] } } }
rules: []
`,
        [...READING, ...HOSTILE.slice(0, 40)].map((sql) => ["query", { sql }] as const),
        (ran, framework) =>
          assert.deepEqual(
            ran,
            READING.map((sql) => ["query", { sql }]),
            framework,
          ),
      );
    },
  },
  {
    id: "evasion.T31",
    title:
      "in the frameworks an address that is given directly is not the endpoint that a profile names",
    run: () =>
      whatRuns(
        `
agents: { any: { when: "true", tools: [get_customer_info, external_api], endpoints: [get_customer_info, "https://api.acme.test/orders/**"] } }
tools:
  get_customer_info: { operation: read, resources: { endpoints: [get_customer_info] } }
  external_api: { operation: egress, resources: { endpoints: ["{arguments.url}"] } }
rules: [{ name: ok, tools: ["*"], action: allow }]
`,
        [
          ["get_customer_info", { id: 7 }],
          ["external_api", { url: "https://crm.acme.test/customers/7" }],
          ["external_api", { url: "https://api.acme.test/orders/../customers/7" }],
          ["external_api", { url: "https://api.acme.test/orders/7" }],
          ["external_api", {}],
        ],
        (ran, framework) =>
          assert.deepEqual(
            ran,
            [
              ["get_customer_info", { id: 7 }],
              ["external_api", { url: "https://api.acme.test/orders/7" }],
            ],
            framework,
          ),
      ),
  },
];

/** One call of a name that several tools of a node have. */
async function callToolNode(
  guard: Guard,
  tools: Parameters<typeof toolsOf>[0],
  name: string,
): Promise<void> {
  const ticket = guard.for({ agent: { id: "shop" }, session: "s" });
  const message = new AIMessage({
    content: "",
    tool_calls: [{ type: "tool_call", id: "c1", name, args: {} }],
  });
  await guardGraph(guard, toolsOf(tools)).toolNode.invoke(
    { messages: [message] },
    { configurable: { interlatch: ticket } },
  );
}
