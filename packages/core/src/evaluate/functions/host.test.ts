import { describe, expect, it } from "vitest";
import { call, evaluate, errs, literal, path } from "../../../test/expressions.ts";
import { isError } from "../value.ts";

function host(text: unknown): unknown {
  const result = evaluate(call("host", path("arguments.u")), { u: text });
  return isError(result) ? "error" : result;
}

function inDomain(name: unknown, domain: string): unknown {
  const result = evaluate(call("inDomain", path("arguments.h"), literal(domain)), { h: name });
  return isError(result) ? "error" : result;
}

describe("host of a URL", () => {
  it.each([
    ["https://acme.test/a?b#c", "acme.test"],
    ["HTTPS://ACME.Test:8443/", "acme.test"],
    ["https://acme.test./", "acme.test"],
    ["https://acme.test@evil.test/", "evil.test"],
    ["https://acme.test:443@evil.test/acme.test", "evil.test"],
    ["https://evil.test\\@acme.test/", "evil.test"],
    ["https://evil.test#@acme.test/", "evil.test"],
    ["https:acme.test", "acme.test"],
    ["https://B\u00fccher.test/", "xn--bcher-kva.test"],
    ["https://\uff41cme.test/", "acme.test"],
    ["https://acme\u3002test/", "acme.test"],
    ["https://%61cme.test/", "acme.test"],
    ["http://2130706433/", "127.0.0.1"],
    ["http://0x7f.1/", "127.0.0.1"],
    ["http://0177.0.0.1/", "127.0.0.1"],
    ["http://127.0.0.1./", "127.0.0.1"],
    ["http://[::1]:80/", "[::1]"],
    ["http://[::FFFF:192.168.1.1]/", "[::ffff:c0a8:101]"],
    ["ws://acme.test/", "acme.test"],
  ])("%s is %s", (text, expected) => {
    expect(host(text)).toBe(expected);
  });

  it("is read the same way for schemes the parser does not know", () => {
    expect(host("postgres://user:pw@DB.Acme.Test:5432/db")).toBe("db.acme.test");
    expect(host("redis://2130706433/")).toBe("127.0.0.1");
    expect(host("s3://B\u00fccher.test/key")).toBe("xn--bcher-kva.test");
    expect(host("foo://evil%40acme.test/")).toBe("error");
    expect(host("foo://evil%2facme.test/")).toBe("error");
  });

  it.each([
    "mailto:bob@acme.test",
    "javascript:alert(1)",
    "data:text/plain,x",
    "file:///etc/passwd",
    "blob:https://acme.test/x",
    "https://",
    "https://./",
    "https://acme..test/",
    "https://acme.test../",
    "https://a b/",
    "https://acme.test/ https://evil.test/",
    " https://acme.test/",
    "https://acme.test/ ",
    "\thttps://acme.test/",
    "https://ac\nme.test/",
    "https://acme.test/\u00a0",
    "\ufeffhttps://acme.test/",
    "https://acme.test/\u0000",
    "//acme.test/",
    "/path",
    "acme.test",
    "acme.test:443",
    "localhost:80",
    "https://1.2.3.4.5/",
    "https://256.0.0.1/",
  ])("%j is an error", (text) => {
    expect(host(text)).toBe("error");
  });

  it("of a host or a URL that is too long is an error", () => {
    expect(host(`https://${"a".repeat(60)}.test/${"p".repeat(9_000)}`)).toBe("error");
    expect(host(`https://${"\u4e00".repeat(600)}/`)).toBe("error");
    expect(host(`https://${"a.".repeat(200)}test/`)).toBe("error");
  });
});

describe("host of an address", () => {
  it.each([
    ["Bob@ACME.test", "acme.test"],
    ["bob.smith+tag@acme.test", "acme.test"],
    ["bob@b\u00fccher.test", "xn--bcher-kva.test"],
    ["b\u00f6b@acme.test.", "acme.test"],
  ])("%s is %s", (text, expected) => {
    expect(host(text)).toBe(expected);
  });

  it.each([
    "Bob <bob@acme.test>",
    "<bob@acme.test>",
    "bob@acme.test,eve@evil.test",
    "bob@acme.test;eve@evil.test",
    "a@acme.test@evil.test",
    '"bob@evil.test"@acme.test',
    "eve%evil.test@acme.test",
    "evil.test!eve@acme.test",
    "bob@acme.test/evil.test",
    "bob@acme.test:25",
    "bob@acme.test?x",
    "bob@acme.test#x",
    "bob@evil.test\\@acme.test",
    "bob@%61cme.test",
    "bob@[127.0.0.1]",
    ".bob@acme.test",
    "bo..b@acme.test",
    "@acme.test",
    "bob@",
    "bob\uff20evil.test@acme.test",
    " bob@acme.test",
    "bob@acme.test\r\nBcc: eve@evil.test",
    "",
    "@",
  ])("%j is an error", (text) => {
    expect(host(text)).toBe("error");
  });

  it("of anything but a text is an error", () => {
    for (const value of [5, null, ["https://acme.test/"], {}, true])
      expect(host(value)).toBe("error");
  });
});

describe("inDomain", () => {
  it("holds for the domain itself and what lies under it by labels", () => {
    expect(inDomain("acme.test", "acme.test")).toBe(true);
    expect(inDomain("x.y.acme.test", "acme.test")).toBe(true);
    expect(inDomain("evilacme.test", "acme.test")).toBe(false);
    expect(inDomain("acme.test.evil.test", "acme.test")).toBe(false);
    expect(inDomain("test", "acme.test")).toBe(false);
  });

  it("reads both as hosts: case, a trailing dot and Unicode make no difference", () => {
    expect(inDomain("WWW.Acme.Test.", "acme.TEST")).toBe(true);
    expect(inDomain("www.b\u00fccher.test", "xn--bcher-kva.test")).toBe(true);
    expect(inDomain("www.xn--bcher-kva.test", "b\u00fccher.test")).toBe(true);
  });

  it("an address lies in itself alone", () => {
    expect(inDomain("1.2.3.4", "1.2.3.4")).toBe(true);
    expect(inDomain("2130706433", "127.0.0.1")).toBe(true);
    expect(inDomain("1.2.3.4", "3.4")).toBe(false);
    expect(inDomain("[::1]", "[::1]")).toBe(true);
  });

  it("of what is no host, or a domain that is none, is an error", () => {
    for (const name of [
      "https://acme.test/",
      "bob@acme.test",
      "acme.test/x",
      "acme.test:80",
      "",
      " acme.test",
      "a..b",
      5,
    ]) {
      expect(inDomain(name, "acme.test"), JSON.stringify(name)).toBe("error");
    }
    for (const domain of ["", ".acme.test", "*.acme.test", "acme.test/", "https://acme.test"]) {
      expect(inDomain("www.acme.test", domain), domain).toBe("error");
    }
    expect(errs(call("inDomain", literal("acme.test"), literal(5)))).toBe(true);
  });

  it("takes a domain that only the call knows", () => {
    const test = call("inDomain", path("arguments.h"), path("arguments.d"));
    expect(evaluate(test, { h: "a.acme.test", d: "acme.test" })).toBe(true);
    expect(errs(test, { h: "a.acme.test", d: "" })).toBe(true);
  });
});
