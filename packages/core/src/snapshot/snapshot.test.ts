import { describe, expect, it } from "vitest";
import { verifies } from "../../../../test/verifies.ts";
import { ARGUMENT_LIMITS } from "./limits.ts";
import { takeSnapshot, type Snapshot } from "./snapshot.ts";

function imageOf(value: unknown): Snapshot["image"] {
  const taken = takeSnapshot(value);
  if (typeof taken === "string") throw new Error(taken);
  return taken.image;
}

function nested(levels: number): object {
  let value: object = {};
  for (let level = 1; level < levels; level++) value = { in: value };
  return value;
}

describe("the image of plain JSON", () => {
  it("says what the arguments say", () => {
    const given = { text: "é", n: -1.5, yes: true, none: null, list: [1, ["a", {}]] };
    expect(imageOf(given)).toEqual(given);
  });

  verifies("core.snapshot.frozen", "is frozen at every depth and inherits nothing", () => {
    const image = imageOf({ outer: { inner: [{ deep: 1 }] } });
    const walk = (value: unknown): void => {
      if (typeof value !== "object" || value === null) return;
      expect(Object.isFrozen(value)).toBe(true);
      if (!Array.isArray(value)) {
        expect("constructor" in value).toBe(false);
        expect("toString" in value).toBe(false);
      }
      for (const item of Object.values(value)) walk(item);
    };
    walk(image);
    expect(() => Object.assign(image, { outer: 1 })).toThrow(TypeError);
  });

  it("drops undefined properties as JSON does, and refuses undefined items", () => {
    expect(Object.keys(imageOf({ a: undefined, b: 1 }))).toEqual(["b"]);
    expect(takeSnapshot({ list: [undefined] })).toBe("arguments_not_json");
    // A hole would read as undefined.
    expect(takeSnapshot({ list: Array(2) })).toBe("arguments_not_json");
  });

  it("makes minus zero zero, so that equal calls have one digest", () => {
    expect(Object.is(imageOf({ n: -0 })["n"], 0)).toBe(true);
  });

  it("leaves out what JSON leaves out: symbols as keys and what is not enumerable", () => {
    const given = { a: 1, [Symbol("s")]: 2 };
    Object.defineProperty(given, "hidden", { value: 3, enumerable: false });
    expect(imageOf(given)).toEqual({ a: 1 });
  });

  it("reads no inherited property", () => {
    expect(takeSnapshot({ user: Object.create({ admin: true }) })).toBe("arguments_not_json");
    // A prototype that inherits nothing itself looks like the Object.prototype of another realm.
    const bare = Object.create(Object.assign(Object.create(null), { admin: true }));
    expect(imageOf({ user: bare })["user"]).toEqual({});
  });
});

describe("what is not JSON", () => {
  const refused: readonly (readonly [string, unknown])[] = [
    ["no object", "text"],
    ["null", null],
    ["undefined", undefined],
    ["a list", [1]],
    ["a date in place of the arguments", new Date(0)],
    ["NaN", { n: Number.NaN }],
    ["infinity", { n: Number.POSITIVE_INFINITY }],
    ["a function", { f: () => 1 }],
    ["a symbol", { s: Symbol("s") }],
    ["a map", { m: new Map([["a", 1]]) }],
    ["a set", { s: new Set([1]) }],
    [
      "an instance of a class",
      {
        c: new (class Point {
          x = 1;
        })(),
      },
    ],
    ["a date that is none", { d: new Date(Number.NaN) }],
    ["a promise", { p: Promise.resolve(1) }],
    ["another typed array", { f: new Float64Array([1]) }],
    ["a lone surrogate in a text", { t: "a\ud800b" }],
    ["a lone surrogate in a key", { "a\udc00": 1 }],
  ];
  it.each(refused)("is refused: %s", (_, value) => {
    expect(takeSnapshot(value)).toBe("arguments_not_json");
  });

  it("is refused however deep it stands", () => {
    expect(takeSnapshot({ a: [{ b: [{ c: Number.NaN }] }] })).toBe("arguments_not_json");
  });
});

