import type { Json } from "@interlatch/core";
import type { Random } from "../fuzz/random.ts";

/** What the free names of an expression stand for. */
export interface Bindings {
  readonly [name: string]: Json;
}

/** Numbers at the edges and between. */
export const NUMBERS = [
  0,
  1,
  -1,
  2,
  3,
  5,
  10,
  100,
  0.5,
  -0.5,
  0.1,
  0.2,
  0.3,
  1e-7,
  1e21,
  1.5e300,
  -1.5e300,
  2 ** 31,
  2 ** 53 - 1,
  -(2 ** 53 - 1),
];
/** Texts, some with surrogates, some that are names. */
export const STRINGS = [
  "",
  "a",
  "b",
  "abc",
  "ABC",
  "ab",
  "a b",
  "0",
  "1",
  "true",
  "null",
  "ä",
  "e\u0301",
  "é",
  "ß",
  "😀",
  "a😀b",
  "\uff5e",
  "\ue000",
  "__proto__",
  "constructor",
  "n",
  "deep",
  "x".repeat(70),
  "line\nbreak",
  "quote\"'\\",
];
/** Names that objects may have fields of. */
export const FIELDS = ["n", "s", "flag", "list", "inner", "deep", "constructor", "missing"];
/** Values for the names that generated expressions read: some fields missing, some of another kind. */
export function makeBindings(random: Random): Bindings {
  return {
    a: jsonObject(random, 3),
    l: random.many(4, () => json(random, 2)),
    m: jsonObject(random, 2),
    n: random.pick(NUMBERS),
    s: bound(random),
    v: json(random, 2),
  };
}

/** Calls may hold what no literal can: half of a pair of surrogates. */
function bound(random: Random): string {
  return random.chance(0.05)
    ? random.pick(["\ud800", "a\udc00", "\udc00\ud800"])
    : random.pick(STRINGS);
}

function json(random: Random, depth: number): Json {
  const kinds = depth > 0 ? 7 : 5;
  switch (random.below(kinds)) {
    case 0:
      return null;
    case 1:
      return random.chance(0.5);
    case 2:
    case 3:
      return random.pick(NUMBERS);
    case 4:
      return bound(random);
    case 5:
      return random.many(3, () => json(random, depth - 1));
    default:
      return jsonObject(random, depth - 1);
  }
}

function jsonObject(random: Random, depth: number): { readonly [key: string]: Json } {
  const likely: { readonly [key: string]: () => Json } = {
    n: () => random.pick(NUMBERS),
    s: () => bound(random),
    flag: () => random.chance(0.5),
    list: () => random.many(4, () => (random.chance(0.7) ? random.pick(NUMBERS) : bound(random))),
    inner: () => jsonObject(random, depth - 1),
  };
  const object: Record<string, Json> = {};
  for (const name of FIELDS) {
    if (depth <= 0 || name === "missing" || random.chance(0.2)) continue;
    object[name] = random.chance(0.92) && likely[name] ? likely[name]() : json(random, depth - 1);
  }
  return object;
}
