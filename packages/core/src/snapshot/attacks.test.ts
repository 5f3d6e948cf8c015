import { describe, expect } from "vitest";
import { verifies } from "../../../../test/verifies.ts";
import { copyForTool } from "./copy.ts";
import { takeSnapshot } from "./snapshot.ts";

describe("bytes", () => {
  verifies(
    "core.attack.bytes",
    "are read as the bytes they are, whatever iterator they bring",
    () => {
      let asked = 0;
      const endless = Object.assign(Uint8Array.of(1, 2), {
        *[Symbol.iterator]() {
          while (asked++ < 1_000_000) yield 9;
        },
      });
      const snapshot = takeSnapshot({ endless });
      expect(snapshot).toMatchObject({ image: { endless: "AQI=" } });
      expect(asked).toBe(0);
    },
  );

  verifies("core.attack.bytes", "that only look like bytes are none", () => {
    const fake: object = Object.create(Uint8Array.prototype, { length: { value: 2 } });
    expect(takeSnapshot({ fake })).toBe("arguments_not_json");
    expect(takeSnapshot({ proxy: new Proxy(Uint8Array.of(1), {}) })).toBe("arguments_not_json");
  });
});

describe("the tool's copy", () => {
  verifies(
    "core.attack.copy",
    "has the keys that were judged, also those that every object inherits",
    () => {
      const text = '{"frozen":1,"watched":2,"__proto__":{"a":3},"get":"x"}';
      const snapshot = takeSnapshot(JSON.parse(text));
      if (typeof snapshot === "string") throw new Error(snapshot);
      let told: unknown = "nothing";
      // As on a host that froze Object.prototype, and on one where somebody put a setter or a `get` on it.
      Object.defineProperties(Object.prototype, {
        frozen: { value: 0, configurable: true },
        watched: {
          set: (value) => {
            told = value;
          },
          configurable: true,
        },
        get: { value: "x", configurable: true },
      });
      let copy: object;
      try {
        copy = copyForTool(snapshot) as object;
      } finally {
        for (const name of ["get", "frozen", "watched"])
          Reflect.deleteProperty(Object.prototype, name);
      }
      expect(JSON.stringify(copy)).toBe(text);
      expect(Object.getPrototypeOf(copy)).toBe(Object.prototype);
      expect(told).toBe("nothing");
    },
  );
});
