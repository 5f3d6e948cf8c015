import { describe, expect, it } from "vitest";
import { verifies } from "../../../../test/verifies.ts";
import { Reporter } from "../diagnostics/reporter.ts";
import { formatPolicy } from "../format/format.ts";
import { inDoubleQuotes } from "./hidden.ts";
import { readYaml } from "./read.ts";
import { SourceFile } from "./source.ts";
import { toPlain } from "./tree.ts";

function read(text: string) {
  const file = new SourceFile("p.yaml", text);
  const reporter = new Reporter([file]);
  const tree = readYaml(file, reporter);
  const findings = reporter
    .diagnostics("error")
    .map(({ line, column, endColumn, code, message, hint }) => ({
      place: `${line}:${column}-${endColumn} ${code}`,
      message,
      hint,
    }));
  return { value: tree === undefined ? undefined : toPlain(tree), findings };
}

const LINE = "ends a line for some readers and not for others, so that two of them read two files.";
const TURNED =
  "changes the direction in which the text around it is shown, so that another text is seen than is run.";
const UNSEEN = "is not seen, so that another text is seen than is run.";
const REMOVE = (escape: string): string =>
  `Remove it. A text that must hold it says so in double quotes: "${escape}".`;

describe("a sign that hides something", () => {
  verifies("policy.hidden-signs", "is an error with its place wherever it stands", () => {
    for (const sign of ["\u202e", "\u2066", "\u200f", "\u061c", "\u0085", "\u009b", "\u2028"])
      for (const [before, after] of [
        ["a: x # ", "y\n"],
        ["# ", "\na: x\n"],
        ["a: x", "y\n"],
        ["a: 'x", "y'\n"],
        ['a: "x', 'y"\n'],
        ["a: |\n  x", "y\n"],
        ["a", ": x\n"],
        ["a: [x", ", y]\n"],
        ["a: x\n", "\n"],
        ["", "a: x\n"],
      ] as const) {
        const { value, findings } = read(before + sign + after);
        const line = before.split("\n").length;
        const column = before.length - before.lastIndexOf("\n");
        expect(value).toBeUndefined();
        expect(findings.map(({ place }) => place)).toEqual([
          `${line}:${column}-${column + 1} hidden_sign`,
        ]);
      }
  });

  it.each([
    ["U+202E", "\u202e", TURNED, REMOVE("\\u202e")],
    ["U+2069", "\u2069", TURNED, REMOVE("\\u2069")],
    ["U+0085", "\u0085", LINE, REMOVE("\\u0085")],
    ["U+2029", "\u2029", LINE, REMOVE("\\u2029")],
    [
      "U+000D",
      "\r",
      LINE,
      "End lines with a line feed, or with a carriage return and a line feed.",
    ],
    ["U+0007", "\u0007", UNSEEN, REMOVE("\\u0007")],
    ["U+009B", "\u009b", UNSEEN, REMOVE("\\u009b")],
    ["U+200B", "\u200b", UNSEEN, REMOVE("\\u200b")],
    ["U+FEFF", "\ufeff", UNSEEN, REMOVE("\\ufeff")],
    ["U+00AD", "\u00ad", UNSEEN, REMOVE("\\u00ad")],
    ["U+3164", "\u3164", UNSEEN, REMOVE("\\u3164")],
    ["U+200D", "\u200d", UNSEEN, REMOVE("\\u200d")],
    ["U+FE01", "\ufe01", UNSEEN, REMOVE("\\ufe01")],
    ["U+E0041", "\u{e0041}", UNSEEN, REMOVE("\\U000e0041")],
  ])("is told by its number and what it does: %s", (name, sign, effect, hint) => {
    const { findings } = read(`a: 1\nb: x${sign}y # z\n`);
    expect(findings).toEqual([
      { place: `2:5-${5 + sign.length} hidden_sign`, message: `${name} ${effect}`, hint },
    ]);
  });

  it("hides no rule behind a comment that ends for one reader alone", () => {
    expect(read("a: 1 # harmless\rb: 2\n").value).toBeUndefined();
  });

  it("may be meant, and then is written as an escape", () => {
    const text = `a: "\\u202e\\u0085\\u200b\\x07\\U000e0041"\n"\\u200b": 1\n`;
    expect(read(text)).toEqual({
      value: { a: "\u202e\u0085\u200b\u0007\u{e0041}", "\u200b": 1 },
      findings: [],
    });
  });

  it("is none where it belongs to a script or an emoji, at the beginning of a file, or ends a line", () => {
    const text =
      "\ufeff# \u{1f469}\u200d\u{1f4bb} 1\ufe0f\u20e3 \u2764\ufe0f\r\na: \u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645\t# \u0915\u094d\u200d\u0937\n";
    expect(read(text).findings).toEqual([]);
  });

  it("is reported up to twenty times", () => {
    expect(read("\u200b".repeat(100)).findings).toHaveLength(20);
  });

  it("stays an escape when the file is formatted", () => {
    const condition = 'arguments.s.contains("\u202e")';
    const text = `interlatch: 1\nid: x\nrules:\n  - { name: r, tool: t, action: deny, when: ${inDoubleQuotes(condition)} }\n`;
    const result = formatPolicy(text, "p.yaml");
    expect(result.ok && result.text).toContain('"arguments.s.contains(\\"\\u202e\\")"');
  });
});

describe("keys of one map that look alike", () => {
  it.each([
    ["a sign without width", "amount", '"amount\\u200b"', "U+200B"],
    ["a soft hyphen", "amount", '"amo\\u00adunt"', "U+00AD"],
    ["a joiner of graphemes", "amount", '"a\\u034fmount"', "U+034F"],
    ["a change of direction", "amount", '"amount\\u202c"', "U+202C"],
    ["an accent on a letter that has none", "amount", "amount\u0301", "U+0301"],
    ["an enclosing sign", "amount", "amount\u20dd", "U+20DD"],
    ["a Cyrillic letter", "amount", "\u0430mount", "U+0430"],
    ["a Greek letter", "amount", "am\u03bfunt", "U+03BF"],
    ["an Armenian letter", "amount", "am\u0585unt", "U+0585"],
    ["a capital of another script", "API", "\u0410PI", "U+0410"],
    ["a letter without its dot", "limit", "l\u0131mit", "U+0131"],
    ["a hyphen", "max-size", "max\u2010size", "U+2010"],
    ["a minus", "max-size", "max\u2212size", "U+2212"],
    ["two alphabets", "\u043e\u0441\u0430", "oca", "U+043E, U+0441, U+0430"],
  ])("are an error: %s", (_what, one, other, strangers) => {
    const { findings } = read(`m:\n  ${one}: 1\n  ${other}: 2\n`);
    expect(findings).toHaveLength(1);
    const [{ place, message, hint } = {}] = findings;
    expect(place).toMatch(/^3:3-\d+ look_alike_key$/);
    expect(message).toMatch(/^The key `.*` looks like the key on line 2 but is another text\.$/);
    expect(hint).toBe(`One of them holds ${strangers}. Keep one of the two.`);
  });

  it("are none where a reader sees the difference", () => {
    const keys = [
      "ma",
      "m\u00e1",
      "m\u00e0",
      "Ma",
      "l1",
      "ll",
      "\u043c\u043e\u0438",
      "\u043c\u043e\u0439",
    ];
    const text = `${keys.map((key) => `${key}: 1`).join("\n")}\n`;
    expect(read(text).findings).toEqual([]);
  });

  it("are none in two maps", () => {
    expect(read("a: { amount: 1 }\nb: { \u0430mount: 1 }\n").findings).toEqual([]);
  });
});
