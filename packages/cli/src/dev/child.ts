import { type ChildProcess, spawn } from "node:child_process";
import { InterlatchError } from "@interlatch/core";

/** The program that runs on the development bundle. */
export interface Child {
  /** Settles with its exit code when it ends; a signal that ended it is 1. Rejects with ERR_FILE when it cannot start. */
  readonly ended: Promise<number>;
  /** Asks it to end. */
  stop(): void;
}

/** How a program is started. */
export interface ChildOptions {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Whether its output goes to standard error, because standard output is for one JSON document. */
  readonly isQuietOnOutput: boolean;
}

/** Starts a program with the terminal of this one. */
export function startChild(
  command: readonly [string, ...string[]],
  { cwd, env, isQuietOnOutput }: ChildOptions,
): Child {
  const [program, ...parameters] = command;
  const stdio = ["inherit", isQuietOnOutput ? 2 : "inherit", "inherit"] as const;
  const child = spawn(program, parameters, { cwd, env, stdio: [...stdio] });
  return { ended: endOf(child, program), stop: () => child.kill("SIGTERM") };
}

function endOf(child: ChildProcess, program: string): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once("error", (cause) => {
      const message = `${program} cannot be started: ${cause.message}.`;
      reject(new InterlatchError("ERR_FILE", message, { cause }));
    });
    child.once("exit", (code) => resolve(code ?? 1));
  });
}
