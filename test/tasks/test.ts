import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { childEnvironment, runNode } from "./child.ts";
import { COUNTS_FILE } from "./count-reporter.ts";
import { closingLine, exitCode, NO_COUNTS, type Counts } from "./counts.ts";
import { runTask, type TaskCall } from "./task.ts";

const HELP = `pnpm test [FILTER …] [vitest flags]

Runs the tests. A filter is a part of a file's path; flags go on to vitest.

  pnpm test packages/core                the tests of one package
  pnpm test evaluate -t "denies"         by file and by name
  pnpm test --typecheck.enabled=false    without the tests of types`;

async function run({ parameters, terminal }: TaskCall): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), "interlatch-test-"));
  const file = join(folder, "counts.json");
  const shown = parameters.some((parameter) => parameter.startsWith("--reporter"));
  const reporters = [
    ...(shown ? [] : ["--reporter=default"]),
    "--reporter=./test/tasks/count-reporter.ts",
  ];
  try {
    const { code, output } = await runNode(
      "node_modules/vitest/vitest.mjs",
      ["run", "--config=test/vitest.config.ts", ...reporters, ...parameters],
      {
        environment: { ...childEnvironment(terminal.colour), [COUNTS_FILE]: file },
        output: terminal.quiet ? "capture" : "inherit",
      },
    );
    const counts = await readCounts(file, code);
    if (terminal.quiet && exitCode(counts) !== 0) terminal.say(output);
    terminal.say(closingLine(counts));
    return exitCode(counts);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Never better than vitest's exit code: no test found, a crash, or no report at all is a failure. */
async function readCounts(file: string, code: number): Promise<Counts> {
  // Written by count-reporter.ts, so of its shape.
  const counts = existsSync(file)
    ? (JSON.parse(await readFile(file, "utf8")) as Counts)
    : NO_COUNTS;
  return code !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
}

await runTask({ help: HELP, run });
