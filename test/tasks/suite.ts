import { parseArgs } from "node:util";
import { closingLine, exitCode } from "./counts.ts";
import { loadSuite, SUITES } from "./suites.ts";
import { runTask, UsageError, type TaskCall } from "./task.ts";

const HELP = `pnpm suite [NAME] [--short]

Runs one suite of whole-system checks; without a name it lists them.

  --short      the form that CI runs: the same fixed cases, fewer random ones`;

function list({ terminal }: TaskCall): number {
  const width = Math.max(...Object.keys(SUITES).map((name) => name.length));
  for (const [name, { summary }] of Object.entries(SUITES)) {
    terminal.say(`${name.padEnd(width)}  ${summary}`);
  }
  return 0;
}

async function run(call: TaskCall): Promise<number> {
  const { values, positionals } = readArguments(call.parameters);
  const [name, ...others] = positionals;
  if (others.length > 0) throw new UsageError("One suite at a time.");
  if (name === undefined) return list(call);
  const suite = await loadSuite(name);
  const { passed, failed, lines } = await suite({ short: values.short });
  // With --quiet a suite that passed has nothing to say but its counts.
  if (!call.terminal.quiet || failed > 0) for (const line of lines) call.terminal.say(line);
  const counts = { passed, failed, skipped: 0 };
  call.terminal.say(closingLine(counts));
  return exitCode(counts);
}

function readArguments(parameters: readonly string[]): {
  readonly values: { readonly short: boolean };
  readonly positionals: readonly string[];
} {
  try {
    return parseArgs({
      args: [...parameters],
      allowPositionals: true,
      options: { short: { type: "boolean", default: false } },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

await runTask({ help: HELP, run });
