import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

/** The folder of the workspace, without a trailing slash. */
export const ROOT: string = fileURLToPath(new URL("../..", import.meta.url)).replace(/[\\/]$/, "");

/** How a child process ended, and all that it printed. */
export interface ChildResult {
  /** The exit code; 1 for a child that a signal or a missing program ended. */
  readonly code: number;
  /** Standard output and standard error in the order they came; empty when `inherit`. */
  readonly output: string;
}

/** How a child process is started. */
export interface ChildOptions {
  readonly folder?: string;
  readonly environment?: NodeJS.ProcessEnv;
  /** `inherit` shows the output as it comes; `capture` (default) keeps it. */
  readonly output?: "inherit" | "capture";
}

/** The environment for a child whose output is shown: colour exactly when ours has it. */
export function childEnvironment(colour: boolean): NodeJS.ProcessEnv {
  if (colour) return process.env;
  const { FORCE_COLOR: _, ...environment } = process.env;
  return { ...environment, NO_COLOR: "1" };
}

/** Runs a program to its end. Never throws: a program that cannot be started ends with code 1. */
export function runProgram(
  program: string,
  parameters: readonly string[],
  { folder = ROOT, environment = process.env, output = "capture" }: ChildOptions = {},
): Promise<ChildResult> {
  return new Promise((resolve) => {
    const child = spawn(program, parameters, {
      cwd: folder,
      env: environment,
      stdio: output === "inherit" ? "inherit" : ["ignore", "pipe", "pipe"],
    });
    const parts: Buffer[] = [];
    child.stdout?.on("data", (part: Buffer) => parts.push(part));
    child.stderr?.on("data", (part: Buffer) => parts.push(part));
    const text = (): string => Buffer.concat(parts).toString("utf8");
    child.on("error", (error) => resolve({ code: 1, output: `${text()}${error.message}\n` }));
    child.on("close", (code, signal) => {
      const ended = signal === null ? "" : `\nEnded by ${signal}.\n`;
      resolve({ code: code ?? 1, output: text() + ended });
    });
  });
}

/** Runs a JavaScript or TypeScript file of this workspace with the Node that runs this one. */
export function runNode(
  file: string,
  parameters: readonly string[],
  options: ChildOptions = {},
): Promise<ChildResult> {
  const source = file.endsWith(".ts") ? ["--conditions=@interlatch/source"] : [];
  return runProgram(process.execPath, [...source, file, ...parameters], options);
}
