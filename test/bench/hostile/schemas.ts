import type { ArgumentSchema, Policy } from "@interlatch/core";
import { compilePatterns } from "@interlatch/policy";
import { policyOf } from "../../policies.ts";
import { type HostileCase, many, MOST_VALUES } from "./case.ts";

/** A policy of one tool with this schema for its arguments. */
async function checking(schema: ArgumentSchema, patterns: readonly string[] = []): Promise<Policy> {
  const policy = policyOf({ tools: { tool: { default: "allow", arguments: schema } } });
  const table = await compilePatterns(patterns);
  return table === undefined ? policy : { ...policy, patterns: table };
}

/** A schema of the one argument `x`. */
const forX = (x: ArgumentSchema): ArgumentSchema => ({ properties: { x } });

function checks(name: string, x: ArgumentSchema, value: () => unknown): HostileCase {
  return { name, policy: () => checking(forX(x)), arguments: () => ({ x: value() }) };
}

/** Names that each ask the next one twice: 2^depth looks at one value. */
function doubling(
  depth: number,
  keyword: "allOf" | "anyOf" | "oneOf",
  last: ArgumentSchema,
): ArgumentSchema {
  const $defs: Record<string, ArgumentSchema> = { [`d${depth}`]: last };
  for (let index = 0; index < depth; index++) {
    const next = { $ref: `#/$defs/d${index + 1}` };
    $defs[`d${index}`] = { [keyword]: [next, next] };
  }
  return { properties: { x: { $ref: "#/$defs/d0" } }, $defs };
}

const doubled = (
  name: string,
  depth: number,
  keyword: "allOf" | "anyOf" | "oneOf",
  last: ArgumentSchema,
  value: () => unknown,
): HostileCase => ({
  name,
  policy: () => checking(doubling(depth, keyword, last)),
  arguments: () => ({ x: value() }),
});

const numbers = (): number[] => many(MOST_VALUES, (index) => index);
const decimals = (): number[] =>
  many(MOST_VALUES, (index) => Number(`${index}.${1_000_001 + index}`));
const keyed = (count: number): Record<string, number> =>
  Object.fromEntries(many(count, (index) => [`key${index}`, 0]));
const names = (count: number): string[] => many(count, (index) => `key${index}`);

/** The longest label in Punycode whose characters are all permitted. */
const LABEL = `xn--${new URL(`https://${"\u4e2d\u6587\u5b57\u7b26".repeat(3)}\u4e00/`).hostname.slice(4)}`;
const INTERNATIONAL = many(12, () => LABEL)
  .join(".")
  .slice(0, 253)
  .replace(/\.[^.]*$/, "");

