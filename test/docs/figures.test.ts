import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ROOT } from "../tasks/child.ts";
import { readDocument } from "./document.ts";
import { allDocuments } from "./documents.ts";
import { benchParts, figuresOf } from "./figures.ts";

const readmes = (await allDocuments()).filter(({ path }) => path.endsWith("README.md"));
const parts = benchParts(await readFile(join(ROOT, "test/bench/main.ts"), "utf8"));

describe("measured figures in a README say which part of the benchmark they come from", () => {
  it("the benchmark has parts", () => expect(parts.length).toBeGreaterThan(3));

  it.each(readmes)("$path", (document) => {
    const unfounded = figuresOf(document).filter(
      ({ sources }) => sources.length === 0 || sources.some((name) => !parts.includes(name)),
    );
    expect(unfounded).toEqual([]);
  });

  it("finds figures, and only those outside code", () => {
    const text = "Takes 2.5 µs, 3× less. <!-- bench: a -->\n`5 ms` in 60 s, 12 KB\n```text\n7 ms\n```\n";
    const figures = figuresOf(readDocument("planted.md", text));
    expect(figures.map(({ text: figure, sources }) => [figure, ...sources])).toEqual([
      ["2.5 µs", "a"],
      ["3×", "a"],
      ["12 KB"],
    ]);
  });
});
