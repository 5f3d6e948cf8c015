import assert from "node:assert/strict";
import { attempt, guardOf, mustDeny, mustRun, refused, warnings, type Evasion } from "./evasion.ts";
import { HOSTILE, READING } from "./sql.ts";

/** Held at both ends, every word and every sign named: what it does not name is not SQL to this policy. */
const COLUMN = "(?:id|name|status|total)";
const READS = [
  `^SELECT ${COLUMN}(?:, ${COLUMN}){0,3} FROM (?:orders|customers)`,
  `(?: WHERE ${COLUMN} = (?:[0-9]{1,9}|'[A-Za-z0-9 ]{0,40}'))?`,
  "(?: LIMIT [0-9]{1,3})?$",
].join("");

/** A statement that only reads, in a form or with a companion that a tool may read as more. */
const OTHER_SHAPES: readonly unknown[] = [
  { sql: [READING[0]] },
  { sql: [READING[0], "DELETE FROM orders"] },
  { sql: { text: READING[0] } },
  { sql: { toString: READING[0] } },
  { sql: new String(READING[0]) },
  { sql: new TextEncoder().encode(READING[0]) },
  { sql: null },
  {},
  { SQL: READING[0] },
  { "sql ": READING[0] },
  { query: READING[0] },
];

/** What a tool would take beside a statement that passes. */
const COMPANIONS: readonly unknown[] = [
  { sql: READING[0], SQL: "DELETE FROM orders" },
  { sql: READING[0], multipleStatements: true },
  { sql: READING[0], params: ["'; DELETE FROM orders --"] },
  { sql: READING[0], database: "postgres" },
  JSON.parse(`{"sql":"${READING[0]}","__proto__":{"sql":"DELETE FROM orders"}}`),
];

const BY_SCHEMA = `
tools:
  query:
    operation: read
    resources: none
    default: allow
    arguments: { type: object, properties: { sql: { type: string, maxLength: 500, pattern: ${JSON.stringify(READS)} } }, required: [sql] }
rules: []
`;
const BY_CONDITION = `
tools: { query: { operation: read, resources: none } }
rules:
  - name: reads
    tool: query
    when: ${JSON.stringify(`size(arguments) == 1 && arguments.sql.matches(${JSON.stringify(READS)})`)}
    action: allow
`;
/** Statements by name, and values that stand in none of them. */
const BY_NAME = `
tools:
  query:
    operation: read
    resources: none
    default: allow
    arguments:
      type: object
      properties:
        statement: { enum: [order_by_id, orders_of_customer] }
        id: { type: integer, minimum: 1 }
      required: [statement, id]
rules: []
`;
const DENY_LIST = `
tools: { query: { operation: read, resources: none, default: allow } }
rules:
  - { name: no_delete, tool: query, when: 'arguments.sql.contains("DELETE")', action: deny }
  - { name: no_drop, tool: query, when: 'arguments.sql.contains("DROP")', action: deny }
`;

/** Of {@link HOSTILE}, those that write or read elsewhere and hold neither word in capitals: what a list of them misses. */
const MISSED = HOSTILE.filter((sql) =>
  /update|delete|INTO|COPY|secrets|password|pg_sleep|CALL/.test(sql),
).filter((sql) => !/DELETE|DROP/.test(sql));

