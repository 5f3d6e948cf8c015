import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { citedIds } from "../citations.ts";
import { runRows, type RowResult } from "../matrix/cells.ts";
import { checksOf } from "../matrix/checks.ts";
import { COLUMNS, type Column } from "../matrix/columns.ts";
import { proofOf, type Proof } from "../matrix/proof.ts";
import { ROWS, type Row } from "../matrix/rows.ts";
import { section, withSection } from "../matrix/table.ts";
import { told } from "../matrix/transcript.ts";
import { ROOT } from "./child.ts";
import { closingLine, exitCode, type Counts } from "./counts.ts";
import { runTask, type TaskCall, UsageError } from "./task.ts";
import type { Terminal } from "./terminal.ts";

const HELP = `pnpm matrix [--check | --json] [--framework NAME] [--effect NAME]

Runs every effect over every framework, supported major and call path, with the real frameworks and a scripted
model, and writes what held into the README.

  --check            writes nothing, and fails when the README says something else
  --json             prints the cells and the counts instead
  --framework NAME   shows the runs of these rows: what the model asked for, what was decided, what ran, and
                     what the model was told. Any part of a row's name: "AI SDK 6", "policyMiddleware"
  --effect NAME      the same for one column: ${COLUMNS.map(({ effect }) => effect).join(", ")}`;

const README = join(ROOT, "README.md");

interface Arguments {
  readonly check: boolean;
  readonly json: boolean;
  readonly framework: string | undefined;
  readonly effect: string | undefined;
}

async function run({ parameters, terminal }: TaskCall): Promise<number> {
  const { check, json, framework, effect } = readArguments(parameters);
  if (framework !== undefined || effect !== undefined) {
    const counts = await show(rowsNamed(framework), columnsNamed(effect), terminal);
    terminal.say(closingLine(counts));
    return exitCode(counts);
  }
  const results = await runRows(ROWS);
  const proof = proofOf(await citedIds());
  if (json) {
    terminal.say(JSON.stringify(asJson(results, proof), null, 2));
    return exitCode(countsOf(results));
  }
  for (const fault of faultsOf(results)) terminal.say(terminal.red(fault));
  for (const id of proof.missing) terminal.say(terminal.red(`no test proves ${id}`));
  const stale = await putIntoReadme(section(results, proof), check);
  if (stale) terminal.say("The matrix in README.md is not current: pnpm matrix writes it.");
  const counts = countsOf(results);
  const all = { ...counts, failed: counts.failed + proof.missing.length + (stale ? 1 : 0) };
  terminal.say(closingLine(all));
  return exitCode(all);
}

/** Writes it, or with `check` says whether it would have to be written. */
async function putIntoReadme(text: string, check: boolean): Promise<boolean> {
  const readme = await readFile(README, "utf8");
  const next = withSection(readme, text);
  if (!check && next !== readme) await writeFile(README, next);
  return check && next !== readme;
}

/** Tells the runs of these cells. */
async function show(
  rows: readonly Row[],
  columns: readonly Column[],
  terminal: Terminal,
): Promise<Counts> {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  for (const { framework, path, adapter } of rows) {
    const say = (line: string): void => terminal.note(`    ${line}`);
    const checks = checksOf(told(adapter, say));
    for (const { effect, requirements } of columns) {
      for (const { requirement, title, run: prove } of checks) {
        if (!requirements.includes(requirement)) continue;
        terminal.note(`\n${framework}, ${path}: ${effect}\n  ${requirement}: ${title}`);
        const { assertions, fault } = await prove();
        const holds = fault === null && assertions > 0;
        if (holds) counts.passed++;
        else counts.failed++;
        if (holds) terminal.note(`  held, by ${assertions} assertions`);
        else
          terminal.say(
            terminal.red(`  ${requirement} did not hold: ${fault ?? "nothing asserted"}`),
          );
      }
    }
  }
  return counts;
}

function countsOf(results: readonly RowResult[]): Counts {
  const cells = results.flatMap((result) => result.cells);
  const failed = cells.filter(({ kind }) => kind === "failed").length;
  return { passed: cells.length - failed, failed, skipped: 0 };
}

function faultsOf(results: readonly RowResult[]): readonly string[] {
  return results.flatMap(({ row, cells }) =>
    cells.flatMap((cell, index) =>
      cell.kind === "failed"
        ? [`${row.framework}, ${row.path}: ${COLUMNS[index]?.effect}: ${cell.faults.join("; ")}`]
        : [],
    ),
  );
}

function asJson(results: readonly RowResult[], { groups, ...proof }: Proof): object {
  const rows = results.map(({ row: { framework, path }, cells }) => ({
    framework,
    path,
    cells: Object.fromEntries(COLUMNS.map(({ effect }, index) => [effect, cells[index]])),
  }));
  return { rows, requirements: { ...proof, groups: Object.fromEntries(groups) } };
}

function rowsNamed(name: string | undefined): readonly Row[] {
  if (name === undefined) return ROWS;
  const plain = (text: string): string => text.toLowerCase().replaceAll("`", "");
  const found = ROWS.filter(({ framework, path }) =>
    plain(`${framework}, ${path}`).includes(plain(name)),
  );
  if (found.length > 0) return found;
  const names = ROWS.map(({ framework, path }) => `${framework}, ${path}`).join("; ");
  throw new UsageError(`There is no framework "${name}". There are: ${names}.`);
}

function columnsNamed(name: string | undefined): readonly Column[] {
  if (name === undefined) return COLUMNS;
  const found = COLUMNS.filter(({ effect }) => effect === name);
  if (found.length > 0) return found;
  const names = COLUMNS.map(({ effect }) => effect).join(", ");
  throw new UsageError(`There is no effect "${name}". There are: ${names}.`);
}

function readArguments(parameters: readonly string[]): Arguments {
  try {
    const { values } = parseArgs({
      args: [...parameters],
      options: {
        check: { type: "boolean", default: false },
        json: { type: "boolean", default: false },
        framework: { type: "string" },
        effect: { type: "string" },
      },
    });
    const { check, json, framework, effect } = values;
    return { check, json, framework, effect };
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

await runTask({ help: HELP, run });
