import { policyOf } from "../../../test/policies.ts";
import type { PartName } from "../src/parts/parts.ts";
import { type Expression, type FunctionName, FUNCTIONS } from "../src/policy/expression.ts";
import type { ArgumentSchema, Policy, Rule, ToolPolicy } from "../src/policy/ir.ts";
import { validatePolicy } from "../src/policy/validate.ts";
import { call, compare, literal, path } from "./expressions.ts";
import { exactly, tableOf } from "./patterns.ts";

/** A policy, what of the language it uses, and the parts that takes. */
export interface PolicyUsing {
  readonly what: string;
  readonly parts: readonly PartName[];
  readonly policy: Policy;
}

const at = { file: "policy.yaml", line: 1 };

function policyWith(
  tool: Partial<ToolPolicy>,
  rule: Partial<Rule> = {},
  rest: Partial<Policy> = {},
): Policy {
  const plain = policyOf({ tools: { tool }, rules: [{ action: "allow", ...rule }] });
  return validatePolicy({ ...plain, ...rest });
}

const TEXTS: ReadonlySet<string> = new Set(["size", "lower", "startsWith", "endsWith", "contains"]);
const FIRST: { readonly [name in FunctionName]?: string } = {
  host: "https://acme.test/",
  inDomain: "a.acme.test",
  under: "/data/a",
  ipIn: "10.0.0.7",
  isPrivateHost: "localhost",
  timestamp: "2026-11-22T10:00:00Z",
  duration: "90m",
};
const SECOND: { readonly [name in FunctionName]?: string } = {
  inDomain: "acme.test",
  under: "/data",
  ipIn: "10.0.0.0/8",
  glob: "a*",
};

/** A condition that the function answers with true or false. */
export function conditionOf(name: FunctionName): Expression {
  const first = name.startsWith("get") ? path("request.time") : literal(FIRST[name] ?? "a");
  const second = literal(SECOND[name] ?? (name.startsWith("get") ? "Europe/Berlin" : "a"));
  const value = call(name, ...(FUNCTIONS[name] === 1 ? [first] : [first, second]));
  return compare(value, "==", value);
}

const allNames = Object.keys(FUNCTIONS) as FunctionName[]; // their keys are the names
const functions = allNames.map((name): PolicyUsing => ({
  what: `the function ${name}`,
  parts: TEXTS.has(name) ? [] : ["functions"],
  policy: policyWith({}, { when: conditionOf(name) }),
}));

const within = conditionOf("isPrivateHost");
const expression = { kind: "expression", expression: within } as const;
const value = { kind: "value", value: { kind: "list", items: [expression] } } as const;
const given = { kind: "value", value: { kind: "literal", value: 7 } } as const;
const text = { kind: "text", parts: ["https://acme.test/", path("arguments.x")] } as const;
const profile = { when: literal(true), tools: ["tool"], at };

const sum = {
  kind: "arithmetic",
  operator: "+",
  left: path("arguments.x"),
  right: path("arguments.x"),
} as const;
const any = {
  kind: "comprehension",
  macro: "exists",
  over: { kind: "list", items: [path("arguments.x")] },
  as: "one",
  body: compare({ kind: "local", name: "one" }, "==", literal("a")),
} as const;

