import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { verifies } from "../../../../test/verifies.ts";
import { callDigest, canonicalJson } from "./digest.ts";
import type { JsonObject } from "./json.ts";
import { takeSnapshot } from "./snapshot.ts";

function imageOf(value: unknown): JsonObject {
  const taken = takeSnapshot(value);
  if (typeof taken === "string") throw new Error(taken);
  return taken.image;
}

const digest = (tool: string, args: unknown): string => callDigest(tool, imageOf(args));

describe("the digest of a call", () => {
  it("is SHA-256 over canonical JSON", () => {
    // printf '{"arguments":{"a":1},"tool":"t"}' | sha256sum
    expect(digest("t", { a: 1 })).toBe(
      "3ae57511b3dd480647f24c64e5d9d71c0fbe44ff68a475437244d2285cf169b9",
    );
  });

  verifies("core.digest.canonical", "does not depend on the order of keys, at any depth", () => {
    const one = { b: { y: 1, x: [{ q: 1, p: 2 }] }, a: 2 };
    const two = { a: 2, b: { x: [{ p: 2, q: 1 }], y: 1 } };
    expect(digest("t", one)).toBe(digest("t", two));
  });

  verifies(
    "core.digest.canonical",
    "changes with the tool, a name, a value, a type or an order",
    () => {
      const all = [
        digest("t", { a: 1 }),
        digest("u", { a: 1 }),
        digest("t", { b: 1 }),
        digest("t", { a: 2 }),
        digest("t", { a: "1" }),
        digest("t", { a: [1] }),
        digest("t", { a: null }),
        digest("t", { a: 1, b: 1 }),
        digest("t", { a: [1, 2] }),
        digest("t", { a: [2, 1] }),
        digest("t", { a: { b: 1 } }),
        digest("t", JSON.parse('{"__proto__":1}')),
        digest("t", {}),
      ];
      expect(new Set(all).size).toBe(all.length);
    },
  );

  it("cannot be made equal by quotes and brackets in names", () => {
    expect(digest('t","x":"y', {})).not.toBe(digest("t", {}));
    expect(digest("t", { 'a":1,"b': 2 })).not.toBe(digest("t", { a: 1, b: 2 }));
  });

  it("sorts keys by UTF-16 code units, as RFC 8785 says", () => {
    // The example of section 3.2.3.
    const keys = ["\u20ac", "\r", "\ufb33", "1", "\ud83d\ude00", "\u0080", "\u00f6"];
    const object = Object.fromEntries(keys.map((key) => [key, 0]));
    const sorted = ["\r", "1", "\u0080", "\u00f6", "\u20ac", "\ud83d\ude00", "\ufb33"];
    expect(canonicalJson(object)).toBe(
      `{${sorted.map((key) => `${JSON.stringify(key)}:0`).join(",")}}`,
    );
  });

  it("writes numbers as RFC 8785 says", () => {
    const numbers = [333333333.33333329, 1e30, 4.5, 2e-3, 0.000000000000000000000000001];
    expect(canonicalJson(numbers)).toBe("[333333333.3333333,1e+30,4.5,0.002,1e-27]");
  });

  it("differs for different arguments, whatever they are", () => {
    const value = fc.dictionary(fc.string(), fc.jsonValue());
    fc.assert(
      fc.property(value, value, (a, b) => {
        const [one, two] = [takeSnapshot(a), takeSnapshot(b)];
        fc.pre(typeof one !== "string" && typeof two !== "string");
        const same = canonicalJson(one.image) === canonicalJson(two.image);
        expect(callDigest("t", one.image) === callDigest("t", two.image)).toBe(same);
        expect(JSON.parse(canonicalJson(one.image))).toEqual(JSON.parse(JSON.stringify(a)));
      }),
    );
  });
});
