import type { Expression } from "@interlatch/core";
import { argument, policyOf } from "../../policies.ts";
import { type HostileCase, many, MOST_TEXT, MOST_VALUES, ruled } from "./case.ts";

/** A condition on each item of the list `items`. */
const each = (body: string): string => `arguments.items.exists(x, ${body})`;

/** The condition on each item, for as many items as arguments hold. */
function onItems(name: string, body: string, items: () => readonly unknown[]): HostileCase {
  return {
    name,
    policy: () => ruled([each(body)], { times: 20 }),
    arguments: () => ({ items: items() }),
  };
}

/** The condition on each pair of items. */
function onPairs(name: string, body: string, items: () => readonly unknown[]): HostileCase {
  const pairs = each(`arguments.items.exists(y, ${body})`);
  return {
    name,
    policy: () => ruled([pairs], { times: 20 }),
    arguments: () => ({ items: items() }),
  };
}

/** A condition on one text of a megabyte, as often as the budget lasts. */
function onText(
  name: string,
  condition: string,
  text: () => string,
  more: object = {},
): HostileCase {
  return {
    name,
    policy: () => ruled([condition], { times: 2_000 }),
    arguments: () => ({ text: text(), ...more }),
  };
}

const A = (length: number): string => "a".repeat(length);
const half = `${A(64)}b${A(63)}`;

