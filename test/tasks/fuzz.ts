import { parseArgs } from "node:util";
import { conditions } from "../fuzz/conditions.ts";
import { compiler } from "../fuzz/compiler.ts";
import { ir } from "../fuzz/ir.ts";
import { properties } from "../fuzz/properties.ts";
import { type FuzzReport, type FuzzTarget, runTarget } from "../fuzz/target.ts";
import { startWatchdog } from "../fuzz/watchdog.ts";
import { closingLine, exitCode } from "./counts.ts";
import { runTask, type TaskCall, UsageError } from "./task.ts";
import type { Terminal } from "./terminal.ts";

const TARGETS: Readonly<Record<string, FuzzTarget>> = { compiler, conditions, ir, properties };

const HELP = `pnpm fuzz [NAME] [--short] [--seed N] [--cases N]

Tries random cases of one kind and prints those that fail; without a name it lists the kinds. The same seed
gives the same cases.

  --short      the form that CI runs: fewer cases
  --seed N     the first seed; each case has its own, one after the other
  --cases N    how many: --seed N --cases 1 runs one again`;

interface Arguments {
  readonly name: string | undefined;
  readonly short: boolean;
  readonly seed: number;
  readonly cases: number | undefined;
}

async function run(call: TaskCall): Promise<number> {
  const { name, short, seed, cases } = readArguments(call.parameters);
  if (name === undefined) return list(call.terminal);
  const target = Object.hasOwn(TARGETS, name) ? TARGETS[name] : undefined;
  if (target === undefined) {
    throw new UsageError(`There is no "${name}". Kinds: ${Object.keys(TARGETS).join(", ")}.`);
  }
  const count = cases ?? (short ? target.cases.short : target.cases.long);
  call.terminal.note(`${target.summary}\n${count} cases from seed ${seed}`);
  const report = await watched(target, seed, count, call.terminal);
  show(report, call.terminal);
  const counts = { passed: report.passed, failed: report.failed, skipped: 0 };
  call.terminal.say(closingLine(counts));
  return exitCode(counts);
}

function list(terminal: Terminal): number {
  const width = Math.max(...Object.keys(TARGETS).map((name) => name.length));
  for (const [name, { summary, cases }] of Object.entries(TARGETS)) {
    terminal.say(`${name.padEnd(width)}  ${summary} ${cases.long} cases, ${cases.short} in short.`);
  }
  return 0;
}

async function watched(
  target: FuzzTarget,
  seed: number,
  count: number,
  terminal: Terminal,
): Promise<FuzzReport> {
  const watchdog = startWatchdog();
  const isShown = process.stdout.isTTY && !terminal.quiet;
  let next = 0;
  try {
    return await runTarget(target, seed, count, (done, current) => {
      watchdog.begin(current);
      if (!isShown || performance.now() < next) return;
      next = performance.now() + 200;
      process.stdout.write(`\r\u001B[K${done} of ${count}`);
    });
  } finally {
    if (isShown) process.stdout.write("\r\u001B[K");
    await watchdog.stop();
  }
}

function show({ labels, faults }: FuzzReport, { note, say, red }: Terminal): void {
  for (const [label, count] of [...labels].sort(([, a], [, b]) => b - a)) {
    note(`  ${String(count).padStart(7)}  ${label}`);
  }
  for (const fault of faults) say(`${red("FAILED")} ${fault.join("\n       ")}`);
}

function readArguments(parameters: readonly string[]): Arguments {
  let values: { readonly short: boolean; readonly seed?: string; readonly cases?: string };
  let positionals: readonly string[];
  try {
    ({ values, positionals } = parseArgs({
      args: [...parameters],
      allowPositionals: true,
      options: {
        short: { type: "boolean", default: false },
        seed: { type: "string" },
        cases: { type: "string" },
      },
    }));
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
  if (positionals.length > 1) throw new UsageError("One kind at a time.");
  return {
    name: positionals[0],
    short: values.short,
    seed: values.seed === undefined ? 1 : whole("--seed", values.seed),
    cases: values.cases === undefined ? undefined : whole("--cases", values.cases),
  };
}

function whole(option: string, text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new UsageError(`${option} takes a whole number of at most nine digits; found ${text}.`);
}

await runTask({ help: HELP, run });
