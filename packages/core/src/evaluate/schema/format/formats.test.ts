import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { TextFormat } from "../../../policy/ir.ts";
import { FORMATS } from "./formats.ts";
import { decodePunycode, encodePunycode } from "./punycode.ts";

/** The public suite judges formats in general; here stands what attackers and mistakes are made of. */
const CASES: Readonly<
  Record<TextFormat, readonly [fits: readonly string[], not: readonly string[]]>
> = {
  date: [["2024-02-29"], ["2023-02-29", "2024-2-29", "2024-02-29\n", "２024-02-29", ""]],
  "date-time": [
    ["2026-11-22T14:00:00Z", "2016-12-31T23:59:60Z", "2017-01-01T00:59:60+01:00"],
    [
      "2026-11-22 14:00:00Z",
      "2026-11-22T14:00:00",
      "2026-06-30T12:00:60Z",
      "2026-11-22T14:00:00.Z",
    ],
  ],
  email: [
    ["a@b.test", "first.last+tag@sub.example.test", '"a b"@c.test', "a@[127.0.0.1]"],
    [
      "a@b.test\r\nBcc: c@d.test",
      "a@b.test,c@d.test",
      "Ann <a@b.test>",
      "a@b@c.test",
      "a@-b.test",
      `${"a".repeat(65)}@b.test`,
      `a@${"b.".repeat(130)}test`,
      "\u0430@b.test",
      "a@b\u3002test",
    ],
  ],
  hostname: [
    ["acme.test", "a", "xn--bcher-kva.test", "1.2.3.4"],
    ["acme.test.", "a..b", "a_b.test", "xn--a", "xn--bcher-kva-.test", "b\u00fccher.test", "a b"],
  ],
  ipv4: [["10.0.0.1"], ["010.0.0.1", "10.0.0", "0x0a.0.0.1", "10.0.0.1 ", "167772161"]],
  ipv6: [
    ["::", "2001:db8::1", "::ffff:10.0.0.1"],
    ["1::2::3", "fe80::1%eth0", "[::1]", ":::", "1:2:3:4:5:6:7::8:9"],
  ],
  uri: [
    ["https://acme.test/a?b#c", "urn:a:b", "http://[::1]:80/"],
    [
      "//acme.test",
      "https://acme.test/a b",
      "https://acme.test/%zz",
      "https://a\u0430.test/",
      "javascript",
      "http://[::1",
    ],
  ],
  uuid: [
    ["2eb8aa08-aa98-11ea-b4aa-73b441d16380"],
    ["2eb8aa08aa9811eab4aa73b441d16380", "{2eb8aa08-aa98-11ea-b4aa-73b441d16380}"],
  ],
};

describe("a format", () => {
  for (const [name, [fits, others]] of Object.entries(CASES)) {
    const { is } = FORMATS[name as TextFormat]; // the keys of the record
    it(`of ${name} takes what it names and nothing beside it`, () => {
      for (const text of fits) expect(is(text), text).toBe(true);
      for (const text of others) expect(is(text), text).toBe(false);
    });
  }

  it("is judged in time linear in the text", () => {
    const long = 1_000_000;
    const texts = [
      `http://${"a".repeat(long)}`,
      `http://a/${"%41".repeat(long / 3)}%`,
      `a:${"//".repeat(long / 2)}`,
      `${"a.".repeat(long / 2)}@b`,
      `"${"\\a".repeat(long / 2)}`,
      `${":".repeat(long)}`,
      `2026-11-22T00:00:00.${"1".repeat(long)}`,
      `xn--${"a".repeat(long)}`,
    ];
    const start = performance.now();
    for (const { is } of Object.values(FORMATS)) for (const text of texts) is(text);
    expect(performance.now() - start).toBeLessThan(2_000);
  });

  it("never throws", () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string({ unit: "grapheme" }), fc.emailAddress(), fc.webUrl(), fc.ipV6()),
        (text) => {
          for (const { is } of Object.values(FORMATS)) is(text);
        },
      ),
    );
  });

  it("takes the addresses and instants that generators of them make", () => {
    fc.assert(fc.property(fc.ipV4(), (text) => FORMATS.ipv4.is(text)));
    fc.assert(fc.property(fc.ipV6(), (text) => FORMATS.ipv6.is(text)));
    fc.assert(fc.property(fc.uuid(), (text) => FORMATS.uuid.is(text)));
    fc.assert(fc.property(fc.domain(), (text) => FORMATS.hostname.is(text)));
    fc.assert(
      fc.property(
        fc.date({ min: new Date(0), max: new Date("9999-01-01"), noInvalidDate: true }),
        (date) => FORMATS["date-time"].is(date.toISOString()),
      ),
    );
  });
});

describe("Punycode", () => {
  it("comes back from its own encoding", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0x61, max: 0xd7ff }), { minLength: 1, maxLength: 20 }),
        (points) => {
          expect(decodePunycode(encodePunycode(points))).toEqual(points);
        },
      ),
    );
  });

  it("is what RFC 3492 gives in its examples", () => {
    expect(
      encodePunycode([..."3年B組金八先生".toLowerCase()].map((sign) => sign.codePointAt(0)!)),
    ).toBe("3b-ww4c5e180e575a65lsy2b");
    expect(encodePunycode([..."Mañana".toLowerCase()].map((sign) => sign.codePointAt(0)!))).toBe(
      "maana-pta",
    );
  });
});
