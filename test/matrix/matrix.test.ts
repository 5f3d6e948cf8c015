import { REQUIREMENTS, type AdapterUnderTest } from "@interlatch/conformance";
import { describe, expect, it } from "vitest";
import { plain } from "../adapters/plain.ts";
import { runCell, runRows, type RowResult } from "./cells.ts";
import { checksOf, type Check } from "./checks.ts";
import { COLUMNS, type Column } from "./columns.ts";
import { proofOf } from "./proof.ts";
import { ROWS } from "./rows.ts";
import { section, withSection } from "./table.ts";
import { told } from "./transcript.ts";

const DENY = COLUMNS.find(({ effect }) => effect === "deny") as Column; // it is there
const NOTHING_PROVEN = proofOf(new Set());

/** What a check comes to, without running anything. */
function checked(requirement: string, assertions: number, fault: string | null = null): Check {
  return { requirement, title: "a title", run: () => Promise.resolve({ assertions, fault }) };
}

/** Asks nobody. */
const unguarded: AdapterUnderTest = {
  name: "no guard",
  converse: async ({ tools, calls }) =>
    calls.map(({ id, tool, arguments: args }) => ({
      id,
      text: String(tools.find(({ name }) => name === tool)?.execute(args)),
    })),
};

describe("a cell", () => {
  const column: Column = { effect: "deny", requirements: ["a.1", "a.2"] };

  it("is held when each of its requirements was run and asserted", async () => {
    const checks = [checked("a.1", 1), checked("a.2", 2), checked("a.3", 0, "of another cell")];
    expect(await runCell(checks, column, plain)).toEqual({ kind: "held" });
  });

  it.each([
    ["one does not hold", [checked("a.1", 1), checked("a.2", 1, "no")], "a.2: no"],
    [
      "one of its tests does not",
      [checked("a.1", 1), checked("a.1", 1, "no"), checked("a.2", 1)],
      "a.1: no",
    ],
    [
      "one asserts nothing",
      [checked("a.1", 1), checked("a.2", 0)],
      "a.2: its test asserts nothing",
    ],
    ["one has no test", [checked("a.1", 1)], "a.2: the kit has no test of it"],
  ])("is not held when %s", async (_, checks, fault) => {
    expect(await runCell(checks, column, plain)).toEqual({ kind: "failed", faults: [fault] });
  });

  it("says what happens where a framework has no such thing", async () => {
    const instead = { ...column, instead: () => "message" };
    const checks = [checked("a.1", 1), checked("a.2", 1)];
    expect(await runCell(checks, instead, plain)).toEqual({ kind: "instead", what: "message" });
  });

  it("comes from a run: an adapter that asks nobody holds little", async () => {
    const cell = await runCell(checksOf(unguarded), DENY, unguarded);
    expect(cell).toMatchObject({ kind: "failed" });
  });
});

describe("the columns", () => {
  it("have every requirement of the kit for adapters once", () => {
    // The vectors are of all columns and the runner of none; tests prove both.
    const elsewhere = ["adapter.vectors", "adapter.runner"];
    const all = REQUIREMENTS.map(({ id }) => id).filter((id) => id.startsWith("adapter."));
    const inColumns = COLUMNS.flatMap(({ requirements }) => requirements);
    expect([...inColumns, ...elsewhere].toSorted()).toEqual(all.toSorted());
  });
});

describe("the section of the README", () => {
  const results: readonly RowResult[] = ROWS.map((row) => ({
    row,
    cells: COLUMNS.map(({ effect }) =>
      effect === "route" ? { kind: "instead", what: "message" } : { kind: "held" },
    ),
  }));

  it("can be read at a glance", () => {
    const lines = section(results, NOTHING_PROVEN).split("\n");
    expect(lines.length).toBeLessThanOrEqual(20);
    expect(lines[2]).toMatch(/^\| LangGraph, policy node and tools +\|( (✓|message) +\|)+$/);
    expect(new Set(lines.slice(0, 17).map((line) => line.length)).size).toBe(1);
  });

  it("shows what did not hold", async () => {
    const [row] = ROWS;
    if (row === undefined) return expect.fail("there are no rows");
    const run = await runRows([{ ...row, adapter: unguarded }]);
    const text = section(run, NOTHING_PROVEN);
    expect(text).toContain("✗ did not hold");
    expect(text.split("\n")[2]).toContain("✗");
  });

  it("goes between its marks, and nowhere else", () => {
    const readme = withSection(
      "# a\n<!-- matrix: from here to its end `pnpm matrix` writes -->\nold\n<!-- matrix: end -->\nb\n",
      "new",
    );
    expect(readme).toMatch(/^# a\n<!--.*-->\n\nnew\n\n<!-- matrix: end -->\nb\n$/);
    expect(withSection(readme, "new")).toBe(readme);
    expect(() => withSection("# a", "new")).toThrow(/must have each of these lines once/);
    expect(() => withSection(readme + readme, "new")).toThrow(/must have each of these lines once/);
  });
});

describe("the requirements", () => {
  const of = (...ids: readonly string[]) =>
    ids.map((id) => ({ id, says: "It holds.", since: "0.1.0" }));

  it("are counted by group, and those without a test named", () => {
    const proof = proofOf(new Set(["a.1", "a.2", "b.1"]), of("a.1", "a.2", "a.3", "b.1"));
    expect(proof).toMatchObject({ all: 4, proven: 3, missing: ["a.3"] });
    expect([...proof.groups]).toEqual([
      ["a", 2],
      ["b", 1],
    ]);
  });

  it("that are known to fail are not proven by their inverted tests", () => {
    const known = of("a.1").map((one) => ({ ...one, knownFailure: "not yet" }));
    expect(proofOf(new Set(["a.1"]), known)).toMatchObject({ proven: 0, missing: ["a.1"] });
  });
});

it("a cell can be read: what was asked, decided, run and said", async () => {
  const lines: string[] = [];
  const checks = checksOf(told(plain, (line) => lines.push(line)));
  await checks.find(({ requirement }) => requirement === "adapter.review.reject")?.run();
  expect(lines.slice(0, 11).toSorted()).toEqual([
    "answer taken c1 rejected, by ann",
    "decided      c1 asked: deny approval_rejected, rule asks",
    "decided      c1 asked: deny review_pending, rule asks",
    "decided      c3 open: allow allowed, rule opens",
    'model asks   c1 asked {"n":1}',
    'model asks   c1 asked {"n":1}',
    "model asks   c3 open {}",
    'model hears  c1 "This call is waiting for a person\'s approval."',
    'model hears  c3 "open ran"',
    "people asked c1 asked",
    "tool runs    open {}",
  ]);
});