/** Attacks by statements in an argument. */
export const statementEvasions: readonly Evasion[] = [
  {
    id: "evasion.T31",
    title:
      "a policy that names what only reads lets no other statement pass, by schema or by condition",
    run: async () => {
      for (const [text, codes] of [
        [BY_SCHEMA, ["invalid_arguments", "arguments_not_json"]],
        [BY_CONDITION, ["no_match", "arguments_not_json"]],
      ] as const) {
        const { guard } = await guardOf(text);
        for (const sql of READING) await mustRun(guard, "query", { sql });
        const calls = [...HOSTILE.map((sql) => ({ sql })), ...OTHER_SHAPES, ...COMPANIONS];
        await mustDeny(guard, "query", calls, ...codes);
      }
    },
  },
  {
    id: "evasion.T31",
    title: "a statement by name, with its values beside it, leaves nothing to write one in",
    run: async () => {
      const { guard } = await guardOf(BY_NAME);
      await mustRun(guard, "query", { statement: "order_by_id", id: 7 });
      const calls: readonly unknown[] = [
        ...HOSTILE.map((statement) => ({ statement, id: 7 })),
        ...HOSTILE.map((id) => ({ statement: "order_by_id", id })),
        { statement: "order_by_id", id: 7, sql: READING[0] },
        { statement: "order_by_id; DELETE FROM orders", id: 7 },
        { statement: "ORDER_BY_ID", id: 7 },
        { statement: ["order_by_id"], id: 7 },
        { statement: "order_by_id", id: "7" },
        { statement: "order_by_id", id: -7 },
        { statement: "order_by_id" },
      ];
      await mustDeny(guard, "query", calls, "invalid_arguments");
    },
  },
  {
    id: "evasion.T31",
    title:
      "a list of words that are denied is what these statements walk past, and no pattern held at one end stops them",
    run: async () => {
      // Nobody may take the attacks above for stopped by anything but the names: without them they get through.
      const denyList = (await guardOf(DENY_LIST)).guard;
      assert.ok(MISSED.length > 15);
      for (const sql of MISSED)
        assert.equal((await attempt(denyList, "query", { sql })).code, "ran", sql);
      await mustDeny(denyList, "query", [{ sql: "DELETE FROM orders" }], "rule_denied");
      const rule = (when: string): string =>
        `tools: { query: { operation: read, resources: none } }\nrules: [{ name: r, tool: query, when: ${JSON.stringify(when)}, action: allow }]\n`;
      for (const when of [
        'arguments.sql.matches("^SELECT ")',
        'arguments.sql.matches("(?i)select")',
        'arguments.sql.matches("(?m)^SELECT [a-z]+ FROM orders$")',
      ]) {
        assert.ok((await warnings(rule(when))).has("unanchored_pattern"), when);
        const { guard } = await guardOf(rule(when));
        const stacked = "SELECT id FROM orders\n; DELETE FROM orders";
        assert.equal((await attempt(guard, "query", { sql: stacked })).code, "ran");
      }
      assert.ok((await warnings(rule('!arguments.sql.contains("DELETE")'))).has("negated_dynamic"));
      assert.ok(!(await warnings(BY_CONDITION)).has("unanchored_pattern"));
    },
  },
  {
    id: "evasion.T31",
    title:
      "whatever a statement says, its tool touches what the policy says and no more than a profile holds",
    run: async () => {
      const text = (access: string): string => `
agents: { analyst: { when: "true", tools: [query, report], databases: { orders_db: read } } }
tools:
  query: { operation: read, resources: { databases: { orders_db: ${access} } } }
  report: { operation: read, resources: { databases: { "orders_db": read, people_db: read } } }
rules: [{ name: reads, tools: [query, report], action: allow }]
`;
      // A tool whose login can write says so, and then no wording of its statement brings it into a scope that reads.
      const writes = (await guardOf(text("write"))).guard;
      const calls = [...READING, ...HOSTILE].map((sql) => ({ sql }));
      await mustDeny(writes, "query", calls, "out_of_scope");
      const reads = (await guardOf(text("read"))).guard;
      await mustRun(reads, "query", { sql: READING[0] });
      await mustDeny(
        reads,
        "report",
        [{ sql: READING[0] }, { database: "orders_db" }],
        "out_of_scope",
      );
      // The name of a database never comes from a call.
      await refused(text("read").replace("people_db: read", '"{arguments.database}": read'), [
        "bad_name",
      ]);
    },
  },
  {
    id: "evasion.T31",
    title: "an address that is given directly is not the endpoint that a profile names",
    run: async () => {
      const crm = "https://crm.acme.test/customers";
      const { guard } = await guardOf(`
agents:
  support: { when: "true", tools: [get_customer_info, external_api, either], endpoints: [get_customer_info, "https://api.acme.test/orders/**"] }
  batch: { when: 'agent.id == "batch"', tools: [export], endpoints: ["https://crm.acme.test/**"] }
tools:
  get_customer_info: { operation: read, resources: { endpoints: [get_customer_info] } }
  export: { operation: read, resources: { endpoints: ["${crm}/export"] } }
  external_api: { operation: egress, resources: { endpoints: ["{arguments.url}"] } }
  either: { operation: egress, resources: { endpoints: ["{arguments.endpoint}", "{arguments.url}"] } }
rules: [{ name: ok, tools: ["*"], action: allow }]
`);
      await mustRun(guard, "get_customer_info", {});
      await mustRun(guard, "external_api", { url: "https://api.acme.test/orders/7" });
      await mustDeny(guard, "export", [{}], "out_of_scope");
      const direct = [
        crm,
        `${crm}/7`,
        `${crm}?id=7`,
        "https://crm.acme.test:443/customers",
        "https://CRM.acme.test./customers",
        "crm.acme.test/customers",
        "get_customer_info/7",
        "https://get_customer_info/",
        "https://api.acme.test/orders/../../customers",
        "https://api.acme.test/get_customer_info",
        "https://api.acme.test@crm.acme.test/customers",
      ];
      await mustDeny(
        guard,
        "external_api",
        [{}, ...direct.map((url) => ({ url }))],
        "out_of_scope",
      );
      const batch = { agent: { id: "batch", roles: [] } };
      assert.equal((await attempt(guard, "export", {}, batch)).code, "ran");
      assert.equal(
        (await attempt(guard, "external_api", { url: `${crm}/export` }, batch)).code,
        "out_of_scope",
      );
      // Two ways to say one thing: both must be said, and both must be inside.
      await mustRun(guard, "either", {
        endpoint: "get_customer_info",
        url: "https://api.acme.test/orders/7",
      });
      await mustDeny(
        guard,
        "either",
        [
          { url: "https://api.acme.test/orders/7" },
          { endpoint: "get_customer_info" },
          { endpoint: "get_customer_info", url: crm },
          { endpoint: crm, url: "https://api.acme.test/orders/7" },
        ],
        "out_of_scope",
      );
    },
  },
  {
    id: "evasion.T31",
    title: "an argument that leads elsewhere, and that nothing reads, is said by the linter",
    run: async () => {
      const text = (resources: string): string => `
agents: { any: { when: "true", tools: [call], endpoints: [crm] } }
tools:
  call:
    operation: egress
    resources: { endpoints: [${resources}] }
    arguments: { type: object, properties: { endpoint: { enum: [crm] }, url: { type: string } }, required: [endpoint, url] }
rules: [{ name: ok, tool: call, action: allow }]
`;
      assert.ok((await warnings(text('"{arguments.endpoint}"'))).has("identity_argument_unread"));
      const both = text('"{arguments.endpoint}", "{arguments.url}"');
      assert.ok(!(await warnings(both)).has("identity_argument_unread"));
      const { guard } = await guardOf(both);
      await mustRun(guard, "call", { endpoint: "crm", url: "crm" });
      await mustDeny(
        guard,
        "call",
        [{ endpoint: "crm", url: "https://evil.test/" }],
        "out_of_scope",
      );
    },
  },
];
