import type { PatternProgram, PatternTable } from "@interlatch/core";
import { describe, expect, it } from "vitest";
import { compilePolicy } from "../compile.ts";
import { checkPatternTable } from "./check-table.ts";
import { compilePatterns } from "./table.ts";

const PATTERNS = ["^[a-z]+$", "[0-9]{4}", "needle", "x[0-9]y"];

async function table(): Promise<PatternTable> {
  const made = await compilePatterns(PATTERNS);
  if (made === undefined) throw new Error("there is no table");
  return made;
}

/** The patterns found wrong when one program says something else than its pattern. */
async function wrong(
  pattern: string,
  changes: Partial<PatternProgram>,
): Promise<readonly string[]> {
  const { sets, programs } = await table();
  const changed = programs.map((program) =>
    program.pattern === pattern ? { ...program, ...changes } : program,
  );
  return checkPatternTable({ patterns: { sets, programs: changed } });
}

describe("checking a table against its patterns", () => {
  it("finds nothing where RE2 made the programs", async () => {
    expect(await checkPatternTable({ patterns: await table() })).toEqual([]);
    expect(await checkPatternTable({})).toEqual([]);
  });

  it("finds a program that is another pattern's", async () => {
    const { programs } = await table();
    const needle = programs.find(({ pattern }) => pattern === "needle");
    expect(await wrong("^[a-z]+$", { code: needle?.code ?? [] })).toEqual(["^[a-z]+$"]);
  });

  it("finds literals, flags and a start that RE2 did not make", async () => {
    expect(await wrong("needle", { literals: "other" })).toEqual(["needle"]);
    expect(await wrong("x[0-9]y", { literals: { any: ["q"] } })).toEqual(["x[0-9]y"]);
    expect(await wrong("x[0-9]y", { isLiteral: true })).toEqual(["x[0-9]y"]);
    expect(await wrong("[0-9]{4}", { anyLength: true })).toEqual(["[0-9]{4}"]);
    expect(await wrong("[0-9]{4}", { start: 1 })).toEqual(["[0-9]{4}"]);
  });

  it("finds every pattern of a set that was changed", async () => {
    const { sets, programs } = await table();
    const widened = sets.map((set) => (String(set) === "48,57" ? [48, 56] : set));
    expect(await checkPatternTable({ patterns: { sets: widened, programs } })).toEqual([
      "[0-9]{4}",
      "x[0-9]y",
    ]);
  });

  it("finds a name that is no pattern", async () => {
    const { sets, programs } = await table();
    const renamed = programs.map((program) => ({ ...program, pattern: `(${program.pattern}` }));
    expect(await checkPatternTable({ patterns: { sets, programs: renamed } })).toHaveLength(4);
  });

  it("asks whether sets are numbered anew without caring, since numbers mean nothing", async () => {
    const { sets, programs } = await table();
    const shifted = programs.map((program) => ({
      ...program,
      code: program.code.map((number, index) =>
        index % 3 === 2 && program.code[index - 2] === 0 ? number + 1 : number,
      ),
    }));
    expect(
      await checkPatternTable({ patterns: { sets: [[0, 0], ...sets], programs: shifted } }),
    ).toEqual([]);
  });

  it("passes what compilePolicy makes", async () => {
    const text = `interlatch: 1
id: desk
tools: { read: { operation: read, arguments: { type: object, properties: { name: { type: string } } } } }
rules: [{ name: r, tool: read, when: 'has(arguments.name) && arguments.name.matches("(?i)^[a-zé]+$")', action: allow }]
`;
    const made = await compilePolicy({ files: [{ path: "p.yaml", text }] });
    if (!made.ok) throw new Error(JSON.stringify(made.errors));
    expect(made.policy.patterns?.programs).toHaveLength(1);
    expect(await checkPatternTable(made.policy)).toEqual([]);
  });
});
