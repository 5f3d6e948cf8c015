import { describe, expect, it } from "vitest";
import { runNode } from "./child.ts";
import { loadSuite, SUITES } from "./suites.ts";
import { UsageError } from "./task.ts";

const SCRIPTS = [
  "bench",
  "build",
  "check",
  "demo",
  "fuzz",
  "matrix",
  "score",
  "suite",
  "test",
] as const;

describe.each(SCRIPTS)("pnpm %s", (script) => {
  it("explains itself with --help and does nothing else", async () => {
    const { code, output } = await runNode(`test/tasks/${script}.ts`, ["--help"]);
    expect(output).toMatch(new RegExp(`^pnpm ${script}`));
    expect(output).toContain("--quiet");
    expect(output).not.toContain("\u001B[");
    expect(code).toBe(0);
  });
});

it("pnpm score says that it is not built yet and exits 2", async () => {
  const { code, output } = await runNode("test/tasks/score.ts", []);
  expect(output).toContain("not built yet");
  expect(code).toBe(2);
});

describe("pnpm suite", () => {
  it("lists every suite with a sentence", async () => {
    const { code, output } = await runNode("test/tasks/suite.ts", []);
    for (const [name, { summary }] of Object.entries(SUITES)) {
      expect(output).toContain(name);
      expect(output).toContain(summary);
    }
    expect(code).toBe(0);
  });

  it("fails with a sentence for a suite that does not exist", async () => {
    const { code, output } = await runNode("test/tasks/suite.ts", ["nothing", "--short"]);
    expect(output.trim()).toBe(
      `There is no suite "nothing". Suites: ${Object.keys(SUITES).join(", ")}.`,
    );
    expect(code).toBe(1);
  });

  it.each(["constructor", "__proto__", "toString"])("knows no suite %s", async (name) => {
    await expect(loadSuite(name)).rejects.toBeInstanceOf(UsageError);
  });

  it("refuses an option that it does not know", async () => {
    const { code } = await runNode("test/tasks/suite.ts", ["vectors", "--shrot"]);
    expect(code).toBe(1);
  });
});

describe("pnpm fuzz", () => {
  const fuzz = (...parameters: readonly string[]): ReturnType<typeof runNode> =>
    runNode("test/tasks/fuzz.ts", parameters);

  it("lists its kinds", async () => {
    const { code, output } = await fuzz();
    for (const name of ["compiler", "conditions", "ir", "properties"])
      expect(output).toContain(name);
    expect(code).toBe(0);
  });

  it("runs one kind from a seed and counts its cases", async () => {
    const { code, output } = await fuzz("properties", "--seed", "7", "--cases", "3");
    expect(output).toContain("3 cases from seed 7");
    expect(output.trimEnd().split("\n").at(-1)).toBe("3 passed, 0 failed");
    expect(code).toBe(0);
  });

  it.each([
    [["nothing"], 'There is no "nothing". Kinds: compiler, conditions, ir, properties.'],
    [["ir", "--seed", "x"], "--seed takes a whole number of at most nine digits; found x."],
    [["ir", "compiler"], "One kind at a time."],
  ])("fails with a sentence for %j", async (parameters, sentence) => {
    const { code, output } = await fuzz(...parameters);
    expect(output.trim()).toBe(sentence);
    expect(code).toBe(1);
  });
});

describe("pnpm matrix", () => {
  const matrix = (...parameters: readonly string[]): ReturnType<typeof runNode> =>
    runNode("test/tasks/matrix.ts", parameters);

  it("shows the runs of one cell, and writes nothing", async () => {
    const { code, output } = await matrix("--framework", "guard.run", "--effect", "deny");
    expect(output).toContain("model asks   c1 shut");
    expect(output).toContain("decided      c1 shut: deny rule_denied, rule shuts");
    expect(output).not.toContain("tool runs    shut");
    expect(output.trimEnd().split("\n").at(-1)).toMatch(/^\d+ passed, 0 failed$/);
    expect(code).toBe(0);
  });

  it.each([
    [["--framework", "nothing"], 'There is no framework "nothing". There are: '],
    [["--effect", "constructor"], 'There is no effect "constructor". There are: allow, deny, '],
    [["--chekc"], "Unknown option '--chekc'"],
  ])("fails with a sentence for %j", async (parameters, sentence) => {
    const { code, output } = await matrix(...parameters);
    expect(output).toContain(sentence);
    expect(code).toBe(1);
  });
});

it("pnpm check refuses a step that does not exist", async () => {
  const { code, output } = await runNode("test/tasks/check.ts", ["lnt"]);
  expect(output).toContain("No such step: lnt.");
  expect(code).toBe(1);
});
