import { describe, expect, it } from "vitest";
import { parseCondition, type Syntax } from "./parse.ts";

function parsed(text: string): Syntax {
  const result = parseCondition(text);
  if (!result.ok) throw new Error(result.problem.message);
  return result.syntax;
}

function refusal(text: string): string {
  const result = parseCondition(text);
  if (result.ok) throw new Error("It is a condition.");
  return result.problem.message;
}

describe("forms of CEL that the parser library does not know", () => {
  it("reads the name of a field between backticks, at its own place", () => {
    expect(parsed("a.`content-type`.b")).toMatchObject({
      kind: "field",
      name: "b",
      nameStart: 17,
      of: { kind: "field", name: "content-type", nameStart: 2, start: 0, end: 16 },
    });
    expect(parsed("has(a.`x.y`)")).toMatchObject({ arguments: [{ kind: "field", name: "x.y" }] });
  });

  it.each([
    ["a name without a dot before it", "`a` == 1"],
    ["a quote within", 'a.`b"c`'],
    ["no end", "a.`b"],
    ["nothing within", "a.``"],
  ])("refuses backticks with %s", (_, text) => {
    expect(refusal(text)).toContain("Not a condition");
  });

  it.each(["a.`size`()", ".5(1)", "r'x'(1)"])("refuses to call `%s`", (text) => {
    expect(refusal(text)).toBe("Not a condition: a function has a plain name.");
  });

  it.each([
    [".5", 0.5],
    ["-.5e-1", -0.05],
    ["[.25][0]", 0.25],
    ["true?.5:1", 0.5],
  ])("reads a number that begins with its dot: %s", (text, value) => {
    expect(JSON.stringify(parsed(text))).toContain(`"value":${value}`);
  });

  it.each(["a.5", "1..5", ".5.5", "a[0].5"])("does not take %s for two things", (text) => {
    expect(parseCondition(text).ok).toBe(false);
  });

  it.each([
    ['r"\\"', "\\"],
    ["r'\\d+'", "\\d+"],
    ['R"""a"b\\"""', 'a"b\\'],
    ["r'''line\n'''", "line\n"],
  ])("reads the raw text %s as CEL does: a backslash is a backslash", (text, value) => {
    expect(parsed(text)).toMatchObject({ kind: "literal", value, start: 0, end: text.length });
  });

  it("reads what follows a raw text that ends in a backslash", () => {
    expect(parsed('x == r"\\" || y == "\\\\"')).toMatchObject({ kind: "or" });
  });

  it("replaces nothing within texts and comments", () => {
    expect(parsed("'.5 r\"x\" a.`b`' // .5 r'x'\n")).toMatchObject({ value: '.5 r"x" a.`b`' });
    expect(parsed("'\\'.5'")).toMatchObject({ value: "'.5" });
  });

  it.each(["br'x'", 'Rb"x"'])("refuses raw bytes: %s", (text) => {
    expect(refusal(text)).toContain("A bytes literal is not part of the language");
  });

  it.each(["r'x", "r'x\n'", '"""x'])("says that a text has no end: %j", (text) => {
    expect(refusal(text)).toMatch(/[Uu]nterminated|[Nn]ewlines/);
  });
});
