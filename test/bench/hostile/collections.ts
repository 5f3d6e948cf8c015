import type { Expression } from "@interlatch/core";
import { argument, policyOf } from "../../policies.ts";
import { type HostileCase, many, MOST_VALUES, ruled } from "./case.ts";

const numbers = (count: number): number[] => many(count, (index) => index);

export const COLLECTION_CASES: readonly HostileCase[] = [
  {
    name: "macros within macros over a large list",
    policy: () =>
      ruled([
        "arguments.list.all(x, arguments.list.exists(y, arguments.list.exists(z, x + y == z + 0.5)))",
      ]),
    arguments: () => ({ list: numbers(MOST_VALUES) }),
  },
  {
    name: "lists made of lists",
    policy: () =>
      ruled(["arguments.list.map(x, arguments.list.map(y, [x, y])) == [[]]"], { times: 100 }),
    arguments: () => ({ list: numbers(200) }),
  },
  {
    name: "objects made for each item",
    policy: () =>
      ruled(['arguments.list.map(x, {"a": x, "b": {}, "c": {}}) == []'], { times: 100 }),
    arguments: () => ({ list: numbers(MOST_VALUES) }),
  },
  {
    name: "objects of many keys made again",
    policy: () =>
      ruled([`{${many(400, (index) => `"k${index}": ${index}`).join(", ")}} == arguments`], {
        times: 200,
      }),
    arguments: () => ({ a: 1 }),
  },
  {
    name: "lists that are joined",
    policy: () =>
      ruled([`size(${many(50, () => "arguments.list").join(" + ")}) == 0`], { times: 500 }),
    arguments: () => ({ list: numbers(1_900) }),
  },
  {
    name: "in over long literals that differ at their end",
    policy: async () => {
      const items = many(110, (index): Expression => ({
        kind: "literal",
        value: `${"a".repeat(65_000)}${index + 100}`,
      }));
      const when: Expression = {
        kind: "compare",
        operator: "in",
        left: argument("text"),
        right: { kind: "list", items },
      };
      const exists: Expression = {
        kind: "comprehension",
        macro: "exists",
        over: argument("list"),
        as: "x",
        body: when,
      };
      return policyOf({ rules: [{ action: "deny", when: exists }] });
    },
    arguments: () => ({ text: `${"a".repeat(65_000)}xyz`, list: numbers(20_000) }),
  },
  {
    name: "in over a large list of texts",
    policy: () => ruled(["arguments.text in arguments.list"], { times: 2_000 }),
    arguments: () => ({
      text: `${"a".repeat(62)}b`,
      list: many(16_000, () => `${"a".repeat(62)}c`),
    }),
  },
  {
    name: "in over facts of eight megabytes",
    policy: () =>
      ruled(["arguments.text in facts.list"], {
        times: 100,
        facts: { list: many(120_000, (index) => String(index).padStart(61, "f")) },
      }),
    arguments: () => ({ text: "0".padStart(61, "g") }),
  },
  {
    name: "an object in a list of objects",
    policy: () =>
      ruled(["{} in facts.list"], { times: 100, facts: { list: many(780_000, () => ({ a: 1 })) } }),
    arguments: () => ({}),
  },
  {
    name: "an object in a sent list of objects",
    policy: () => ruled(["{} in arguments.list"], { times: 100 }),
    arguments: () => ({ list: many(MOST_VALUES / 2, () => ({ a: 1 })) }),
  },
  {
    name: "a list in a list of lists",
    policy: () => ruled(["[1] in arguments.list"], { times: 200 }),
    arguments: () => ({ list: many(MOST_VALUES / 2, () => [2]) }),
  },
  {
    name: "equality of large structures",
    policy: () => ruled(["arguments.a == arguments.b"], { times: 100 }),
    arguments: () => {
      const one = (): unknown => many(8_000, (index) => ({ k: index, l: [index, "x"] }));
      return { a: one(), b: one() };
    },
  },
  {
    name: "equality of objects of many keys",
    policy: () => ruled(["arguments.a == arguments.b"], { times: 100 }),
    arguments: () => {
      const one = (last: string) =>
        Object.fromEntries(many(30_000, (index) => [`k${index}${last}`, 0]));
      return { a: one("x"), b: { ...one("x"), k1: 0 } };
    },
  },
  {
    name: "macros over an object of many keys",
    policy: () =>
      ruled(
        [
          "arguments.map.exists(k, arguments.map[k] == 1)",
          "size(arguments.map) == 1",
          '"x" in arguments.map',
        ],
        { times: 100 },
      ),
    arguments: () => ({ map: Object.fromEntries(many(60_000, (index) => [`k${index}`, 0])) }),
  },
  {
    name: "size of an object of many number keys",
    policy: () => ruled(["size(arguments.map) == 1"], { times: 1_000 }),
    arguments: () => ({
      map: Object.fromEntries(many(40_000, (index) => [String(index * 97_003), 0])),
    }),
  },
  {
    name: "a deep structure compared with itself",
    policy: () => ruled(["arguments.list.all(x, arguments.list.all(y, x == y))"], { times: 2 }),
    arguments: () => ({
      list: many(1_500, () => many(60, () => 0).reduce<unknown>((inner) => [inner], 0)),
    }),
  },
  {
    name: "twenty thousand conditions, each met cold",
    policy: () =>
      ruled(['arguments.a + arguments.b * 3 > 5 && (arguments.c == "x" || has(arguments.d))'], {
        times: 6_000,
      }),
    arguments: () => ({ a: 3, b: 2, c: "y" }),
  },
  {
    name: "a remainder for each item",
    policy: () => ruled(["arguments.list.exists(x, x % 7 == 9)"], { times: 2 }),
    arguments: () => ({ list: many(MOST_VALUES, (index) => 9e15 - index) }),
  },
];
