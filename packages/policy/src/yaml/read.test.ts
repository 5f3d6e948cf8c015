import { describe, expect, it } from "vitest";
import { Reporter } from "../diagnostics/reporter.ts";
import { readYaml } from "./read.ts";
import { SourceFile } from "./source.ts";
import { toPlain } from "./tree.ts";

function read(text: string) {
  const file = new SourceFile("p.yaml", text);
  const reporter = new Reporter([file]);
  const tree = readYaml(file, reporter);
  return {
    value: tree === undefined ? undefined : toPlain(tree),
    errors: reporter.diagnostics("error"),
  };
}

function codes(text: string): readonly string[] {
  return read(text).errors.map((error) => `${error.line}:${error.column} ${error.code}`);
}

describe("strict YAML", () => {
  it("reads YAML 1.2 core", () => {
    const text =
      "a: 1\nb: [x, 'y', \"z\\n\", true, null, 0x10, 1.5]\nc: |\n  one\n  two\nd: no\n---\n".replace(
        "---\n",
        "",
      );
    expect(read(text).value).toEqual({
      a: 1,
      b: ["x", "y", "z\n", true, null, 16, 1.5],
      c: "one\ntwo\n",
      d: "no",
    });
    expect(read(text).errors).toEqual([]);
  });

  it("reads carriage returns, a byte order mark and a document start", () => {
    expect(read("\ufeff---\r\na: 1\r\n").errors).toEqual([]);
  });

  it.each([
    ["a directive", "%YAML 1.1\n---\na: no\n", ["1:1 yaml_feature"]],
    ["a second document", "a: 1\n---\nb: 2\n", ["2:1 yaml_feature"]],
    ["an anchor and its alias", "a: &x 1\nb: *x\n", ["1:4 yaml_feature", "2:4 yaml_feature"]],
    ["a known tag", "a: !!str 1\n", ["1:4 yaml_feature"]],
    ["an unknown tag", "a: !js/function x\n", ["1:4 yaml_feature"]],
    ["a tag on a map", "a: !!map {}\n", ["1:4 yaml_feature"]],
    ["a tag on a key", "!!str a: 1\n", ["1:1 yaml_feature"]],
    ["a merge key", "a:\n  <<: { b: 1 }\n", ["2:3 yaml_feature"]],
    ["a duplicate key", "a: 1\nb: 2\na: 3\n", ["3:1 duplicate_key"]],
    ["a look-alike key (NFD)", "caf\u00e9: 1\ncafe\u0301: 2\n", ["2:1 look_alike_key"]],
    [
      "a look-alike key (full width)",
      "read: 1\n\uff52\uff45\uff41\uff44: 2\n",
      ["2:1 look_alike_key"],
    ],
    ["a number as key", "1: a\n", ["1:1 key_not_text"]],
    ["a boolean as key", "true: a\n", ["1:1 key_not_text"]],
    ["a list as key", "? [a]\n: b\n", ["1:3 key_not_text"]],
    ["`__proto__` as key", "__proto__: 1\n", ["1:1 bad_name"]],
    ["a number that a double cannot hold", "a: 9007199254740993\n", ["1:4 bad_number"]],
    ["infinity", "a: .inf\nb: 1e999\n", ["1:4 bad_number", "2:4 bad_number"]],
    ["half a surrogate pair", 'a: "\\ud800"\n', ["1:4 bad_text"]],
    ["a tab as indentation", "a:\n\tb: 1\n", ["2:1 yaml_syntax"]],
    ["a flow list 33 deep", `a: ${"[".repeat(33)}${"]".repeat(33)}\n`, ["1:36 yaml_limit"]],
    ["a block list 40 deep", `a:\n  ${"- ".repeat(40)}x\n`, ["2:67 yaml_limit"]],
  ])("refuses %s", (_what, text, expected) => {
    expect(codes(text)).toEqual(expected);
  });

  it("refuses a file larger than 1 MiB before it looks at it", () => {
    expect(read("a: b\n".repeat(220_000)).errors.map((error) => error.message)).toEqual([
      "The file is larger than 1 MiB.",
    ]);
    expect(read(`a: "${"\u20ac".repeat(400_000)}"`).errors[0]?.code).toBe("yaml_limit");
  });

  it.each(["[", "{", "a: ", '"', "!", ":", "[,"])(
    "answers a megabyte of %j",
    (piece) => {
      const { errors } = read(piece.repeat(Math.floor(1_000_000 / piece.length)));
      expect(errors.length).toBeGreaterThan(0);
      expect(errors.length).toBeLessThanOrEqual(20);
    },
    20_000,
  );

  it("keeps `constructor` and the like as data", () => {
    const { value, errors } = read("constructor: 1\ntoString: 2\n");
    expect(errors).toEqual([]);
    expect(Object.keys(value as object)).toEqual(["constructor", "toString"]);
    expect(Object.getPrototypeOf(value)).toBeNull();
  });

  it("reports every syntax error once per line", () => {
    expect(codes("a: @x\nb: `y`\nc: 1\n")).toEqual(["1:4 yaml_syntax", "2:4 yaml_syntax"]);
  });
});

describe("conditions that YAML takes apart", () => {
  it.each([
    ["a leading exclamation mark", "!tainted", "'!tainted'"],
    ["the same before more", "!has(a.b) || a.b == 1", "'!has(a.b) || a.b == 1'"],
    ["a leading quote", '"x" == agent.id', "'\"x\" == agent.id'"],
    ["a single leading quote", "'x' == agent.id", "'''x'' == agent.id'"],
    ["a leading star", "*x == 1", "'*x == 1'"],
    ["a leading ampersand", "&x == 1", "'&x == 1'"],
    ["a leading per cent sign", "%x == 1", "'%x == 1'"],
    ["a leading at sign", "@x == 1", "'@x == 1'"],
    ["a leading backtick", "`x` == 1", "'`x` == 1'"],
    ["a leading bracket", '["a"].exists(x, x == y)', "'[\"a\"].exists(x, x == y)'"],
    ["a leading brace", '{"a": 1}.a == 1', "'{\"a\": 1}.a == 1'"],
  ])("are recognised by %s, and the hint prints them quoted", (_what, condition, quoted) => {
    const texts = [
      `rules:\n  - name: r\n    when: ${condition}\n    action: deny\n`,
      `rules:\n  - name: r\n    when:\n      - a == 1\n      - ${condition}\n`,
      `define:\n  known: ${condition}\n`,
    ];
    for (const text of texts) {
      expect(read(text).errors.map((error) => error.hint)).toContain(`Quote it: ${quoted}`);
    }
  });

  it("are recognised in a flow map", () => {
    const { errors } = read("rules: [{ name: r, when: !tainted, action: deny }]\n");
    expect(errors.map((error) => [error.column, error.hint])).toEqual([
      [26, "Quote it: '!tainted'"],
    ]);
  });

  it("do not include a comment at the end of the line", () => {
    expect(read("when: !tainted # really\n").errors[0]?.hint).toBe("Quote it: '!tainted'");
  });
});
