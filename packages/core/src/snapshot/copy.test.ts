import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { verifies } from "../../../../test/verifies.ts";
import { copyForTool } from "./copy.ts";
import { effectiveSnapshot } from "./effective.ts";
import { emptyImage, takeSnapshot, type Snapshot } from "./snapshot.ts";

function snapshotOf(value: unknown): Snapshot {
  const taken = takeSnapshot(value);
  if (typeof taken === "string") throw new Error(taken);
  return taken;
}

describe("the tool's copy", () => {
  verifies(
    "core.copy.special",
    "holds dates, URLs, bigints and bytes as such, at any depth",
    () => {
      const given = {
        date: new Date(5),
        url: new URL("https://acme.test/x"),
        big: 9_007_199_254_740_993n,
        bytes: Uint8Array.of(1, 2, 3),
        list: [new Date(6), { deep: [1n] }],
      };
      const copy = copyForTool(snapshotOf(given));
      expect(copy).toEqual(given);
      expect(copy).toHaveProperty("date", expect.any(Date));
      expect(copy).toHaveProperty("url", expect.any(URL));
      expect(copy).toHaveProperty("bytes", expect.any(Uint8Array));
      expect(copy).toHaveProperty("list.1.deep.0", 1n);
    },
  );

  it("is ordinary and mutable, with the usual prototype", () => {
    const copy = copyForTool(snapshotOf({ a: { b: [1] } }));
    expect(Object.getPrototypeOf(copy)).toBe(Object.prototype);
    expect(copy).toHaveProperty("a.b", [1]);
    const open = copy as { a: { b: number[]; c?: number } }; // what was just shown
    open.a.b.push(2);
    open.a.c = 3;
    expect(open).toEqual({ a: { b: [1, 2], c: 3 } });
  });

  it("shares nothing with the original, the image, or another copy", () => {
    const given = { date: new Date(5), bytes: Uint8Array.of(1), list: [{ a: 1 }] };
    const snapshot = snapshotOf(given);
    const copy = copyForTool(snapshot) as typeof given; // as the test before shows
    copy.date.setTime(99);
    copy.bytes[0] = 99;
    copy.list[0] = { a: 99 };
    expect(given).toEqual({ date: new Date(5), bytes: Uint8Array.of(1), list: [{ a: 1 }] });
    expect(copyForTool(snapshot)).toEqual(given);
    expect(snapshot.image).toEqual({
      date: "1970-01-01T00:00:00.005Z",
      bytes: "AQ==",
      list: [{ a: 1 }],
    });
  });

  it("holds a key __proto__ as the own property that was judged", () => {
    const copy = copyForTool(snapshotOf(JSON.parse('{"__proto__":{"admin":true},"a":1}')));
    expect(Object.keys(copy as object)).toEqual(["__proto__", "a"]);
    expect(Object.getPrototypeOf(copy)).toBe(Object.prototype);
    expect(copy).not.toHaveProperty("admin");
  });

  it("keeps dates beside an argument that a rewrite changed", () => {
    const snapshot = snapshotOf({ size: 9, when: new Date(5), rows: [new Date(6), new Date(7)] });
    const image = emptyImage();
    Object.assign(image, snapshot.image, { size: 1, rows: ["1970-01-01T00:00:00.006Z"] });
    const copy = copyForTool(effectiveSnapshot(snapshot, image));
    expect(copy).toEqual({ size: 1, when: new Date(5), rows: [new Date(6)] });
  });

  it("equals the arguments, whatever JSON they are", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string({ unit: "grapheme" }), fc.jsonValue()), (given) => {
        const taken = takeSnapshot(given);
        fc.pre(typeof taken !== "string");
        // Through JSON, which knows neither minus zero nor null prototypes.
        expect(copyForTool(taken)).toEqual(JSON.parse(JSON.stringify(given)));
      }),
    );
  });
});
