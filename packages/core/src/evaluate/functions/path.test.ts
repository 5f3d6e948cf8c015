import { describe, expect, it } from "vitest";
import { call, errs, evaluate, literal, path } from "../../../test/expressions.ts";
import { isError } from "../value.ts";

function under(text: unknown, prefix = "/data"): unknown {
  const result = evaluate(call("under", path("arguments.p"), literal(prefix)), { p: text });
  return isError(result) ? "error" : result;
}

describe("under", () => {
  it.each([
    ["/data/a/b.txt", true],
    ["/data", true],
    ["/data/", true],
    ["/data//x", true],
    ["/data/a/../b/./c", true],
    ["//data/x", true],
    ["/../data/x", true],
    ["/database/x", false],
    ["/DATA/x", false],
    ["/data/../etc/passwd", false],
    ["/data//../x", false],
    ["/data/..", false],
    ["/", false],
    ["/data/%2e%2e/etc/passwd", false],
    ["/data/.%2e/etc/passwd", false],
    ["/data/..%2f..%2fetc/passwd", false],
    ["/%64ata/x", false],
    ["/data/%252e%252e/x", true],
    ["/data/a%20b", true],
    ["/data/\u00e9", true],
  ])("%s: %s", (text, expected) => {
    expect(under(text)).toBe(expected);
  });

  it.each([
    "data/x",
    "",
    "./data",
    "~/data/x",
    "/data/~root/x",
    "/data/%7eroot",
    "/data/x\u0000.txt",
    "/data/x%00.txt",
    "/x%00",
    "/data/..\\..\\etc",
    "/data/..%5c..%5cetc",
    "C:\\data",
    "/data/%",
    "/data/%4",
    "/data/%zz",
    "/data/%ff",
    "/data/%c0%ae%c0%ae/etc",
    "file:///data/x",
    " /data",
  ])("%j is an error", (text) => {
    expect(under(text)).toBe("error");
  });

  it("of anything but a text, or of a path longer than any, is an error", () => {
    expect(under(5)).toBe("error");
    expect(under(["/data"])).toBe("error");
    expect(under(`/data/${"x/".repeat(5_000)}`)).toBe("error");
  });

  it("reads the prefix as it reads the path", () => {
    expect(under("/data/x", "/")).toBe(true);
    expect(under("/data/x", "/data/")).toBe(true);
    expect(under("/data/x", "/tmp/../data")).toBe(true);
    expect(under("/data%20x/y", "/data%20x")).toBe(true);
    expect(under("/data x/y", "/data%20x")).toBe(false);
    expect(under("/data/x", "data")).toBe("error");
    expect(errs(call("under", literal("/data/x"), path("arguments.p")), { p: "~" })).toBe(true);
  });

  it("errs where the prefix is a glob, under which nothing would ever be", () => {
    for (const prefix of ["/data/*", "/data/**", "/*/x"])
      expect(under("/data/x", prefix)).toBe("error");
    expect(under("/data/*")).toBe(true);
  });
});
