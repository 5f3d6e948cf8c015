import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { COMMANDS } from "./commands.ts";
import { EXIT, EXIT_MEANINGS, type Exit } from "./exit-codes.ts";

const README = readFileSync(new URL("../README.md", import.meta.url), "utf8");
/** The cells of its tables, row by row. */
const ROWS = README.split("\n")
  .filter((line) => line.startsWith("| "))
  .map((line) =>
    line
      .split("|")
      .map((cell) => cell.trim())
      .slice(1, -1),
  );

describe("the README", () => {
  it("names every command with an example of it, in the order of --help", () => {
    const commands = ROWS.filter(([name = ""]) =>
      Object.hasOwn(COMMANDS, name.replaceAll("`", "")),
    );
    expect(commands.map(([name]) => name)).toEqual(
      Object.keys(COMMANDS).map((name) => `\`${name}\``),
    );
    for (const [name = "", , example] of commands) {
      expect(example).toContain(`\`interlatch ${name.replaceAll("`", "")} `);
    }
  });

  it("names every exit code with its meaning", () => {
    const codes = ROWS.filter(([code = ""]) => /^\d+$/.test(code));
    // Exactly the keys of the object.
    const names = Object.keys(EXIT) as Exit[];
    expect(codes).toEqual(names.map((name) => [String(EXIT[name]), EXIT_MEANINGS[name]]));
  });
});