export const TEXT_CASES: readonly HostileCase[] = [
  onText("contains of a text that repeats itself", `arguments.text.contains("${half}")`, () =>
    A(MOST_TEXT),
  ),
  onText("contains of a short text that repeats itself", `arguments.text.contains("aaaaab")`, () =>
    A(MOST_TEXT),
  ),
  onText(
    "contains of a text that repeats itself, in two bytes",
    `arguments.text.contains("${half}")`,
    () => `${A(MOST_TEXT)}\u4e2d`,
  ),
  onText(
    "contains of a part a third as long",
    "arguments.text.contains(arguments.part)",
    () => A(MOST_TEXT / 2),
    { part: `b${A(MOST_TEXT / 3)}` },
  ),
  onText("a text that is doubled", many(20, () => "arguments.text").join(" + ") + ' == "x"', () =>
    A(50_000),
  ),
  onText("a joined text as a key", '(arguments.text + "x") in arguments', () => A(16_000)),
  onText("equality of megabytes", "arguments.text == arguments.other", () => A(MOST_TEXT / 2), {
    other: A(MOST_TEXT / 2),
  }),
  onText(
    "order of megabytes",
    "arguments.text < arguments.other",
    () => `\ud83d\ude00${A(MOST_TEXT / 2 - 2)}`,
    { other: `\ud83d\ude00${A(MOST_TEXT / 2 - 2)}` },
  ),
  onText("size of a megabyte of pairs", "size(arguments.text) > 600000", () =>
    "\ud83d\ude00".repeat(MOST_TEXT / 2),
  ),
  onText("lower of a megabyte beyond ASCII", 'lower(arguments.text) == "x"', () =>
    "\u0130\u03a3\u0130\u1e9e".repeat(MOST_TEXT / 4),
  ),
  onItems("lower of short texts beyond ASCII", 'lower(x) == "x"', () =>
    many(30_000, (index) => `\u0130\u03a3${index}`),
  ),
  onItems("host of short URLs", 'host(x) == "x"', () =>
    many(60_000, (index) => `a://1.${index % 9}`),
  ),
  onItems("host of https URLs", 'host(x) == "x"', () =>
    many(50_000, (index) => `https://0x${index}/`),
  ),
  onItems("host of long URLs", 'host(x) == "x"', () =>
    many(130, (index) => `https://a.test/${index}/${"%e9\u00e9/".repeat(1_350)}`.slice(0, 8_000)),
  ),
  onPairs("host of long texts that are no URL", 'host(x) == "x" || host(y) == "y"', () =>
    many(127, (index) => `${A(8_000)}${index}`),
  ),
  onPairs("host of long texts with a scheme", 'host(x) == "x" || host(y) == "y"', () =>
    many(127, (index) => `${A(4_000)}:${A(4_000)}${index}`),
  ),
  onPairs(
    "isPrivateHost, ipIn and inDomain of long texts",
    'isPrivateHost(x) || ipIn(x, "10.0.0.0/8") || inDomain(y, "a.test") || under(y, "/a")',
    () => many(8, (index) => `${":".repeat(MOST_TEXT / 8 - 9)}${index}`),
  ),
  onItems("host of Punycode", 'host(x) == "x"', () =>
    many(
      2_000,
      (index) => `https://${many(8, (n) => `xn--${"a0z".repeat(17)}${index % 9}${n}`).join(".")}/`,
    ),
  ),
  onItems("host of names beyond ASCII", 'host(x) == "x"', () =>
    many(2_000, (index) => `https://${"\u00e9\u4e2d\u0301".repeat(40)}${index}.test/`),
  ),
  onItems("host of addresses", 'host(x) == "x"', () =>
    many(20_000, (index) => `a.b.c${index}@XN--bcher-kva.example`),
  ),
  onItems("inDomain of names", 'inDomain(x, "acme.test")', () =>
    many(30_000, (index) => `A${index}.TEST`),
  ),
  onItems("inDomain of names on both sides", 'inDomain(x + ".b", x + ".c")', () =>
    many(30_000, (index) => `A${index}.TEST`),
  ),
  onItems("isPrivateHost of names", "isPrivateHost(x)", () =>
    many(30_000, (index) => `${8 + (index % 100)}.0x${index}`),
  ),
  onItems("ipIn of IPv6", 'ipIn(x, "2001:db9::/33")', () =>
    many(20_000, (index) => `201:db8:${index % 9999}:0:ffff:0:25.25.255.255`),
  ),
  onItems(
    "ipIn with ranges that are sent",
    'ipIn(x, "a" + x + "/77") || ipIn(x, "1" + x + "/77")',
    () => many(20_000, (index) => `201:db8:${index % 9999}:0:ffff:0:25.25.255.255`),
  ),
  onItems("under of long paths", 'under(x, "/b")', () =>
    many(128, (index) => `/a/${index}${"/.".repeat(4_000)}`),
  ),
  onItems("under of escapes that are no UTF-8", 'under(x, "/a")', () =>
    many(60_000, (index) => `/%ff/${index}`),
  ),
  onItems("under of deep paths on both sides", 'under(x, x + "/b")', () =>
    many(128, () => "/a%41".repeat(1_600)),
  ),
  onItems("glob of many wildcards", `glob(x, "${"*a".repeat(255)}b")`, () =>
    many(1_000, () => A(1_000)),
  ),
  onItems("glob of many wildcards on empty texts", `glob(x, "${"*a".repeat(255)}")`, () =>
    many(MOST_VALUES, () => ""),
  ),
  onItems("globs that are sent", 'glob(x, x + "b")', () => many(2_000, () => "*a".repeat(255))),
  onItems("timestamps", 'timestamp(x) < timestamp("2026-01-01T00:00:00Z")', () =>
    many(25_000, (index) => `2026-01-01T00:00:00.${100 + (index % 800)}000000-23:59`),
  ),
  onItems("durations", 'duration(x) < duration("1h")', () =>
    many(
      7_000,
      (index) => `${many(5, (n) => `10000000${index % 9999}.${n}00000000ms`).join("")}1h`,
    ),
  ),
  onItems("durations of texts that are none", 'duration(x) < duration("1h")', () =>
    many(8_000, () => `${"1".repeat(15)}m`.repeat(7)),
  ),
  sentZones("hours in zones that are sent", () => many(20_000, (index) => `Etc/GMT+${index % 12}`)),
  sentZones("hours in zones that are none", () => many(20_000, (index) => `Area/Place${index}`)),
  sentZones("hours in zones in other spellings", () =>
    many(10_000, (index) => spelling("America/Argentina/ComodRivadavia", index)),
  ),
  {
    name: "hours in every zone",
    policy: () =>
      ruled(
        Intl.supportedValuesOf("timeZone").map((zone) => `request.time.getHours("${zone}") > 25`),
        { times: 8 },
      ),
    arguments: () => ({}),
  },
  {
    name: "hours of two instants in every zone",
    policy: () =>
      ruled(
        Intl.supportedValuesOf("timeZone")
          .slice(0, 100)
          .map((zone) => `arguments.at.exists(t, timestamp(t).getHours("${zone}") > 25)`),
        { times: 4 },
      ),
    arguments: () => ({ at: many(400, (index) => `2026-0${1 + (index % 9)}-01T00:00:00Z`) }),
  },
  {
    name: "zones in other spellings",
    policy: () =>
      ruled(
        many(
          2_000,
          (index) =>
            `request.time.getHours("${spelling("America/Argentina/ComodRivadavia", index)}") > 25`,
        ),
      ),
    arguments: () => ({}),
  },
];

/** The hour in zones that the arguments name, which no compiler lets an author ask for. */
function sentZones(name: string, items: () => readonly string[]): HostileCase {
  const when: Expression = {
    kind: "comprehension",
    macro: "exists",
    over: argument("items"),
    as: "x",
    body: {
      kind: "compare",
      operator: ">",
      left: {
        kind: "call",
        function: "getHours",
        arguments: [
          { kind: "field", of: { kind: "variable", name: "request" }, name: "time" },
          { kind: "local", name: "x" },
        ],
      },
      right: { kind: "literal", value: 25 },
    },
  };
  return {
    name,
    policy: async () => policyOf({ rules: [{ action: "deny", when }] }),
    arguments: () => ({ items: items() }),
  };
}

/** One of the many ways to write a name in large and small letters. */
function spelling(name: string, index: number): string {
  return [...name]
    .map((letter, at) => ((index >> (at % 20)) & 1 ? letter.toUpperCase() : letter.toLowerCase()))
    .join("");
}
