import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ROOT } from "../tasks/child.ts";
import { readDocument } from "./document.ts";
import { allDocuments } from "./documents.ts";
import { benchParts, boundsOf, figuresOf, type Bound, type Figure } from "./figures.ts";

const BENCH = join(ROOT, "test/bench");
const readmes = (await allDocuments()).filter(({ path }) => path.endsWith("README.md"));
const parts = benchParts(await readFile(join(BENCH, "main.ts"), "utf8"));

/** Why a figure is not to be believed; `null` where the part it names holds it as a goal. */
async function problem({ text, sources }: Figure): Promise<string | null> {
  const [source, ...others] = sources;
  if (source === undefined || others.length > 0) return `${text} names no part of the benchmark`;
  const file = parts.get(source);
  if (file === undefined) return `${text}: the benchmark has no part ${source}`;
  const number = text.replace(/[^\d.]/g, "");
  const goals = new RegExp(`(?:atMost|atLeast): ${number.replace(".", "\\.")}\\b`);
  return goals.test(await readFile(join(BENCH, file), "utf8"))
    ? null
    : `${text} is no goal of ${source}`;
}

describe("measured figures in a README are goals of the part of the benchmark they name", () => {
  it("the benchmark has parts", () => expect(parts.size).toBeGreaterThan(3));

  it.each(readmes)("$path", async (document) => {
    const problems = await Promise.all(figuresOf(document).map(problem));
    expect(problems.filter((one) => one !== null)).toEqual([]);
  });

  it("finds what is not founded", async () => {
    const text =
      "1 ms\n2 ms <!-- bench: none -->\n999 ms <!-- bench: guard.decide -->\n6× <!-- bench: guard.decide -->\n";
    const problems = await Promise.all(figuresOf(readDocument("planted.md", text)).map(problem));
    expect(problems.map((one) => one?.split(/[ :]/)[2] ?? null)).toEqual(["names", "", "is", null]);
  });

  it("finds figures, and only those outside code", () => {
    const text =
      "Takes 2.5 µs, 3× less. <!-- bench: a -->\n`5 ms` in 60 s, 12 KB\n```text\n7 ms\n```\n";
    const figures = figuresOf(readDocument("planted.md", text));
    expect(figures.map(({ text: figure, sources }) => [figure, ...sources])).toEqual([
      ["2.5 µs", "a"],
      ["3×", "a"],
      ["12 KB"],
    ]);
  });
});

/** Whether a source holds a number, however it groups its digits. */
async function holds({ number, source }: Bound): Promise<boolean> {
  const text = await readFile(join(ROOT, source), "utf8");
  return (text.match(/\d[\d_]*/g) ?? []).some(
    (found) => found.replaceAll("_", "") === number.replaceAll(",", ""),
  );
}

describe("bounds in a README are those of the source they name", () => {
  it.each(readmes)("$path", async (document) => {
    for (const bound of boundsOf(document)) {
      expect(await holds(bound), `${document.path}:${bound.line} ${bound.number}`).toBe(true);
    }
  });

  it("finds one that is not", async () => {
    const source = "packages/core/src/sessions/memory.ts";
    const text = `10,000 of them, 257 each <!-- source: ${source} -->`;
    const bounds = boundsOf(readDocument("planted.md", text));
    expect(await Promise.all(bounds.map(holds))).toEqual([true, false]);
  });
});
