import type { Expression, Policy, Rule, ValueTemplate } from "@interlatch/core";
import { argument, HOLDS, perMinute, policyOf } from "../../policies.ts";
import { type HostileCase, many, MOST_TEXT, MOST_VALUES } from "./case.ts";

/** A policy of one tool with these rules. */
function ruling(
  rules: readonly (Partial<Rule> & Pick<Rule, "action">)[],
  more: Partial<Policy["tools"][string]> = {},
): Policy {
  return policyOf({ rules, tools: { tool: { default: "allow", ...more } } });
}

/** As many paths as a bundle holds, none twice. */
const PATHS = (count: number): (readonly string[])[] => many(count, (index) => [`f${index}`]);

const list = argument("list");
const local: Expression = { kind: "local", name: "x" };
/** `arguments.list.map(x, arguments.list)`: small as long as nobody looks at all of it. */
const squared: Expression = {
  kind: "comprehension",
  macro: "map",
  over: list,
  as: "x",
  body: list,
};
const runs = (expression: Expression): ValueTemplate => ({ kind: "expression", expression });

/** Letters that take longest to make small. */
const LETTERS = "\u0130\u03a3\u0130\u1e9e";
const LOWER: Expression = { kind: "call", function: "lower", arguments: [argument("text")] };

/** Whether an expression gives the text `x`. */
const equals = (left: Expression): Expression => ({
  kind: "compare",
  operator: "==",
  left,
  right: { kind: "literal", value: "x" },
});

/** A policy that denies and gives this value instead. */
function instead(value: ValueTemplate): Policy {
  return ruling([{ action: "deny", fallback: { kind: "value", value } }]);
}

