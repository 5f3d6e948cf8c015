import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { DIAGNOSTIC_CODES } from "./diagnostic.ts";
import { DIAGNOSTIC_MEANINGS, isWarning } from "./meanings.ts";
import { verifies } from "../../../../test/verifies.ts";

const PAGE = readFileSync(new URL("../../DIAGNOSTICS.md", import.meta.url), "utf8");

/** The rows of the table under a heading: code and sentence. */
function rowsUnder(heading: string): readonly (readonly string[])[] {
  const section = PAGE.slice(PAGE.indexOf(`\n## ${heading}\n`)).split("\n## ")[1] ?? "";
  const rows = section.split("\n").filter((line) => line.startsWith("| `"));
  return rows.map((row) =>
    row
      .split(/(?<!\\)\|/)
      .map((cell) => cell.trim().replaceAll("\\|", "|"))
      .slice(1, -1),
  );
}

describe("the page of findings", () => {
  verifies("lint.codes", "lists every code with its sentence, errors and warnings", () => {
    for (const [heading, wanted] of [
      ["Errors", false],
      ["Warnings", true],
    ] as const) {
      const codes = DIAGNOSTIC_CODES.filter((code) => isWarning(code) === wanted);
      const rows = codes.map((code) => [`\`${code}\``, DIAGNOSTIC_MEANINGS[code].about]);
      expect(rowsUnder(heading)).toEqual(rows);
    }
  });

  it("has a sentence for each, and each code once", () => {
    expect(new Set(DIAGNOSTIC_CODES).size).toBe(DIAGNOSTIC_CODES.length);
    expect(Object.keys(DIAGNOSTIC_MEANINGS).sort()).toEqual([...DIAGNOSTIC_CODES].sort());
    for (const { about } of Object.values(DIAGNOSTIC_MEANINGS))
      expect(about).toMatch(/^[A-Z`].*\.$/);
  });
});