describe("special values", () => {
  verifies("core.snapshot.image", "have one image each: dates, URLs, bigints, bytes", () => {
    const image = imageOf({
      date: new Date("2026-01-02T03:04:05.006Z"),
      url: new URL("HTTPS://Acme.test:443/a b"),
      big: 2n ** 70n,
      bytes: Uint8Array.of(0, 255, 16),
      list: [new Date(0), 7n],
    });
    expect(image).toEqual({
      date: "2026-01-02T03:04:05.006Z",
      url: "https://acme.test/a%20b",
      big: "1180591620717411303424",
      bytes: "AP8Q",
      list: ["1970-01-01T00:00:00.000Z", "7"],
    });
  });

  it("cannot say one thing to the rules and another to the tool through own methods", () => {
    const date = new Date(0);
    Object.assign(date, { toISOString: () => "2099-01-01T00:00:00.000Z", getTime: () => 1 });
    expect(imageOf({ date })["date"]).toBe("1970-01-01T00:00:00.000Z");
  });
});

describe("bounds", () => {
  it("hold for depth: the last level that fits, and the first that does not", () => {
    expect(typeof takeSnapshot(nested(ARGUMENT_LIMITS.depth))).toBe("object");
    expect(takeSnapshot(nested(ARGUMENT_LIMITS.depth + 1))).toBe("arguments_too_large");
  });

  it("hold for the number of values", () => {
    const fits = Array(ARGUMENT_LIMITS.nodes - 2).fill(null);
    expect(typeof takeSnapshot({ list: fits })).toBe("object");
    expect(takeSnapshot({ list: [...fits, null] })).toBe("arguments_too_large");
  });

  it("hold for size, texts and keys together", () => {
    const half = "x".repeat(ARGUMENT_LIMITS.size / 2 - 1);
    expect(typeof takeSnapshot({ a: half, b: half })).toBe("object");
    expect(takeSnapshot({ a: half, b: `${half}x` })).toBe("arguments_too_large");
    expect(takeSnapshot({ [`${half}${half}xxx`]: 1 })).toBe("arguments_too_large");
  });

  it("hold for bytes and bigints, whose images are longer than they look", () => {
    expect(takeSnapshot({ b: new Uint8Array(ARGUMENT_LIMITS.size) })).toBe("arguments_too_large");
    const largest = 1n << BigInt(ARGUMENT_LIMITS.bigintBits);
    expect(typeof takeSnapshot({ n: -largest })).toBe("object");
    expect(takeSnapshot({ n: largest + 1n })).toBe("arguments_too_large");
  });

  it("refuse a huge list by its length, without walking it", () => {
    const list: unknown[] = [];
    list.length = 4_000_000_000;
    expect(takeSnapshot({ list })).toBe("arguments_too_large");
  });

  it("end a cycle", () => {
    const cyclic: Record<string, unknown> = {};
    cyclic["self"] = cyclic;
    expect(takeSnapshot(cyclic)).toBe("arguments_too_large");
  });
});

describe("reading", () => {
  it("looks at each property once", () => {
    let reads = 0;
    const given = {
      get amount() {
        return ++reads;
      },
    };
    expect(imageOf(given)).toEqual({ amount: 1 });
    expect(reads).toBe(1);
  });

  it("refuses what throws when it is read", () => {
    const throwing = {
      get a(): number {
        throw new Error("no");
      },
    };
    expect(takeSnapshot(throwing)).toBe("arguments_not_json");
    const proxy = new Proxy(
      {},
      {
        ownKeys() {
          throw new Error("no");
        },
      },
    );
    expect(takeSnapshot({ proxy })).toBe("arguments_not_json");
    const revoked = Proxy.revocable({}, {});
    revoked.revoke();
    expect(takeSnapshot({ proxy: revoked.proxy })).toBe("arguments_not_json");
  });

  it("ends for a proxy that always has another key", () => {
    const endless: object = new Proxy(
      {},
      {
        ownKeys: () => ["a"],
        getOwnPropertyDescriptor: () => ({ value: 1, enumerable: true, configurable: true }),
        get: () => endless,
      },
    );
    expect(takeSnapshot({ endless })).toBe("arguments_too_large");
  });
});
