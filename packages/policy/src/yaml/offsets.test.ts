import { describe, expect, it } from "vitest";
import { Reporter } from "../diagnostics/reporter.ts";
import { spanInScalar } from "./offsets.ts";
import { readYaml } from "./read.ts";
import { SourceFile } from "./source.ts";
import { valueOf } from "./tree.ts";

/** Finds `word` in the value of `a`, and gives line, column and text of its place in the source. */
function placeOf(text: string, word: string): string {
  const file = new SourceFile("p.yaml", text);
  const root = readYaml(file, new Reporter([file]));
  const scalar = root?.kind === "map" ? valueOf(root, "a") : undefined;
  if (scalar?.kind !== "scalar" || typeof scalar.value !== "string") throw new Error("no text");
  const start = scalar.value.indexOf(word);
  if (start === -1) throw new Error(`${word} is not in the value`);
  const span = spanInScalar(scalar, start, start + word.length);
  const { line, column } = file.positionOf(span.start);
  return `${line}:${column} ${file.text.slice(span.start, span.end)}`;
}

describe("spanInScalar", () => {
  it.each([
    ["plain", "a: one two\n", "two", "1:8 two"],
    ["plain over lines", "a: one\n  two\n  three\n", "three", "3:3 three"],
    ["single-quoted", "a: 'it''s two'\n", "two", "1:11 two"],
    ["double-quoted", 'a: "x \\"q\\" two"\n', "two", "1:13 two"],
    ["double-quoted with long escapes", 'a: "\\u20ac \\U0001F600 two"\n', "two", "1:23 two"],
    ["double-quoted with an escaped line break", 'a: "one \\\n   two"\n', "two", "2:4 two"],
    ["double-quoted over lines", 'a: "one\n\n  two"\n', "two", "3:3 two"],
    ["literal block", "a: |\n    one\n      two\n", "two", "3:7 two"],
    ["folded block", "a: >-\n  one\n  two\n\n  three\n", "three", "5:3 three"],
    ["block with a comment on its header", "a: | # note\n  one\n  two\n", "two", "3:3 two"],
    ["carriage returns", "a: |\r\n  one\r\n  two\r\n", "two", "3:3 two"],
  ])("finds the place in a scalar: %s", (_style, text, word, expected) => {
    expect(placeOf(text, word)).toBe(expected);
  });
});