const places: readonly PolicyUsing[] = [
  {
    what: "a calculation",
    parts: ["operations"],
    policy: policyWith({}, { when: compare(sum, "==", literal("aa")) }),
  },
  {
    what: "a walk over a list",
    parts: ["operations"],
    policy: policyWith({}, { when: any }),
  },
  {
    what: "a calculation in the value of a tool",
    parts: ["operations", "values"],
    policy: policyWith(
      { fallback: { kind: "value", value: { kind: "expression", expression: sum } } },
      { action: "deny" },
    ),
  },
  {
    what: "a function in the value of a tool",
    parts: ["functions", "values"],
    policy: policyWith({ fallback: value }, { action: "deny" }),
  },
  {
    what: "a function in the value of a rule",
    parts: ["functions", "values"],
    policy: policyWith({}, { action: "deny", fallback: value }),
  },
  {
    what: "a function in the value of the policy",
    parts: ["functions", "values"],
    policy: policyWith({}, { action: "deny" }, { fallback: value }),
  },
  {
    what: "a lesser tool, with a function in its arguments",
    parts: ["functions", "values", "hop"],
    policy: policyWith(
      {},
      { action: "deny", fallback: { kind: "tool", tool: "other", arguments: expression } },
    ),
  },
  {
    what: "a lesser tool of a tool",
    parts: ["values", "hop"],
    policy: policyWith({
      fallback: { kind: "tool", tool: "other", arguments: { kind: "object", entries: [] } },
    }),
  },
  {
    what: "a lesser tool of the policy",
    parts: ["values", "hop"],
    policy: policyWith(
      {},
      {},
      { fallback: { kind: "tool", tool: "other", arguments: given.value } },
    ),
  },
  {
    what: "a function deep inside a condition",
    parts: ["functions"],
    policy: policyWith(
      {},
      { when: { kind: "if", test: { kind: "not", of: within }, then: within, else: within } },
    ),
  },
  {
    what: "a function in a profile",
    parts: ["functions", "scopes"],
    policy: policyWith({}, {}, { agents: { a: { ...profile, when: within } } }),
  },
  {
    what: "a function in a resource",
    parts: ["functions", "scopes"],
    policy: policyWith(
      {
        resources: {
          network: [{ kind: "expression", expression: call("host", path("arguments.x")) }],
        },
      },
      {},
      { agents: { a: { ...profile, network: ["acme.test"] } } },
    ),
  },
];

const dimensions: readonly PolicyUsing[] = [
  { what: "profiles", parts: ["scopes"], policy: policyWith({}, {}, { agents: { a: profile } }) },
  {
    what: "databases",
    parts: ["scopes"],
    policy: policyWith(
      { resources: { databases: { orders: "read" } } },
      {},
      { agents: { a: { ...profile, databases: { orders: "write" } } } },
    ),
  },
  {
    what: "endpoints",
    parts: ["scopes"],
    policy: policyWith(
      { resources: { endpoints: [text] } },
      {},
      { agents: { a: { ...profile, endpoints: ["https://acme.test/*"] } } },
    ),
  },
  {
    what: "the network",
    parts: ["scopes"],
    policy: policyWith(
      { resources: { network: [text] } },
      {},
      { agents: { a: { ...profile, network: ["*.test", "10.0.0.0/8"] } } },
    ),
  },
  {
    what: "paths",
    parts: ["scopes"],
    policy: policyWith(
      {
        resources: {
          paths: [
            { path: { kind: "text", parts: ["/data/", path("arguments.x")] }, access: "read" },
          ],
        },
      },
      {},
      { agents: { a: { ...profile, paths: { "/data": "read" } } } },
    ),
  },
];

const obligations: readonly PolicyUsing[] = [
  {
    what: "redaction",
    parts: ["redaction"],
    policy: policyWith({}, { redact: { paths: [["x"]], as: "mark" } }),
  },
  {
    what: "tokens",
    parts: ["redaction"],
    policy: policyWith({}, { redact: { paths: [["x"]], as: "token" } }),
  },
  {
    what: "batch sizes",
    parts: [],
    policy: policyWith({ batch: { argument: "n" } }, { maxBatchSize: 1 }),
  },
  {
    what: "a rate limit",
    parts: [],
    policy: policyWith(
      {},
      { rateLimit: { max: 1, windowMs: 1_000, onExceed: "deny", by: ["agent"] } },
    ),
  },
];

