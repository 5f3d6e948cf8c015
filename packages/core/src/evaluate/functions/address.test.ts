import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { call, errs, evaluate, literal, path } from "../../../test/expressions.ts";
import { isError } from "../value.ts";
import { readIpv4 } from "./ipv4.ts";
import { readIpv6 } from "./ipv6.ts";

function ipIn(address: unknown, range: string): unknown {
  const result = evaluate(call("ipIn", path("arguments.h"), literal(range)), { h: address });
  return isError(result) ? "error" : result;
}

function isPrivate(host: unknown): unknown {
  const result = evaluate(call("isPrivateHost", path("arguments.h")), { h: host });
  return isError(result) ? "error" : result;
}

/** What the platform's URL parser takes a host for. */
function parsed(host: string): string | null {
  return URL.canParse(`http://${host}/`) ? new URL(`http://${host}/`).hostname : null;
}

function dotted(address: number): string {
  return [24, 16, 8, 0].map((shift) => (address >>> shift) & 255).join(".");
}

describe("reading IPv4", () => {
  it.each([
    "127.0.0.1",
    "127.1",
    "127.0.1",
    "2130706433",
    "0x7f000001",
    "0X7F.0.0.1",
    "017700000001",
    "0177.0.0.1",
    "127.0.0.1.",
    "0x7f.0x0.0.01",
    "127.0x.0.1",
  ])("%s is the local host", (text) => {
    expect(readIpv4(text)).toBe(0x7f000001);
  });

  it.each([
    "",
    ".",
    "1.2.3.4.5",
    "256.0.0.1",
    "1.2.3.256",
    "08.0.0.1",
    "1..2",
    "a.b",
    "+1",
    "-1",
    "1e3",
    "0xg",
    "4294967296",
    "1.16777216",
  ])("%j is no address", (text) => {
    expect(readIpv4(text)).toBeNull();
  });

  it("agrees with the URL parser in every notation", () => {
    const part = fc.oneof(
      fc.integer({ min: 0, max: 300 }).map(String),
      fc.integer({ min: 0, max: 2 ** 32 }).map(String),
      fc.integer({ min: 0, max: 400 }).map((number) => `0${number.toString(8)}`),
      fc.integer({ min: 0, max: 2 ** 25 }).map((number) => `0x${number.toString(16)}`),
      fc.constantFrom("0x", "0", "00", "08", "x", ""),
    );
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 5 }), (parts) => {
        const text = parts.join(".");
        const read = readIpv4(text);
        const expected = parsed(text);
        if (read !== null) expect(dotted(read)).toBe(expected);
        else expect(expected ?? "none").not.toMatch(/^\d+\.\d+\.\d+\.\d+$/);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe("reading IPv6", () => {
  it("agrees with the URL parser", () => {
    const piece = fc.oneof(
      fc.integer({ min: 0, max: 0xffff }).map((number) => number.toString(16)),
      fc.constantFrom("", "0", "0000", "00000", "g", "1.2.3.4", "01.2.3.4"),
    );
    fc.assert(
      fc.property(fc.array(piece, { minLength: 2, maxLength: 10 }), (pieces) => {
        const text = pieces.join(":");
        const expected = parsed(`[${text}]`);
        expect(readIpv6(text) === null ? null : true, text).toBe(expected === null ? null : true);
      }),
      { numRuns: 2_000 },
    );
  });

  it("writes out what :: stands for", () => {
    expect(readIpv6("::1")).toEqual([0, 0, 0, 0, 0, 0, 0, 1]);
    expect(readIpv6("2001:db8::")).toEqual([0x2001, 0xdb8, 0, 0, 0, 0, 0, 0]);
    expect(readIpv6("::ffff:10.0.0.1")).toEqual([0, 0, 0, 0, 0, 0xffff, 0xa00, 1]);
    for (const text of ["::", "fe80::1%eth0", "[::1]", "1::2::3", "::127.1", ":::"]) {
      expect(readIpv6(text) === null, text).toBe(text !== "::");
    }
  });
});

describe("ipIn", () => {
  it.each([
    ["10.255.0.1", true],
    ["11.0.0.1", false],
    ["167772161", true],
    ["012.0.0.1", true],
    ["010.0.0.1", false],
    ["0x0A000001", true],
    ["10.1", true],
    ["::ffff:10.0.0.1", true],
    ["::FFFF:a00:1", true],
    ["[::ffff:a00:1]", true],
    ["2001:db8::1", false],
    ["::10.0.0.1", false],
  ])("%s in 10.0.0.0/8: %s", (address, expected) => {
    expect(ipIn(address, "10.0.0.0/8")).toBe(expected);
  });

  it("knows every prefix length", () => {
    expect(ipIn("203.0.113.77", "0.0.0.0/0")).toBe(true);
    expect(ipIn("203.0.113.77", "203.0.113.76/31")).toBe(true);
    expect(ipIn("203.0.113.77", "203.0.113.78/31")).toBe(false);
    expect(ipIn("203.0.113.77", "203.0.113.77/32")).toBe(true);
    expect(ipIn("255.255.255.255", "128.0.0.0/1")).toBe(true);
    expect(ipIn("10.9.9.9", "10.1.2.3/8")).toBe(true);
    expect(ipIn("2001:db8:1::1", "2001:db8::/32")).toBe(true);
    expect(ipIn("2001:db8:1::1", "2001:db8::/47")).toBe(true);
    expect(ipIn("2001:db8:1::1", "2001:db8::/48")).toBe(false);
    expect(ipIn("2001:db9::1", "2001:db8::/31")).toBe(true);
    expect(ipIn("::1", "::/0")).toBe(true);
    expect(ipIn("10.0.0.1", "::/0")).toBe(false);
    expect(ipIn("10.0.0.1", "::ffff:0:0/96")).toBe(true);
    expect(ipIn("10.0.0.1", "::ffff:10.0.0.0/104")).toBe(true);
  });

  it.each([
    "ten.acme.test",
    "10.0.0.256",
    "",
    " 10.0.0.1",
    "10.0.0.1/8",
    "http://10.0.0.1/",
    "fe80::1%eth0",
    "[10.0.0.1]",
    5,
    null,
  ])("%j is no address, so an error", (address) => {
    expect(ipIn(address, "10.0.0.0/8")).toBe("error");
  });

  it.each([
    "10.0.0.0",
    "10.0.0.0/33",
    "10.0.0.0/-1",
    "10.0.0.0/08",
    "10/8",
    "012.0.0.0/8",
    "::/129",
    "ten/8",
    "/8",
    "",
    "10.0.0.0/8 ",
    "::ffff:0:0/90",
  ])("%j is no range, so an error", (range) => {
    expect(ipIn("10.0.0.1", range)).toBe("error");
  });

  it("takes a range that only the call knows", () => {
    const test = call("ipIn", literal("10.0.0.1"), path("arguments.r"));
    expect(evaluate(test, { r: "10.0.0.0/8" })).toBe(true);
    expect(errs(test, { r: "ten" })).toBe(true);
    expect(errs(test, { r: 8 })).toBe(true);
  });
});

describe("isPrivateHost", () => {
  it.each([
    "127.0.0.1",
    "127.1",
    "2130706433",
    "0x7f.1",
    "0177.0.0.1",
    "127.0.0.1.",
    "10.0.0.1",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.1.1",
    "3232235777",
    "169.254.169.254",
    "100.64.0.1",
    "100.127.255.255",
    "0.0.0.0",
    "0",
    "192.0.0.1",
    "192.0.0.170",
    "192.0.2.1",
    "192.88.99.1",
    "198.18.0.1",
    "198.19.255.255",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.255.255.255",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "[::1]",
    "::ffff:192.168.1.1",
    "[::ffff:c0a8:101]",
    "::ffff:127.0.0.1",
    "::127.0.0.1",
    "64:ff9b::10.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b:1::1",
    "100::1",
    "100:0:0:1::1",
    "2001::1",
    "2001:2::1",
    "2001:10::1",
    "2001:db8::1",
    "2002:7f00:1::",
    "2002:a00:1::1",
    "3fff::1",
    "5f00::1",
    "fc00::1",
    "fd12:3456::1",
    "fe80::1",
    "fec0::1",
    "ff02::1",
    "4000::1",
    "e000::1",
    "localhost",
    "LOCALHOST",
    "localhost.",
    "a.localhost",
    "printer.local",
    "db.prod.internal",
    "\uff4cocalhost",
    "\uff11\uff12\uff17.0.0.1",
    "127\u30020.0.1",
  ])("%s is private", (host) => {
    expect(isPrivate(host)).toBe(true);
  });

  it.each([
    "8.8.8.8",
    "1.1.1.1",
    "172.15.255.255",
    "172.32.0.1",
    "100.63.255.255",
    "100.128.0.1",
    "192.0.0.9",
    "192.0.0.10",
    "192.0.1.1",
    "192.31.196.1",
    "192.52.193.1",
    "192.175.48.1",
    "198.17.255.255",
    "198.20.0.1",
    "223.255.255.255",
    "2606:4700:4700::1111",
    "[2606:4700:4700::1111]",
    "::ffff:8.8.8.8",
    "64:ff9b::8.8.8.8",
    "2002:808:808::1",
    "2001:1::1",
    "2001:1::2",
    "2001:3::1",
    "2001:4:112::1",
    "2001:20::1",
    "2001:200::1",
    "2620:4f:8000::1",
    "2a00::1",
    "acme.test",
    "localhost.acme.test",
    "notlocalhost",
    "mylocal",
    "local",
    "internal",
    "internal.acme.test",
    "127.0.0.1.nip.test",
  ])("%s is not", (host) => {
    expect(isPrivate(host)).toBe(false);
  });

  it.each([
    "http://127.0.0.1/",
    "127.0.0.1:80",
    "user@localhost",
    "",
    " localhost",
    "localhost ",
    "local\thost",
    "a..local",
    "256.256.256.256",
    "fe80::1%eth0",
    "[fe80::1%25eth0]",
    5,
    null,
    ["localhost"],
  ])("%j is no host, so an error and not a quiet false", (host) => {
    expect(isPrivate(host)).toBe("error");
  });
});
