import { checkShape } from "../package-shape/shape.ts";
import type { ShapeCheck } from "../package-shape/check.ts";
import { buildPackages } from "./build-packages.ts";
import { childEnvironment, runNode } from "./child.ts";
import { addCounts, closingLine, exitCode, NO_COUNTS, type Counts } from "./counts.ts";
import { runTask, UsageError, type TaskCall } from "./task.ts";
import type { Terminal } from "./terminal.ts";

const HELP = `pnpm check [STEP …]

Checks everything but the behaviour, which is what pnpm test is for. Steps, all by default:

  build     tsc -b of every package
  lint      oxlint: layers, cycles, promises, switches, and what is never allowed
  format    oxfmt; pnpm format repairs it
  types     tests and examples against the sources
  shape     the packages as users get them: packed, installed, compiled, loaded`;

/** How a step ended. */
interface StepResult {
  readonly counts: Counts;
  /** What to print below a step that failed, or that skipped something. */
  readonly details: string;
}

type Step = (terminal: Terminal) => Promise<StepResult>;

const program =
  (file: string, ...parameters: readonly string[]): Step =>
  async ({ colour }) => {
    const { code, output } = await runNode(file, parameters, {
      environment: childEnvironment(colour),
    });
    return oneResult(code, output);
  };

const STEPS: Readonly<Record<string, Step>> = {
  build: async () => {
    const { code, output } = await buildPackages();
    return oneResult(code, output);
  },
  // After the build: files that stand in no project see the packages' types through it.
  lint: program("node_modules/oxlint/bin/oxlint", "--deny-warnings"),
  format: program("node_modules/oxfmt/bin/oxfmt", "--check", "."),
  types: program("node_modules/typescript/bin/tsc", "-p", "test/tsconfig.json", "--noEmit"),
  shape: async () => shapeResult(await checkShape()),
};

const NOT_BUILT: Step = async () => ({
  counts: { passed: 0, failed: 0, skipped: 1 },
  details: "skipped: the build failed",
});

function oneResult(code: number, output: string): StepResult {
  const failed = code === 0 ? 0 : 1;
  return {
    counts: { passed: 1 - failed, failed, skipped: 0 },
    details: failed === 1 ? output : "",
  };
}

function shapeResult(checks: readonly ShapeCheck[]): StepResult {
  const failed = checks.filter(({ problems }) => problems.length > 0);
  const skipped = checks.filter((check) => check.skipped !== undefined);
  return {
    counts: {
      passed: checks.length - failed.length - skipped.length,
      failed: failed.length,
      skipped: skipped.length,
    },
    details: [
      ...failed.map(({ name, problems }) =>
        [name, ...problems.map((each) => `  ${each}`)].join("\n"),
      ),
      ...skipped.map((check) => `${check.name}: skipped, ${check.skipped}`),
    ].join("\n"),
  };
}

async function run({ parameters, terminal }: TaskCall): Promise<number> {
  const unknown = parameters.filter((name) => !Object.hasOwn(STEPS, name));
  if (unknown.length > 0) {
    throw new UsageError(
      `No such step: ${unknown.join(", ")}. Steps: ${Object.keys(STEPS).join(", ")}.`,
    );
  }
  let total = NO_COUNTS;
  let isBuilt = true;
  for (const [name, step] of Object.entries(STEPS)) {
    if (parameters.length > 0 && !parameters.includes(name)) continue;
    // What a failed build left behind is not what would be published.
    const counts = await runStep(name, name === "shape" && !isBuilt ? NOT_BUILT : step, terminal);
    if (name === "build") isBuilt = counts.failed === 0;
    total = addCounts(total, counts);
  }
  terminal.say(closingLine(total));
  return exitCode(total);
}

async function runStep(name: string, step: Step, terminal: Terminal): Promise<Counts> {
  const start = performance.now();
  const { counts, details } = await step(terminal).catch(
    // A step that cannot even run has failed; the others still run.
    (error: unknown): StepResult =>
      oneResult(1, error instanceof Error ? error.message : String(error)),
  );
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  const mark = markOf(counts, terminal);
  const line = `${mark} ${name.padEnd(6)} ${terminal.dim(`${seconds} s`)}`;
  if (counts.failed === 0) terminal.note(line);
  else terminal.say(line);
  if (details !== "") (counts.failed === 0 ? terminal.note : terminal.say)(shortened(details));
  return counts;
}

/** One mistake in a type can cost a compiler thousands of lines; the first ones tell. */
const DETAIL_LINES = 200;

function shortened(details: string): string {
  const lines = details.trimEnd().split("\n");
  if (lines.length <= DETAIL_LINES) return lines.join("\n");
  return [...lines.slice(0, DETAIL_LINES), `… and ${lines.length - DETAIL_LINES} more lines`].join(
    "\n",
  );
}

function markOf({ passed, failed }: Counts, { green, red, dim }: Terminal): string {
  if (failed > 0) return red("failed ");
  return passed > 0 ? green("ok     ") : dim("skipped");
}

await runTask({ help: HELP, run });