export const SCHEMA_CASES: readonly HostileCase[] = [
  checks("a hundred thousand items that must differ", { uniqueItems: true }, numbers),
  checks("fifty thousand lists that must differ", { uniqueItems: true }, () =>
    many(MOST_VALUES / 2, (index) => [index]),
  ),
  checks("ten thousand objects that must differ", { uniqueItems: true }, () =>
    many(10_000, (index) => ({ b: index, a: "", d: 0, c: 1 })),
  ),
  checks(
    "lists that must differ, asked again and again",
    { allOf: many(400, () => ({ uniqueItems: true })) },
    () => [many(90_000, () => 0), [0]],
  ),
  checks(
    "objects that must differ, asked again and again",
    { allOf: many(400, () => ({ uniqueItems: true })) },
    () => many(10_000, (index) => ({ e: index, d: 1, c: 2, b: 3, a: 4 })),
  ),
  checks(
    "numbers that must differ, asked again and again",
    { allOf: many(400, () => ({ uniqueItems: true })) },
    numbers,
  ),
  checks(
    "long texts that must differ, asked again and again",
    { allOf: many(2_000, () => ({ uniqueItems: true })) },
    () => many(60, (index) => JSON.parse(`"${"a".repeat(16_400)}${index + 100}"`)),
  ),
  {
    name: "a long text among permitted ones that differ at their end",
    policy: () =>
      checking({
        properties: { x: { allOf: many(9_999, () => ({ anyOf: [{ $ref: "#/$defs/a" }, true] })) } },
        $defs: { a: { enum: many(100, (index) => `${"a".repeat(65_000)}${index + 100}`) } },
      }),
    arguments: () => ({ x: `${"a".repeat(65_000)}xyz` }),
  },
  checks(
    "multiples of decimals, asked again and again",
    { allOf: many(1_000, () => ({ items: { anyOf: [{ multipleOf: 1e-7 }, true] } })) },
    decimals,
  ),
  checks(
    "an object among thousands of permitted ones",
    { anyOf: many(2_000, (index) => ({ const: { ...keyed(100), index } })) },
    () => ({ ...keyed(100), index: -1 }),
  ),
  checks(
    "a list of lists among permitted ones",
    { anyOf: many(60, (index) => ({ const: [...many(20_000, () => 0), index] })) },
    () => [...many(20_000, () => 0), -1],
  ),
  checks(
    "a multiple for each of a hundred thousand decimals",
    { items: { multipleOf: 1e-7 } },
    decimals,
  ),
  checks(
    "a multiple of hundreds of digits",
    { items: { anyOf: [{ multipleOf: 1e-300 }, true] } },
    () => many(MOST_VALUES, (index) => 1e300 + index * 1e285),
  ),
  checks("international host names", { items: { format: "hostname" } }, () =>
    many(4_000, () => INTERNATIONAL),
  ),
  checks("addresses at international host names", { items: { format: "email" } }, () =>
    many(4_000, () => `a@${INTERNATIONAL.slice(0, 240).replace(/\.[^.]*$/, "")}`),
  ),
  checks("URIs", { items: { format: "uri" } }, () =>
    many(100, () => `https://a.test/${"%41".repeat(3_000)}`),
  ),
  checks("addresses", { items: { format: "ipv6" } }, () =>
    many(25_000, () => "1:2:3:4:5:6:255.255.255.255"),
  ),
  checks("instants", { items: { format: "date-time" } }, () =>
    many(35_000, () => "2026-11-22T14:00:00.1+23:59"),
  ),
  doubled("branches that double and hold", 30, "allOf", { type: "string" }, () => "a"),
  doubled("branches that double and fail", 30, "anyOf", { type: "string" }, () => 1),
  doubled("one of branches that double", 30, "oneOf", { required: ["a"] }, () => ({ b: 1 })),
  doubled(
    "branches that double over an object",
    30,
    "allOf",
    { properties: { a: { properties: { b: {} } } }, unevaluatedProperties: true },
    () => ({ a: { b: 1 } }),
  ),
  checks(
    "ten thousand branches for each item",
    {
      items: {
        anyOf: [
          ...many(9_999, (index) => ({ required: [`k${index}`] })),
          { properties: { a: {} } },
        ],
      },
    },
    () => many(10_000, (index) => ({ a: index })),
  ),
  {
    name: "a required key that is missing last, asked ten thousand times",
    policy: () =>
      checking({
        properties: { x: { anyOf: [...many(9_999, () => ({ $ref: "#/$defs/a" })), true] } },
        $defs: { a: { additionalProperties: true, required: [...names(9_000), "none"] } },
      }),
    arguments: () => ({ x: keyed(9_000) }),
  },
  {
    name: "dependent keys, asked ten thousand times",
    policy: () =>
      checking({
        properties: { x: { anyOf: [...many(9_999, () => ({ $ref: "#/$defs/a" })), true] } },
        $defs: {
          a: { additionalProperties: true, dependentRequired: { key0: [...names(9_000), "none"] } },
        },
      }),
    arguments: () => ({ x: keyed(9_000) }),
  },
  {
    name: "dependent schemas of ten thousand keys",
    policy: () =>
      checking({
        properties: { x: { anyOf: [...many(9_999, () => ({ $ref: "#/$defs/a" })), true] } },
        $defs: {
          a: {
            dependentSchemas: Object.fromEntries(names(9_000).map((name) => [`${name}x`, false])),
            required: ["none"],
          },
        },
      }),
    arguments: () => ({ x: keyed(9_000) }),
  },
  {
    name: "many patterns of keys with many keys",
    policy: () =>
      checking(
        forX({
          patternProperties: Object.fromEntries(many(300, (index) => [`^q${index}[a-z]*$`, true])),
          additionalProperties: true,
        }),
        many(300, (index) => `^q${index}[a-z]*$`),
      ),
    arguments: () => ({
      x: Object.fromEntries(many(20_000, (index) => [`q${index}aaaaaaaa1`, 0])),
    }),
  },
  {
    name: "a hostile pattern for each item",
    policy: () => checking(forX({ items: { not: { pattern: "a(a|b){14}c$" } } }), ["a(a|b){14}c$"]),
    arguments: () => ({
      x: many(
        3_000,
        (index) => `${index.toString(2).replaceAll("0", "a").replaceAll("1", "b").repeat(20)}`,
      ),
    }),
  },
  checks("what no schema evaluated, level by level", nestedUnevaluated(29), () => nested(29, 300)),
  checks(
    "items that hundreds of branches evaluate",
    {
      anyOf: many(300, () => ({ prefixItems: many(50, () => true as const), contains: true })),
      unevaluatedItems: false,
    },
    () => many(20_000, (index) => index),
  ),
  checks(
    "keys that hundreds of branches evaluate",
    { anyOf: many(300, () => ({ additionalProperties: true })) },
    () => keyed(20_000),
  ),
  checks(
    "closed objects in branches",
    {
      items: {
        allOf: [
          { properties: { a: {} } },
          { properties: { b: {} } },
          { properties: { c: { properties: { d: {} } } } },
        ],
      },
    },
    () => many(14_000, (index) => ({ a: index, b: 1, c: { d: 1 } })),
  ),
  {
    name: "a recursive schema over a deep value",
    policy: () =>
      checking({
        properties: { in: { allOf: many(40, () => ({ $ref: "#" })) } },
        additionalProperties: true,
      }),
    arguments: () => nested(30, 50),
  },
  checks(
    "lengths of texts of pairs",
    { allOf: many(2_000, () => ({ minLength: 300_000, maxLength: 600_000 })) },
    () => "\ud83d\ude00".repeat(500_000),
  ),
  checks(
    "names of keys of all kinds",
    {
      propertyNames: { allOf: many(50, () => ({ format: "hostname" as const })) },
      additionalProperties: true,
    },
    () => Object.fromEntries(many(4_000, (index) => [`${LABEL}.${index}`, 0])),
  ),
  checks(
    "an item that hundreds of tests count",
    { allOf: many(500, () => ({ contains: { minimum: 1e9 }, minContains: 0 })) },
    numbers,
  ),
  checks(
    "a plain schema over everything",
    {
      items: {
        type: "object",
        properties: { a: { type: "string", maxLength: 3 }, b: { type: "integer", minimum: 0 } },
        required: ["a"],
      },
    },
    () => many(30_000, (index) => ({ a: "x", b: index })),
  ),
];

function nested(depth: number, width: number): unknown {
  let value: Record<string, unknown> = keyed(width);
  for (let level = 0; level < depth; level++) value = { ...keyed(width), in: value };
  return value;
}

function nestedUnevaluated(depth: number): ArgumentSchema {
  let schema: ArgumentSchema = { additionalProperties: true, unevaluatedProperties: true };
  for (let level = 0; level < depth; level++)
    schema = { properties: { in: schema }, unevaluatedProperties: true };
  return schema;
}