export const RULE_CASES: readonly HostileCase[] = [
  {
    name: "twenty thousand rules that match",
    policy: async () => ruling(many(20_000, () => ({ action: "allow" }))),
    arguments: () => ({}),
  },
  {
    name: "twenty thousand rules that each spend the budget",
    policy: async () =>
      ruling(
        many(15_000, () => ({
          action: "deny",
          when: {
            kind: "comprehension",
            macro: "exists",
            over: list,
            as: "x",
            body: {
              kind: "compare",
              operator: "==",
              left: local,
              right: { kind: "literal", value: -1 },
            },
          },
        })),
      ),
    arguments: () => ({ list: many(MOST_VALUES, (index) => index) }),
  },
  {
    name: "twenty thousand rules with limits",
    policy: async () => ruling(many(20_000, () => ({ action: "allow", rateLimit: perMinute(5) }))),
    arguments: () => ({}),
  },
  {
    name: "ten thousand rules that hide a path each",
    policy: async () =>
      ruling(
        many(10_000, (index) => ({
          action: "allow",
          redact: { paths: [[`f${index}`]], as: "mark" },
        })),
      ),
    arguments: () => Object.fromEntries(many(30_000, (index) => [`f${index}`, 0])),
  },
  {
    name: "rules that hide ten thousand paths, none of which is there",
    policy: async () =>
      ruling(
        many(100, (rule) => ({
          action: "allow",
          redact: { paths: many(100, (index) => [`${rule}.${index}`]), as: "mark" },
        })),
      ),
    arguments: () => ({ a: 1 }),
  },
  {
    name: "a thousand fields hidden in each of a list of empty objects",
    policy: async () =>
      ruling(
        many(3, (rule) => ({
          action: "allow",
          redact: {
            paths: PATHS(1_000).map((path) => ["list", "*", `${rule}${path.join("")}`]),
            as: "mark",
          },
        })),
      ),
    arguments: () => ({ list: many(MOST_VALUES, () => ({})) }),
  },
  {
    name: "one field hidden in each of many objects",
    policy: async () =>
      ruling([{ action: "allow", redact: { paths: [["list", "*", "a"]], as: "mark" } }]),
    arguments: () => ({ list: many(15_000, (index) => ({ a: index, b: 1, c: 2, d: 3, e: 4 })) }),
  },
  {
    name: "tokens for each of many values",
    policy: async () =>
      ruling([{ action: "allow", redact: { paths: [["list", "*"]], as: "token" } }]),
    arguments: () => ({ list: many(MOST_VALUES, (index) => index) }),
  },
  {
    name: "tokens of large values beyond ASCII",
    policy: async () =>
      ruling([{ action: "allow", redact: { paths: [["list", "*"]], as: "token" } }]),
    arguments: () => ({ list: many(8, () => "\u4e2d".repeat(MOST_TEXT / 8)) }),
  },
  {
    name: "tokens of large lists",
    policy: async () =>
      ruling([{ action: "allow", redact: { paths: [["list", "*"]], as: "token" } }]),
    arguments: () => ({ list: many(8, () => many(12_000, () => 1e-7)) }),
  },
  {
    name: "a batch cut from a hundred thousand items",
    policy: async () =>
      ruling([{ action: "allow", maxBatchSize: 90_000 }], { batch: { argument: "list" } }),
    arguments: () => ({ list: many(MOST_VALUES, (index) => index) }),
  },
  {
    name: "an argument of a megabyte of control characters",
    policy: async () => ruling([{ action: "allow" }]),
    arguments: () => ({ text: "\u0001".repeat(MOST_TEXT) }),
    by: "run",
  },
  {
    name: "a hundred thousand arguments",
    policy: async () => ruling([{ action: "allow" }]),
    arguments: () =>
      Object.fromEntries(many(MOST_VALUES - 5, (index) => [`k${index % 7}${index}`, 0])),
    by: "run",
  },
  {
    name: "thirty thousand URLs",
    policy: async () => ruling([{ action: "allow" }]),
    arguments: () => ({ list: many(29_000, () => new URL("a:b")) }),
  },
  {
    name: "sixteen thousand dates, rewritten",
    policy: async () =>
      ruling([{ action: "allow", redact: { paths: [["list", "*", "a"]], as: "mark" } }]),
    arguments: () => ({ list: many(16_000, () => ({ d: new Date(0) })) }),
  },
  {
    name: "thirty thousand empty byte arrays",
    policy: async () => ruling([{ action: "allow" }]),
    arguments: () => ({ list: many(32_000, () => new Uint8Array()) }),
  },
  {
    name: "large whole numbers",
    policy: async () => ruling([{ action: "allow" }]),
    arguments: () => ({ list: many(200, (index) => (1n << 16_384n) - BigInt(index)) }),
  },
  {
    name: "bytes of half a megabyte",
    policy: async () => ruling([{ action: "allow" }]),
    arguments: () => ({ bytes: new Uint8Array(310_000) }),
  },
  {
    name: "a fallback of lists within lists",
    policy: async () => instead({ kind: "list", items: many(50, () => runs(squared)) }),
    arguments: () => ({ list: many(310, (index) => index) }),
    by: "run",
  },
  {
    name: "a fallback of texts of large lists",
    policy: async () => instead({ kind: "text", parts: many(1_000, () => list) }),
    arguments: () => ({ list: many(2_000, (index) => index) }),
    by: "run",
  },
  {
    name: "a fallback of texts of objects",
    policy: async () =>
      instead({ kind: "list", items: many(50, () => ({ kind: "text", parts: [list, list] })) }),
    arguments: () => ({ list: many(5_000, (index) => ({ k: index, l: "\u0001" })) }),
    by: "run",
  },
  {
    name: "a fallback of texts that are too large",
    policy: async () =>
      instead({
        kind: "list",
        items: many(9_000, () => ({
          kind: "text",
          parts: [{ kind: "list", items: [list, list] }],
        })),
      }),
    arguments: () => ({ list: many(60_000, (index) => index) }),
    by: "run",
  },
  {
    name: "a condition and then a fallback that each spend the budget",
    policy: async () => {
      const rules = many(4, () => ({
        action: "deny" as const,
        when: equals(LOWER),
        fallback: {
          kind: "value" as const,
          value: runs({ kind: "list", items: many(5, () => LOWER) }),
        },
      }));
      return ruling(rules);
    },
    arguments: () => ({ text: LETTERS.repeat(MOST_TEXT / 4) }),
    by: "run",
  },
  {
    name: "a policy and one in shadow that each spend the budget",
    policy: async () => ruling(many(20, () => ({ action: "deny", when: equals(LOWER) }))),
    shadow: async () => ruling(many(20, () => ({ action: "deny", when: equals(LOWER) }))),
    arguments: () => ({ text: LETTERS.repeat(MOST_TEXT / 4) }),
  },
  {
    name: "facts of eight megabytes that the host adds to",
    policy: async () => ({
      ...ruling([{ action: "allow" }]),
      facts: { list: many(1_500_000, () => 1) },
    }),
    arguments: () => ({}),
    identity: () => ({ facts: { list: many(MOST_VALUES - 100, () => 2) } }),
  },
  {
    name: "facts of the host that a hostile schema checks",
    policy: async () => ({
      ...ruling(many(20, () => ({ action: "deny", when: equals(LOWER) }))),
      hostFacts: { properties: { more: { allOf: many(400, () => ({ uniqueItems: true })) } } },
    }),
    arguments: () => ({ text: LETTERS.repeat(MOST_TEXT / 4) }),
    identity: () => ({
      facts: { more: many(10_000, (index) => ({ e: index, d: 1, c: 2, b: 3, a: 4 })) },
    }),
  },
  {
    name: "a record of twenty thousand rules",
    policy: async () => ruling(many(20_000, () => ({ action: "allow", rateLimit: perMinute(5) }))),
    arguments: () => ({}),
    by: "run",
  },
  {
    name: "a fallback of a hundred thousand parts",
    policy: async () =>
      instead({
        kind: "list",
        items: many(100, () => ({
          kind: "list",
          items: many(900, () => runs({ kind: "literal", value: 1 })),
        })),
      }),
    arguments: () => ({}),
    by: "run",
  },
  {
    name: "a fallback of literals of megabytes",
    policy: async () =>
      instead({
        kind: "list",
        items: many(8, () => ({ kind: "literal", value: many(90_000, () => 0) })),
      }),
    arguments: () => ({}),
    by: "run",
  },
  {
    name: "a fallback that a schema checks",
    policy: async () => {
      const policy = instead(runs(squared));
      const tool = policy.tools["tool"]!;
      return {
        ...policy,
        tools: {
          tool: {
            ...tool,
            output: {
              items: { anyOf: many(2_000, () => ({ uniqueItems: true, contains: false })) },
            },
          },
        },
      };
    },
    arguments: () => ({ list: many(300, (index) => index) }),
    by: "run",
  },
  {
    name: "a call by somebody with many claims",
    policy: async () => ruling([{ action: "allow", when: HOLDS }]),
    arguments: () => ({ list: many(MOST_VALUES, (index) => index) }),
    identity: () => ({ agent: { id: "a", claims: many(MOST_VALUES - 100, (index) => index) } }),
    by: "run",
  },
];
