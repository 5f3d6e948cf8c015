import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ErrorCode } from "../errors/errors.ts";
import { isInterlatchError } from "../errors/errors.ts";
import { parseStrictJson } from "./strict-json.ts";

const LIMITS = { bytes: 1_000_000, depth: 20 };

function read(text: string | Uint8Array, limits = LIMITS): unknown {
  return parseStrictJson(typeof text === "string" ? new TextEncoder().encode(text) : text, limits);
}

function codeOf(text: string | Uint8Array, limits = LIMITS): ErrorCode | "accepted" {
  try {
    read(text, limits);
    return "accepted";
  } catch (error) {
    if (!isInterlatchError(error)) throw error;
    return error.code;
  }
}

describe("parseStrictJson", () => {
  it("reads what the platform's writer writes", () => {
    const json = fc.jsonValue({ maxDepth: 6 });
    fc.assert(
      fc.property(json, (value) => {
        const text = JSON.stringify(value);
        const plain: unknown = JSON.parse(text);
        fc.pre(codeOf(text) === "accepted");
        expect(read(text)).toEqual(plain);
      }),
    );
  });

  it("accepts every JSON value without the things it refuses", () => {
    const key = fc.string({ unit: "grapheme" }).filter((text) => text !== "__proto__");
    const { json } = fc.letrec((tie) => ({
      json: fc.oneof(
        { maxDepth: 5 },
        fc.constantFrom(null, true, false),
        fc.integer(),
        fc.double({ noNaN: true, min: -1e15, max: 1e15 }),
        fc.string({ unit: "grapheme" }),
        fc.array(tie("json"), { maxLength: 4 }),
        fc.dictionary(key, tie("json"), { maxKeys: 4 }),
      ),
    }));
    fc.assert(fc.property(json, (value) => codeOf(JSON.stringify(value)) === "accepted"));
  });

  it("refuses a key that stands twice, wherever it stands and however it is written", () => {
    const escaped = (key: string): string =>
      [...key].map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`).join("");
    fc.assert(
      fc.property(
        fc.string({ minLength: 1, maxLength: 6 }).filter((key) => !/["\\\p{Cc}]/u.test(key)),
        fc.jsonValue({ maxDepth: 2 }),
        fc.boolean(),
        fc.array(fc.constantFrom("list", "object"), { maxLength: 5 }),
        (key, value, escape, wrappers) => {
          fc.pre(key !== "__proto__" && codeOf(JSON.stringify(value)) === "accepted");
          const inner = JSON.stringify(value);
          const first = `"${escape ? escaped(key) : key}"`;
          let text = `{${first}:${inner},"${key}":${inner}}`;
          for (const wrapper of wrappers)
            text = wrapper === "list" ? `[1,${text}]` : `{"w":${text}}`;
          expect(codeOf(text)).toBe("ERR_BUNDLE_DUPLICATE_KEY");
        },
      ),
    );
  });

  it("refuses a repeated key whose first value hides members of its own", () => {
    expect(codeOf('{"a":{"b":1,"c":2},"a":{}}')).toBe("ERR_BUNDLE_DUPLICATE_KEY");
    expect(codeOf('{"a":{"b":1},"a":{"b":1}}')).toBe("ERR_BUNDLE_DUPLICATE_KEY");
    expect(codeOf('{"1":0,"1":0}')).toBe("ERR_BUNDLE_DUPLICATE_KEY");
  });

  it("does not take punctuation inside texts for structure", () => {
    const long = "x".repeat(100);
    for (const text of [":", "{:[", '\\":', "\\\\", '\\\\\\":{', `${long}:\\"[{`, `${long}\\\\`]) {
      expect(codeOf(`{"a":"${text}","b":["${text}"]}`)).toBe("accepted");
    }
    expect(read(`{"${long}\\\\":1}`)).toEqual({ [`${long}\\`]: 1 });
  });

  it("refuses __proto__ as a key, also written with escapes, and takes it as a value", () => {
    expect(codeOf('{"__proto__":{}}')).toBe("ERR_BUNDLE_FORMAT");
    expect(codeOf('[{"a":{"\\u005f\\u005fproto__":1}}]')).toBe("ERR_BUNDLE_FORMAT");
    expect(codeOf('["__proto__",{"a":"__proto__"}]')).toBe("accepted");
  });

  it("bounds nesting exactly, before anything is built", () => {
    const nest = (depth: number): string => `${"[".repeat(depth)}${"]".repeat(depth)}`;
    expect(codeOf(nest(20))).toBe("accepted");
    expect(codeOf(nest(21))).toBe("ERR_BUNDLE_TOO_LARGE");
    expect(codeOf('{"a":'.repeat(21))).toBe("ERR_BUNDLE_TOO_LARGE");
    expect(codeOf(`[${"[],".repeat(50)}[]]`)).toBe("accepted");
  });

  it("bounds bytes and not characters", () => {
    const limits = { bytes: 6, depth: 1 };
    expect(codeOf('"aaaa"', limits)).toBe("accepted");
    expect(codeOf('"ääa"', limits)).toBe("ERR_BUNDLE_TOO_LARGE");
  });

  it("refuses numbers that readers round differently", () => {
    for (const number of [
      "9007199254740991",
      "-9007199254740991",
      "0.1",
      "1e-7",
      "-0",
      "1E3",
      "1e16",
      "-1.0e+28",
    ]) {
      expect(codeOf(number), number).toBe("accepted");
    }
    for (const number of [
      "9007199254740992",
      "-9007199254740992",
      "10000000000000000000",
      "1e999",
      "-1e999",
    ]) {
      expect(codeOf(number), number).toBe("ERR_BUNDLE_FORMAT");
    }
  });

  it("refuses halves of surrogate pairs and takes whole ones", () => {
    expect(read('"\\ud83d\\ude00"')).toBe("\u{1f600}");
    for (const text of ['"\\ud800"', '"\\udc00\\ud800"', '{"\\udfff":1}', '"a\\uD83Db"']) {
      expect(codeOf(text), text).toBe("ERR_BUNDLE_ENCODING");
    }
    expect(read('"\\\\ud800"')).toBe("\\ud800");
  });

  it("refuses what is not UTF-8, and a byte order mark", () => {
    expect(codeOf(Uint8Array.of(0x22, 0xff, 0x22))).toBe("ERR_BUNDLE_ENCODING");
    expect(codeOf(Uint8Array.of(0x22, 0xc0, 0x80, 0x22))).toBe("ERR_BUNDLE_ENCODING");
    expect(codeOf(Uint8Array.of(0xef, 0xbb, 0xbf, 0x31))).toBe("ERR_BUNDLE_ENCODING");
    // UTF-16 in either order.
    expect(codeOf(Uint8Array.of(0x31, 0x00))).toBe("ERR_BUNDLE_FORMAT");
    expect(codeOf(Uint8Array.of(0xff, 0xfe, 0x31, 0x00))).toBe("ERR_BUNDLE_ENCODING");
  });

  it("refuses whatever is not exactly one JSON value", () => {
    const texts = [
      "",
      " ",
      "{} {}",
      "[1,]",
      "{'a':1}",
      '{"a" 1}',
      "01",
      "+1",
      "1.",
      "\u00a01",
      '"\t"',
    ];
    for (const text of texts) expect(codeOf(text), text).toBe("ERR_BUNDLE_FORMAT");
    for (const text of ['"open', '{"a":1', "[[]", "]", '"\\', '"\\"']) {
      expect(codeOf(text), text).toBe("ERR_BUNDLE_FORMAT");
    }
  });

  it("never throws anything but its own error, whatever the bytes are", () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 64 }),
      fc
        .string({ unit: fc.constantFrom(...'{}[]":,\\u01ad.e- tfn\u{1f600}') })
        .map((text) => new TextEncoder().encode(text)),
    );
    fc.assert(
      fc.property(bytes, (input) => typeof codeOf(input) === "string"),
      { numRuns: 2_000 },
    );
  });

  it("accepts nothing that the platform's parser refuses", () => {
    const soup = fc.string({ unit: fc.constantFrom(...'{}[]":,\\"ab10') });
    fc.assert(
      fc.property(soup, (text) => {
        fc.pre(codeOf(text) === "accepted");
        expect(() => JSON.parse(text) as unknown).not.toThrow();
      }),
    );
  });
});