const patterns = tableOf({ a: exactly("a") });
const plainSchemas: readonly ArgumentSchema[] = [
  true,
  { type: "object", properties: { x: { type: "string", minLength: 1, maxLength: 9 }, n: {} } },
  { properties: { x: { enum: ["a", "b"] }, n: { const: 2 } }, required: ["x"], maxProperties: 2 },
  { properties: { x: {}, n: { type: ["integer", "null"], minimum: 1, multipleOf: 2 } } },
  {
    properties: { x: {}, n: { items: { type: "integer" }, minItems: 1 } },
    additionalProperties: false,
  },
];
const richSchemas: readonly ArgumentSchema[] = [
  { additionalProperties: { type: ["string", "integer"] } },
  { properties: { x: { type: "string" } }, unevaluatedProperties: true },
  { properties: { x: {}, n: {} }, propertyNames: { maxLength: 1 } },
  { properties: { x: {}, n: {} }, dependentRequired: { x: ["n"] } },
  { properties: { x: {}, n: {} }, dependentSchemas: { x: { required: ["n"] } } },
  { allOf: [{ properties: { x: {} } }, { properties: { n: {} } }] },
  { anyOf: [{ properties: { x: {}, n: {} } }, { properties: { y: {} } }] },
  { oneOf: [{ properties: { x: {}, n: {} } }, { properties: { y: {} } }] },
  { properties: { x: { not: { type: "number" } }, n: {} } },
  { properties: { x: {}, n: {} }, if: { required: ["x"] }, then: { required: ["n"] }, else: false },
  { $defs: { text: { type: "string" } }, properties: { x: { $ref: "#/$defs/text" }, n: {} } },
  { properties: { x: {}, n: { uniqueItems: true } } },
  { properties: { x: {}, n: { contains: { type: "string" } } } },
  { properties: { x: {}, n: { prefixItems: [{ type: "string" }] } } },
  { properties: { x: {}, n: { unevaluatedItems: false } } },
];
const schemas: readonly PolicyUsing[] = [
  ...plainSchemas.map((schema): PolicyUsing => usingSchema(schema, [])),
  ...richSchemas.map((schema): PolicyUsing => usingSchema(schema, ["schemas"])),
  usingSchema({ properties: { x: { format: "email" }, n: {} } }, ["formats"]),
  usingSchema({ allOf: [{ properties: { x: { format: "uri" }, n: {} } }] }, ["formats", "schemas"]),
  {
    what: "an output of any keywords",
    parts: ["schemas", "values"],
    policy: policyWith(
      { output: { not: { type: "object" } }, fallback: given },
      { action: "deny" },
    ),
  },
  {
    what: "facts of the host",
    parts: ["facts", "formats"],
    policy: policyWith({}, {}, { hostFacts: { properties: { mail: { format: "email" } } } }),
  },
  {
    what: "a pattern in a schema",
    parts: ["patterns"],
    policy: policyWith(
      { arguments: { properties: { x: { pattern: "a" }, n: {} } } },
      {},
      { patterns },
    ),
  },
  {
    what: "patterns of keys",
    parts: ["patterns", "schemas"],
    policy: policyWith({ arguments: { patternProperties: { a: true } } }, {}, { patterns }),
  },
  {
    what: "a pattern in a condition",
    parts: ["patterns"],
    policy: policyWith(
      {},
      { when: { kind: "matches", of: path("arguments.x"), pattern: "a" } },
      { patterns },
    ),
  },
];

function usingSchema(schema: ArgumentSchema, parts: readonly PartName[]): PolicyUsing {
  const what = `the schema ${JSON.stringify(schema)}`;
  return { what, parts, policy: policyWith({ arguments: schema }) };
}

/** A policy for every function, every place of one, every dimension, every obligation and every keyword. */
export const POLICIES_USING: readonly PolicyUsing[] = [
  { what: "nothing", parts: [], policy: policyWith({}) },
  ...functions,
  ...places,
  ...dimensions,
  ...obligations,
  ...schemas,
];
