import { createTerminal, type Terminal } from "./terminal.ts";

/** A script of the workspace: `pnpm NAME`. */
export interface Task {
  /** What `--help` prints, without the lines on `--help`, `--quiet` and `NO_COLOR`. */
  readonly help: string;
  /** Does the work and gives the exit code. */
  readonly run: (call: TaskCall) => Promise<number>;
}

/** One call of a {@link Task}. */
export interface TaskCall {
  /** The arguments but for `--quiet`, in their order. */
  readonly parameters: readonly string[];
  readonly terminal: Terminal;
}

/** A wrong use of a script: printed as a sentence, exit code 1, no stack. */
export class UsageError extends Error {
  override readonly name: string = "UsageError";
}

const COMMON_HELP = `
Options of every script:
  --help       prints this and does nothing else
  --quiet      prints failures and the closing line only

Colour is used on a terminal only, and never when NO_COLOR is set.
The exit code is 0 only when all went well.`;

/**
 * Runs a task with the arguments of this process and sets the exit code.
 *
 * @example
 * ```ts
 * await runTask({ help: "pnpm hello: says hello", run: async ({ terminal }) => {
 *   terminal.say("1 passed, 0 failed");
 *   return 0;
 * } });
 * ```
 */
export async function runTask(
  task: Task,
  given: readonly string[] = process.argv.slice(2),
): Promise<void> {
  // `pnpm suite -- --short` hands over the `--` too.
  const parameters = given[0] === "--" ? given.slice(1) : given;
  const terminal = createTerminal({ quiet: parameters.includes("--quiet") });
  if (parameters.includes("--help") || parameters.includes("-h")) {
    terminal.say(`${task.help.trim()}\n${COMMON_HELP}`);
    return;
  }
  try {
    process.exitCode = await task.run({
      parameters: parameters.filter((parameter) => parameter !== "--quiet"),
      terminal,
    });
  } catch (error) {
    process.exitCode = 1;
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`${error.message}\n`);
  }
}
