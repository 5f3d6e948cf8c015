import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeBase64, decodeBase64Url, encodeBase64, encodeBase64Url } from "./base64.ts";

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

describe("base64", () => {
  it("agrees with the test vectors of RFC 4648 section 10", () => {
    const vectors = [
      ["", ""],
      ["f", "Zg=="],
      ["fo", "Zm8="],
      ["foo", "Zm9v"],
      ["foob", "Zm9vYg=="],
      ["fooba", "Zm9vYmE="],
      ["foobar", "Zm9vYmFy"],
    ] as const;
    for (const [text, encoded] of vectors) {
      expect(encodeBase64(utf8(text))).toBe(encoded);
      expect(decodeBase64(encoded)).toEqual(utf8(text));
    }
  });

  it("agrees with the platform for any bytes, in both alphabets", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        const platform = Buffer.from(bytes);
        expect(encodeBase64(bytes)).toBe(platform.toString("base64"));
        expect(encodeBase64Url(bytes)).toBe(platform.toString("base64url"));
        expect(decodeBase64(encodeBase64(bytes))).toEqual(bytes);
        expect(decodeBase64Url(encodeBase64Url(bytes))).toEqual(bytes);
      }),
    );
  });

  it("decodes a text only if encoding gives the same text", () => {
    const digits = fc.string({ unit: fc.constantFrom(..."AQgwBz09+/=-_ \n"), maxLength: 9 });
    fc.assert(
      fc.property(digits, (text) => {
        const bytes = decodeBase64(text);
        const canonical = Buffer.from(text, "base64").toString("base64") === text;
        expect(bytes !== undefined).toBe(canonical);
        if (bytes !== undefined) expect(encodeBase64(bytes)).toBe(text);
        const urlBytes = decodeBase64Url(text);
        const urlCanonical = Buffer.from(text, "base64url").toString("base64url") === text;
        expect(urlBytes !== undefined).toBe(urlCanonical);
      }),
      { numRuns: 5_000 },
    );
  });

  it("refuses characters beyond ASCII instead of taking their low bits", () => {
    // U+0141 has the low byte of "A", U+0241 too.
    for (const text of ["\u0141AAA", "AA\u0241A", "AAA\u{1f600}", "ÄAAA"]) {
      expect(decodeBase64(text), text).toBeUndefined();
    }
  });
});
